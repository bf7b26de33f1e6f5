#include "trainer/evaluation/network_evaluator.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "trainer/model/policy_net.h"

namespace moyo::evaluation {
namespace {

class NetworkEvaluator : public Evaluator {
 public:
  explicit NetworkEvaluator(std::unique_ptr<trainer::PolicyNet> net) : net_(std::move(net)) {}

  absl::StatusOr<std::vector<Evaluation>> Evaluate(
      std::span<const features::BitPlanes> positions) override {
    MOYO_ASSIGN_OR_RETURN(const std::vector<trainer::NetOutput> outputs, net_->Evaluate(positions));
    std::vector<Evaluation> evaluations;
    evaluations.reserve(outputs.size());
    for (const trainer::NetOutput& output : outputs) {
      evaluations.push_back({.policy = output.policy, .value = output.value});
    }
    return evaluations;
  }

 private:
  std::unique_ptr<trainer::PolicyNet> net_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Evaluator>> LoadEvaluator(const std::string& model_path,
                                                         int threads) {
  absl::StatusOr<std::unique_ptr<trainer::PolicyNet>> net =
      trainer::PolicyNet::Load(model_path, threads);
  if (absl::IsNotFound(net.status())) {
    return absl::NotFoundError(absl::StrCat("no model file '", model_path,
                                            "'; give --model the model.pt of a run directory"));
  }
  if (!net.ok()) return net.status();
  return std::make_unique<NetworkEvaluator>(*std::move(net));
}

}  // namespace moyo::evaluation
