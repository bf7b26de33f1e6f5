// A trained network, ready to be asked. No Torch header is needed to use it.
//
//   MOYO_ASSIGN_OR_RETURN(auto net, trainer::PolicyNet::Load("run/model.pt"));
//   MOYO_ASSIGN_OR_RETURN(auto outputs, net->Evaluate(planes));
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/features/planes.h"

namespace moyo::trainer {

// Size of the Leela Zero tower.
struct NetShape {
  int blocks = 6;
  int filters = 64;
  friend bool operator==(const NetShape&, const NetShape&) = default;
};

struct NetOutput {
  std::array<float, features::kPolicySize> policy{};  // probabilities
  float value = 0;                                    // -1 to 1, side to move
};

// Not thread-safe.
class PolicyNet {
 public:
  // NOT_FOUND for no file; INVALID_ARGUMENT for a file that is no Moyo model: says which.
  static absl::StatusOr<std::unique_ptr<PolicyNet>> Load(const std::string& path, int threads = 1);
  virtual ~PolicyNet() = default;
  virtual NetShape shape() const = 0;
  // One output a position, in order. INTERNAL when Torch fails.
  virtual absl::StatusOr<std::vector<NetOutput>> Evaluate(
      std::span<const features::BitPlanes> positions) = 0;
};

}  // namespace moyo::trainer
