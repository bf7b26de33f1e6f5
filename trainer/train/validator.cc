#include "trainer/train/validator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "trainer/data/sampler.h"
#include "trainer/model/torch_compat.h"
#include "trainer/train/precision.h"
#include "trainer/train/value_scale.h"

namespace moyo::trainer {
namespace {

constexpr uint64_t kOrderSeed = 0x76616c;  // of the validation positions
constexpr size_t kBatchSize = 128;

struct Sums {
  double top1 = 0, top5 = 0, nats = 0;
  std::vector<float> values, results;
};

void AddBatch(Network& network, Precision precision, const Batch& batch, Sums& sums) {
  const auto count = static_cast<int64_t>(batch.size());
  const torch::Device device = network.device();
  const Autocast autocast(AutocastType(precision, device));
  const Network::Output output = network.forward(network.Input(batch.planes));
  const torch::Tensor target = torch::tensor(batch.policy).view({count, 1}).to(device);
  // As `moyo-play eval` counts: the smallest float stands for a probability that rounded to zero,
  // and for none, so that the mean stays finite.
  static const double least = std::log(std::numeric_limits<float>::min());
  const torch::Tensor log_policy = torch::log_softmax(output.policy.to(torch::kFloat), 1);
  const torch::Tensor best = std::get<1>(output.policy.topk(5, 1));
  const torch::Tensor hits = best.eq(target);
  sums.top1 += hits.select(1, 0).sum().item<double>();
  sums.top5 += hits.sum().item<double>();
  sums.nats -= log_policy.gather(1, target).nan_to_num(least).clamp_min(least).sum().item<double>();
  const torch::Tensor values = output.value.to(torch::kCPU, torch::kFloat).contiguous();
  sums.values.insert(sums.values.end(), values.data_ptr<float>(), values.data_ptr<float>() + count);
  sums.results.insert(sums.results.end(), batch.value.begin(), batch.value.end());
}

// The share of known results whose sign the value has; 0 without any.
double ValueAccuracy(const Sums& sums) {
  double known = 0, right = 0;
  for (size_t i = 0; i < sums.values.size(); ++i) {
    known += sums.results[i] != 0 ? 1 : 0;
    right += sums.values[i] * sums.results[i] > 0 ? 1 : 0;
  }
  return known > 0 ? right / known : 0;
}

}  // namespace

ValidationResult Validate(const Dataset& dataset, Network& network, Precision precision,
                          uint64_t count) {
  ValidationResult result;
  result.positions = std::min(count, dataset.validation().size());
  if (result.positions == 0) return result;
  torch::NoGradGuard no_grad;
  const bool training = network.is_training();
  network.eval();
  Sampler sampler(dataset, dataset.validation(), kOrderSeed, Augment::kOff);
  Batch batch;
  Sums sums;
  for (uint64_t first = 0; first < result.positions; first += kBatchSize) {
    sampler.Draw(first, std::min<uint64_t>(kBatchSize, result.positions - first), batch);
    AddBatch(network, precision, batch, sums);
  }
  network.train(training);
  const auto positions = static_cast<double>(result.positions);
  result.top1 = sums.top1 / positions;
  result.top5 = sums.top5 / positions;
  result.nats = sums.nats / positions;
  result.value_accuracy = ValueAccuracy(sums);
  result.value_scale = FitValueScale(sums.values, sums.results);
  return result;
}

}  // namespace moyo::trainer
