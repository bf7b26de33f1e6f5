#include "trainer/train/learner.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "trainer/model/torch_compat.h"

namespace moyo::trainer {
namespace {

constexpr size_t kSoundnessSamples = 16;

// The same weights on every device.
std::shared_ptr<Network> FreshNetwork(const TrainingOptions& options, torch::Device device) {
  torch::manual_seed(options.seed);
  std::shared_ptr<Network> network = MakeNetwork(options.shape);
  network->to(device);
  network->train();
  return network;
}

// The running statistics of batch norm over a step of several passes: each pass starts from those
// before the step, and the step ends with the mean of what the passes made of them. So they do not
// depend on the order of the passes.
class RunningStatistics {
 public:
  explicit RunningStatistics(const Network& network) : buffers_(network.buffers()) {
    for (const torch::Tensor& buffer : buffers_) {
      before_.push_back(buffer.clone());
      sum_.push_back(torch::zeros_like(buffer));
    }
  }
  void EndPass() {
    ++passes_;
    for (size_t i = 0; i < buffers_.size(); ++i) {
      sum_[i].add_(buffers_[i]);
      buffers_[i].copy_(before_[i]);
    }
  }
  void EndStep() {
    for (size_t i = 0; i < buffers_.size(); ++i) {
      if (buffers_[i].is_floating_point()) {
        buffers_[i].copy_(sum_[i].div_(passes_));
      } else {
        buffers_[i].add_(1);  // num_batches_tracked
      }
    }
  }

 private:
  std::vector<torch::Tensor> buffers_, before_, sum_;
  int64_t passes_ = 0;
};

}  // namespace

struct Learner::Targets {
  torch::Tensor policy, value, value_weight;
};

Learner::Learner(const TrainingOptions& options, uint32_t micro_batch, torch::Device device)
    : options_(options),
      micro_batch_(micro_batch),
      device_(device),
      network_(FreshNetwork(options, device)),
      optimizer_(*network_, options) {
  if (options.ema == 0) return;
  average_ = MakeNetwork(options.shape);
  average_->to(device);
  CopyWeights(*network_, *average_);
  average_->eval();
}

void Learner::StartFrom(const Network& network) {
  CopyWeights(network, *network_);
  if (average_) CopyWeights(network, *average_);
}

void Learner::AddMicroBatch(const Batch& batch, const Targets& targets, size_t begin, size_t end,
                            StepResult& result) {
  const auto from = static_cast<int64_t>(begin), to = static_cast<int64_t>(end);
  const torch::Tensor target = targets.policy.slice(0, from, to);
  torch::Tensor policy_loss, value_loss, loss;
  {
    const Bf16Autocast autocast(options_.precision == Precision::kBf16);
    const Network::Output output = network_->forward(
        ExpandPlanes(std::span(batch.planes).subspan(begin, end - begin), device_));
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
    torch::NoGradGuard no_grad;
    result.top1 += output.policy.argmax(1, true).eq(target).sum().item<double>() / batch.size();
  }
  const double share = static_cast<double>(end - begin) / batch.size();
  (share == 1 ? loss : loss * share).backward();
  result.policy_loss += share * policy_loss.item<double>();
  result.value_loss += share * value_loss.item<double>();
}

StepResult Learner::Step(const Batch& batch, double learning_rate) {
  const auto count = static_cast<int64_t>(batch.size());
  const Targets targets{torch::tensor(batch.policy).view({count, 1}).to(device_),
                        torch::tensor(batch.value).to(device_),
                        torch::tensor(batch.value_weight).to(device_)};
  optimizer_.ZeroGrad();
  StepResult result;
  if (batch.size() <= micro_batch_) {
    AddMicroBatch(batch, targets, 0, batch.size(), result);
  } else {
    RunningStatistics statistics(*network_);
    for (size_t begin = 0; begin < batch.size(); begin += micro_batch_) {
      AddMicroBatch(batch, targets, begin, std::min<size_t>(begin + micro_batch_, batch.size()),
                    result);
      statistics.EndPass();
    }
    statistics.EndStep();
  }
  const double norm = optimizer_.ClipGradients(options_.clip_norm);
  result.finite = std::isfinite(result.policy_loss + result.value_loss + norm);
  if (!result.finite) return result;
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
  const Bf16Autocast autocast(options_.precision == Precision::kBf16);
  const Network::Output output =
      network_->forward(ExpandPlanes(std::span(batch.planes).first(count), device_));
  network_->train();
  return finite({output.policy, output.value});
}

void Learner::Save(torch::serialize::OutputArchive& archive) const {
  torch::serialize::OutputArchive network, optimizer;
  network_->save(network);
  optimizer_.Save(optimizer);
  archive.write("tower", network);
  archive.write("optimizer", optimizer);
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
