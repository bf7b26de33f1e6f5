#include "trainer/model/policy_net.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "trainer/model/model_file.h"
#include "trainer/model/network.h"
#include "trainer/model/processor.h"
#include "trainer/model/torch_compat.h"

namespace moyo::trainer {
namespace {

constexpr std::pair<Architecture, std::string_view> kArchitectures[] = {
    {Architecture::kLeelaZero, "leela-zero"},
    {Architecture::kPooledTower, "pooled-tower"},
    {Architecture::kGlobalPooling, "gpool"}};

class TorchNet final : public PolicyNet {
 public:
  explicit TorchNet(std::shared_ptr<Network> network) : network_(std::move(network)) {}

  NetShape shape() const override { return network_->shape; }

  absl::StatusOr<std::vector<NetOutput>> Evaluate(
      std::span<const features::BitPlanes> positions) override {
    std::vector<NetOutput> outputs(positions.size());
    if (positions.empty()) return outputs;
    try {
      torch::NoGradGuard no_grad;
      const Autocast autocast(HasBf16() ? std::optional(torch::kBFloat16) : std::nullopt);
      const Network::Output output = network_->forward(network_->Input(positions));
      const torch::Tensor policy = torch::softmax(output.policy, 1).contiguous();
      const torch::Tensor value = output.value.contiguous();
      for (size_t i = 0; i < outputs.size(); ++i) {
        std::memcpy(outputs[i].policy.data(), policy.data_ptr<float>() + i * features::kPolicySize,
                    sizeof(outputs[i].policy));
        outputs[i].value = value.data_ptr<float>()[i];
      }
    } catch (const std::exception& error) {  // Torch's
      return absl::InternalError(absl::StrCat("the network failed: ", error.what()));
    }
    return outputs;
  }

 private:
  std::shared_ptr<Network> network_;
};

}  // namespace

std::string_view ArchitectureName(Architecture architecture) {
  for (const auto& [value, name] : kArchitectures) {
    if (value == architecture) return name;
  }
  return "unknown";
}

std::optional<Architecture> ArchitectureOf(std::string_view name) {
  for (const auto& [value, known] : kArchitectures) {
    if (known == name) return value;
  }
  return std::nullopt;
}

absl::StatusOr<std::unique_ptr<PolicyNet>> PolicyNet::Load(const std::string& path, int threads) {
  at::set_num_threads(threads);
  MOYO_ASSIGN_OR_RETURN(std::shared_ptr<Network> network, LoadNetwork(path));
  return std::make_unique<TorchNet>(std::move(network));
}

}  // namespace moyo::trainer
