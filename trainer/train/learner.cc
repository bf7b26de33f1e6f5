#include "trainer/train/learner.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "common/base/status_macros.h"
#include "trainer/model/torch_compat.h"
#include "trainer/train/precision.h"

namespace moyo::trainer {
namespace {

constexpr size_t kSoundnessSamples = 16;

// Torch's random generator is one for the process; learners may be made by several threads.
absl::Mutex generator_mutex;

// The same weights on every device.
std::shared_ptr<Network> FreshNetwork(const TrainingOptions& options, torch::Device device) {
  absl::MutexLock lock(&generator_mutex);
  torch::manual_seed(options.seed);
  std::shared_ptr<Network> network = MakeNetwork(options.shape);
  network->to(device);
  network->train();
  return network;
}

// What the passes of a step add up to: gradients, and the running statistics of batch norm. Each
// pass starts from the statistics before the step, and the step ends with the mean of what the
// passes made of them, so they do not depend on the order of the passes.
//
// Sums are taken in pairs, pairs of pairs and so on. So ranks that hold equal runs of passes, a
// power of two, come to the same bits as one rank with all of them.
class PassSum {
 public:
  explicit PassSum(const Network& network) : parameters_(network.parameters()) {
    for (const torch::Tensor& buffer : network.buffers()) {
      (buffer.is_floating_point() ? statistics_ : counters_).push_back(buffer);
    }
    for (const torch::Tensor& buffer : statistics_) before_.push_back(buffer.clone());
    for (const torch::Tensor& counter : counters_) counts_before_.push_back(counter.clone());
  }

  // After the backward pass.
  void EndPass() {
    std::vector<torch::Tensor> parts;
    for (torch::Tensor& parameter : parameters_) {
      parts.push_back(parameter.grad().reshape(-1));
      parameter.mutable_grad() = torch::Tensor();
    }
    for (size_t i = 0; i < statistics_.size(); ++i) {
      parts.push_back(statistics_[i].reshape(-1));
    }
    torch::Tensor sum = torch::cat(parts);  // a copy
    for (size_t i = 0; i < statistics_.size(); ++i) statistics_[i].copy_(before_[i]);
    int level = 0;
    for (; !sums_.empty() && sums_.back().first == level; ++level) {
      sum = sums_.back().second.add_(sum);
      sums_.pop_back();
    }
    sums_.emplace_back(level, sum);
  }

  // Of all passes here, zeros when there was none.
  torch::Tensor Total() {
    int64_t size = 0;
    for (const torch::Tensor& tensor : parameters_) size += tensor.numel();
    for (const torch::Tensor& tensor : statistics_) size += tensor.numel();
    torch::Tensor total;
    for (; !sums_.empty(); sums_.pop_back()) {
      total = total.defined() ? sums_.back().second.add_(total) : sums_.back().second;
    }
    return total.defined() ? total : torch::zeros({size});
  }

  // The step's end: gradients and statistics from the total of all ranks' `passes`.
  void Take(const torch::Tensor& total, size_t passes) {
    int64_t at = 0;
    const auto next = [&](const torch::Tensor& like) {
      const torch::Tensor part = total.slice(0, at, at + like.numel()).view(like.sizes());
      at += like.numel();
      return part;
    };
    for (torch::Tensor& parameter : parameters_) {
      const torch::Tensor gradient = next(parameter);
      parameter.mutable_grad() = torch::empty_like(parameter).copy_(gradient);  // in its layout
    }
    for (torch::Tensor& buffer : statistics_) {
      buffer.copy_(next(buffer).div(static_cast<double>(passes)));
    }
    for (size_t i = 0; i < counters_.size(); ++i) {  // num_batches_tracked
      counters_[i].copy_(counts_before_[i]).add_(1);
    }
  }

 private:
  std::vector<torch::Tensor> parameters_, statistics_, before_, counters_, counts_before_;
  std::vector<std::pair<int, torch::Tensor>> sums_;  // of 2^level passes each, levels falling
};

}  // namespace

struct Learner::Targets {
  torch::Tensor policy, value, value_weight;
  torch::Tensor ownership, ownership_weight;  // undefined when that is not learned
};

Learner::Learner(const TrainingOptions& options, uint32_t micro_batch, torch::Device device,
                 Group& group)
    : options_(options),
      micro_batch_(micro_batch),
      device_(device),
      group_(group),
      network_(FreshNetwork(options, device)),
      optimizer_(*network_, options),
      scaler_(options.precision == Precision::kFp16, options.loss_scale) {
  if (options.ema == 0) return;
  average_ = FreshNetwork(options, device);
  CopyWeights(*network_, *average_);
  average_->eval();
}

void Learner::StartFrom(const Network& network) {
  CopyWeights(network, *network_);
  if (average_) CopyWeights(network, *average_);
}

void Learner::Pass(const Batch& batch, const Targets& targets, size_t begin, size_t end,
                   StepResult& result) {
  const auto from = static_cast<int64_t>(begin), to = static_cast<int64_t>(end);
  const torch::Tensor target = targets.policy.slice(0, from, to);
  torch::Tensor policy_loss, value_loss, ownership_loss, loss;
  {
    const Autocast autocast(AutocastType(options_.precision, device_));
    const Network::Output output =
        network_->forward(network_->Input(std::span(batch.planes).subspan(begin, end - begin)));
    const torch::Tensor log_policy = torch::log_softmax(output.policy, 1);
    policy_loss = -log_policy.gather(1, target).mean();
    value_loss = (output.value - targets.value.slice(0, from, to))
                     .square()
                     .mul(targets.value_weight.slice(0, from, to))
                     .mean();
    torch::Tensor smoothed = policy_loss;
    if (options_.label_smoothing > 0) {
      smoothed = policy_loss * (1 - options_.label_smoothing) -
                 log_policy.mean() * options_.label_smoothing;
    }
    loss = options_.policy_weight * smoothed + options_.value_weight * value_loss;
    if (targets.ownership.defined()) {
      ownership_loss = (output.ownership - targets.ownership.slice(0, from, to))
                           .square()
                           .mean(1)
                           .mul(targets.ownership_weight.slice(0, from, to))
                           .mean();
      loss = loss + options_.ownership_weight * ownership_loss;
    }
    torch::NoGradGuard no_grad;
    result.top1 += output.policy.argmax(1, true).eq(target).sum().item<double>() /
                   static_cast<double>(batch.whole_size);
  }
  const double share = static_cast<double>(end - begin) / static_cast<double>(batch.whole_size);
  const double scale = share * scaler_.scale();
  (scale == 1 ? loss : loss * scale).backward();
  result.policy_loss += share * policy_loss.item<double>();
  result.value_loss += share * value_loss.item<double>();
  if (ownership_loss.defined()) result.ownership_loss += share * ownership_loss.item<double>();
}

Share Learner::share() const {
  return {.rank = static_cast<uint64_t>(group_.rank()),
          .ranks = static_cast<uint64_t>(group_.size()),
          .micro_batch = micro_batch_};
}

absl::Status Learner::Passes(const Batch& batch, const Targets& targets, StepResult& result) {
  PassSum sum(*network_);
  for (size_t begin = 0; begin < batch.size(); begin += micro_batch_) {
    Pass(batch, targets, begin, std::min<size_t>(begin + micro_batch_, batch.size()), result);
    torch::NoGradGuard no_grad;
    sum.EndPass();
  }
  torch::NoGradGuard no_grad;
  torch::Tensor total = sum.Total().cpu();  // the ranks meet there
  MOYO_RETURN_IF_ERROR(group_.Sum(total));
  double figures[] = {result.policy_loss, result.value_loss, result.ownership_loss, result.top1};
  MOYO_RETURN_IF_ERROR(group_.Sum(figures));
  result = {.policy_loss = figures[0],
            .value_loss = figures[1],
            .ownership_loss = figures[2],
            .top1 = figures[3]};
  sum.Take(total, share().Passes(batch.whole_size));
  return absl::OkStatus();
}

absl::StatusOr<StepResult> Learner::Step(const Batch& batch, double learning_rate) {
  const auto count = static_cast<int64_t>(batch.size());
  Targets targets{.policy = torch::tensor(batch.policy).view({count, 1}).to(device_),
                  .value = torch::tensor(batch.value).to(device_),
                  .value_weight = torch::tensor(batch.value_weight).to(device_)};
  if (options_.ownership_weight > 0) {
    targets.ownership =
        torch::tensor(batch.ownership).view({count, features::kPointCount}).to(device_);
    targets.ownership_weight = torch::tensor(batch.ownership_weight).to(device_);
  }
  optimizer_.ZeroGrad();
  StepResult result;
  if (group_.size() == 1 && batch.size() <= micro_batch_) {
    Pass(batch, targets, 0, batch.size(), result);
  } else {
    MOYO_RETURN_IF_ERROR(Passes(batch, targets, result));
  }
  const double norm = optimizer_.ClipGradients(options_.clip_norm, scaler_.scale());
  result.finite = result.losses_are_finite();
  if (!result.finite) return result;
  const LossScaler::Verdict verdict = scaler_.Judge(std::isfinite(norm));
  result.finite = verdict != LossScaler::Verdict::kHopeless;
  result.skipped = verdict == LossScaler::Verdict::kSkip;
  if (verdict != LossScaler::Verdict::kTake) return result;
  optimizer_.Step(learning_rate);
  if (average_) UpdateAverage();
  return result;
}

// While there are few updates the average forgets faster, so that it is not full of the start.
void Learner::UpdateAverage() {
  torch::NoGradGuard no_grad;
  ++averaged_;
  const double decay = std::min(options_.ema, (1.0 + averaged_) / (10.0 + averaged_));
  const auto average = [decay](const std::vector<torch::Tensor>& source,
                               std::vector<torch::Tensor> target) {
    for (size_t i = 0; i < source.size(); ++i) {
      if (target[i].is_floating_point()) {
        target[i].lerp_(source[i], 1 - decay);
      } else {
        target[i].copy_(source[i]);
      }
    }
  };
  average(network_->parameters(), average_->parameters());
  average(network_->buffers(), average_->buffers());
}

bool Learner::IsSound(const Batch& batch) {
  torch::NoGradGuard no_grad;
  const auto finite = [](const std::vector<torch::Tensor>& tensors) {
    return std::all_of(tensors.begin(), tensors.end(), [](const torch::Tensor& tensor) {
      return torch::isfinite(tensor).all().item<bool>();
    });
  };
  if (!finite(network_->parameters()) || !finite(network_->buffers())) return false;
  if (batch.size() == 0) return true;
  network_->eval();
  const size_t count = std::min(kSoundnessSamples, batch.size());
  const Autocast autocast(AutocastType(options_.precision, device_));
  const Network::Output output =
      network_->forward(network_->Input(std::span(batch.planes).first(count)));
  network_->train();
  return finite({output.policy, output.value});
}

void Learner::Save(torch::serialize::OutputArchive& archive) const {
  torch::serialize::OutputArchive network, optimizer;
  network_->save(network);
  optimizer_.Save(optimizer);
  archive.write("tower", network);
  archive.write("optimizer", optimizer);
  scaler_.Save(archive);
  if (!average_) return;
  torch::serialize::OutputArchive average;
  average_->save(average);
  archive.write("ema", average);
  archive.write("ema_updates", c10::IValue(averaged_));
}

void Learner::Load(torch::serialize::InputArchive& archive) {
  torch::serialize::InputArchive network, optimizer, average;
  archive.read("tower", network);
  archive.read("optimizer", optimizer);
  network_->load(network);
  network_->to(device_);
  optimizer_.Load(optimizer);
  scaler_.Load(archive);
  ToChannelsLast(*network_);
  if (!average_) return;
  if (archive.try_read("ema", average)) {
    average_->load(average);
    average_->to(device_);
    c10::IValue updates;
    archive.read("ema_updates", updates);
    averaged_ = updates.toInt();
  } else {
    CopyWeights(*network_, *average_);
    averaged_ = 0;
  }
  ToChannelsLast(*average_);
}

std::shared_ptr<Network> Learner::ReadJudged(torch::serialize::InputArchive& archive,
                                             const NetShape& shape) {
  torch::serialize::InputArchive weights;
  if (!archive.try_read("ema", weights)) archive.read("tower", weights);
  std::shared_ptr<Network> network = MakeNetwork(shape);
  network->load(weights);
  ToChannelsLast(*network);
  network->eval();
  return network;
}

}  // namespace moyo::trainer
