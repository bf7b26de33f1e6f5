#include "trainer/train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace moyo::trainer {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.99;
constexpr double kEpsilon = 1e-8;
constexpr double kMomentum = 0.9;
constexpr double kMuonMomentum = 0.95;
constexpr int kNewtonSchulzSteps = 5;

// x (n, rows, columns), rows <= columns: the nearest matrices with orthonormal rows, roughly. The
// quintic's coefficients are Jordan's.
torch::Tensor Orthogonalise(torch::Tensor x) {
  x = x / (x.flatten(1).norm(2, 1).view({-1, 1, 1}) + 1e-7);
  for (int i = 0; i < kNewtonSchulzSteps; ++i) {
    const torch::Tensor a = torch::bmm(x, x.transpose(1, 2));
    const torch::Tensor b = torch::baddbmm(a, a, a, /*beta=*/-4.7750, /*alpha=*/2.0315);
    x = torch::baddbmm(x, b, x, /*beta=*/3.4445, /*alpha=*/1.0);
  }
  return x;
}

}  // namespace

Optimizer::Optimizer(Network& network, const TrainingOptions& options) {
  for (const auto& item : network.named_parameters()) {
    Slot slot;
    slot.parameter = item.value();
    const bool in_block = item.key().rfind("block", 0) == 0;
    slot.rule = options.optimizer == OptimizerKind::kSgd ? Rule::kSgd
                : options.optimizer == OptimizerKind::kMuon && in_block && item->dim() == 4
                    ? Rule::kMuon
                    : Rule::kAdamW;
    slot.weight_decay = item->dim() > 1 ? options.weight_decay : 0;
    slot.first = torch::zeros_like(slot.parameter);
    if (slot.rule == Rule::kAdamW) slot.second = torch::zeros_like(slot.parameter);
    slots_.push_back(std::move(slot));
  }
}

void Optimizer::ZeroGrad() {
  for (Slot& slot : slots_) slot.parameter.mutable_grad() = torch::Tensor();
}

double Optimizer::ClipGradients(double max_norm, double scale) {
  torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> norms;  // asked for together: each answer waits for a GPU
  for (const Slot& slot : slots_) norms.push_back(slot.parameter.grad().norm());
  const double norm = torch::stack(norms).to(torch::kDouble).norm().item<double>() / scale;
  const double factor = (max_norm > 0 && norm > max_norm ? max_norm / norm : 1) / scale;
  if (factor != 1) {
    for (Slot& slot : slots_) slot.parameter.mutable_grad().mul_(factor);
  }
  return norm;
}

void Optimizer::StepAdamW(Slot& slot, double learning_rate) {
  const torch::Tensor& gradient = slot.parameter.grad();
  slot.first.mul_(kBeta1).add_(gradient, 1 - kBeta1);
  slot.second.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
  const double correction1 = 1 - std::pow(kBeta1, steps_);
  const double correction2 = 1 - std::pow(kBeta2, steps_);
  slot.parameter.mul_(1 - learning_rate * slot.weight_decay);
  slot.parameter.addcdiv_(slot.first, (slot.second / correction2).sqrt_().add_(kEpsilon),
                          -learning_rate / correction1);
}

void Optimizer::StepSgd(Slot& slot, double learning_rate) {
  torch::Tensor gradient = slot.parameter.grad();
  if (slot.weight_decay > 0) gradient = gradient.add(slot.parameter, slot.weight_decay);
  slot.first.mul_(kMomentum).add_(gradient);
  slot.parameter.add_(gradient.add(slot.first, kMomentum), -learning_rate);
}

// Matrices of one shape go through Newton-Schulz together.
void Optimizer::StepMuon(double learning_rate) {
  std::map<std::pair<int64_t, int64_t>, std::vector<Slot*>> by_shape;
  for (Slot& slot : slots_) {
    if (slot.rule != Rule::kMuon) continue;
    const int64_t rows = slot.parameter.size(0);
    by_shape[{rows, slot.parameter.numel() / rows}].push_back(&slot);
  }
  for (auto& [shape, slots] : by_shape) {
    std::vector<torch::Tensor> updates;
    for (Slot* slot : slots) {
      slot->first.mul_(kMuonMomentum).add_(slot->parameter.grad());
      updates.push_back(slot->parameter.grad()
                            .add(slot->first, kMuonMomentum)
                            .reshape({shape.first, shape.second}));
    }
    const torch::Tensor orthogonal = Orthogonalise(torch::stack(updates));
    const double scale = 0.2 * std::sqrt(std::max(shape.first, shape.second));
    for (size_t i = 0; i < slots.size(); ++i) {
      torch::Tensor& parameter = slots[i]->parameter;
      parameter.mul_(1 - learning_rate * slots[i]->weight_decay);
      parameter.add_(orthogonal[i].view_as(parameter), -learning_rate * scale);
    }
  }
}

void Optimizer::Step(double learning_rate) {
  torch::NoGradGuard no_grad;
  ++steps_;
  for (Slot& slot : slots_) {
    if (slot.rule == Rule::kAdamW) StepAdamW(slot, learning_rate);
    if (slot.rule == Rule::kSgd) StepSgd(slot, learning_rate);
  }
  StepMuon(learning_rate);
}

void Optimizer::Save(torch::serialize::OutputArchive& archive) const {
  archive.write("steps", c10::IValue(steps_));
  for (size_t i = 0; i < slots_.size(); ++i) {
    archive.write("first" + std::to_string(i), slots_[i].first);
    if (slots_[i].second.defined()) archive.write("second" + std::to_string(i), slots_[i].second);
  }
}

void Optimizer::Load(torch::serialize::InputArchive& archive) {
  torch::NoGradGuard no_grad;
  c10::IValue steps;
  archive.read("steps", steps);
  steps_ = steps.toInt();
  for (size_t i = 0; i < slots_.size(); ++i) {
    torch::Tensor stored;
    archive.read("first" + std::to_string(i), stored);
    slots_[i].first.copy_(stored);
    if (!slots_[i].second.defined()) continue;
    torch::Tensor second;
    archive.read("second" + std::to_string(i), second);
    slots_[i].second.copy_(second);
  }
}

}  // namespace moyo::trainer
