// AdamW, SGD with Nesterov momentum, and Muon, with weight decay apart from norms and biases.
// For trainer/ only: includes Torch.
//
// AdamW: Loshchilov and Hutter 2019. Muon: Jordan 2024 (momentum, orthogonalised by five
// Newton-Schulz steps) for the tower's convolutions, AdamW for everything else; updates are scaled
// to AdamW's size (0.2 sqrt(max(rows, columns)), Liu et al. 2025), so one learning rate serves
// both.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "trainer/model/network.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

class Optimizer {
 public:
  Optimizer(Network& network, const TrainingOptions& options);
  void ZeroGrad();
  // Divides the gradients by `scale`, and makes them smaller where their norm is then over
  // `max_norm` (0: any may be); returns the norm before that.
  double ClipGradients(double max_norm, double scale = 1);
  void Step(double learning_rate);
  void Save(torch::serialize::OutputArchive& archive) const;
  void Load(torch::serialize::InputArchive& archive);

 private:
  enum class Rule : uint8_t { kAdamW, kSgd, kMuon };
  struct Slot {
    torch::Tensor parameter;
    Rule rule = Rule::kAdamW;
    double weight_decay = 0;
    torch::Tensor first;   // momentum
    torch::Tensor second;  // squared gradients (AdamW)
  };
  void StepAdamW(Slot& slot, double learning_rate);
  void StepSgd(Slot& slot, double learning_rate);
  void StepMuon(double learning_rate);

  std::vector<Slot> slots_;
  int64_t steps_ = 0;
};

}  // namespace moyo::trainer
