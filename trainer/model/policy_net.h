// A trained network, ready to be asked. No Torch header is needed to use it.
//
//   MOYO_ASSIGN_OR_RETURN(auto net, trainer::PolicyNet::Load("run/model.pt"));
//   MOYO_ASSIGN_OR_RETURN(auto outputs, net->Evaluate(planes));
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/features/planes.h"

namespace moyo::trainer {

// Kept by name in checkpoints and model files.
enum class Architecture : uint8_t {
  kLeelaZero,      // "leela-zero": tower.h
  kPooledTower,    // "pooled-tower": the same with other heads, tower.h
  kGlobalPooling,  // "gpool": global_pooling_net.h
};
inline constexpr int kLeastPoolingFilters = 4;  // of kGlobalPooling
std::string_view ArchitectureName(Architecture architecture);
std::optional<Architecture> ArchitectureOf(std::string_view name);

// What decides a network's weights: which there are, and of what size.
struct NetShape {
  int blocks = 6;
  int filters = 64;
  Architecture architecture = Architecture::kLeelaZero;
  friend bool operator==(const NetShape&, const NetShape&) = default;
};

struct NetOutput {
  std::array<float, features::kPolicySize> policy{};  // probabilities
  float value = 0;                                    // -1 to 1, side to move
};

// Not thread-safe.
class PolicyNet {
 public:
  // A model.pt or a Leela Zero weights file. NOT_FOUND for no file; INVALID_ARGUMENT for a file
  // that is neither: says which.
  static absl::StatusOr<std::unique_ptr<PolicyNet>> Load(const std::string& path, int threads = 1);
  virtual ~PolicyNet() = default;
  virtual NetShape shape() const = 0;
  // One output a position, in order. INTERNAL when Torch fails.
  virtual absl::StatusOr<std::vector<NetOutput>> Evaluate(
      std::span<const features::BitPlanes> positions) = 0;
};

}  // namespace moyo::trainer
