#include "trainer/model/policy_net.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "trainer/model/model_file.h"
#include "trainer/model/torch_compat.h"
#include "trainer/model/tower.h"

namespace moyo::trainer {
namespace {

class TowerNet final : public PolicyNet {
 public:
  explicit TowerNet(Tower tower) : tower_(std::move(tower)) {}

  NetShape shape() const override { return tower_->shape; }

  absl::StatusOr<std::vector<NetOutput>> Evaluate(
      std::span<const features::BitPlanes> positions) override {
    std::vector<NetOutput> outputs(positions.size());
    if (positions.empty()) return outputs;
    try {
      torch::NoGradGuard no_grad;
      const Bf16Autocast autocast;
      const TowerImpl::Output output = tower_->forward(ExpandPlanes(positions));
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
  Tower tower_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PolicyNet>> PolicyNet::Load(const std::string& path, int threads) {
  at::set_num_threads(threads);
  MOYO_ASSIGN_OR_RETURN(Tower tower, LoadModel(path));
  return std::make_unique<TowerNet>(std::move(tower));
}

}  // namespace moyo::trainer
