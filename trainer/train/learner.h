// Network, optimizer and weight average, and the update that moves them together. For trainer/
// only: includes Torch.
//
// Equal options, batches and rates give equal weights, on a CPU bit for bit, through Save and Load,
// too. What was saved on one device loads on another. The number of ranks shows only in how sums
// are rounded, and not at all where a power of two of them shares out a power of two of passes.
#pragma once

#include <torch/torch.h>

#include <cmath>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/sampler.h"
#include "trainer/data/share.h"
#include "trainer/group/group.h"
#include "trainer/model/network.h"
#include "trainer/train/loss_scaler.h"
#include "trainer/train/optimizer.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

struct StepResult {
  double policy_loss = 0;     // nats, without label smoothing
  double value_loss = 0;      // mean squared error, unknown results as 0
  double ownership_loss = 0;  // mean squared error, as far as known; 0 when it is not learned
  double top1 = 0;       // share of the batch whose move had the highest logit before the update
  bool finite = true;    // false: nothing was updated
  bool skipped = false;  // gradients overflowed (fp16), so nothing was updated: go on
  bool losses_are_finite() const {
    return std::isfinite(policy_loss + value_loss + ownership_loss);
  }
};

class Learner {
 public:
  // Fresh weights from options.seed. A batch goes through the network `micro_batch` samples at a
  // time: the update is that of the whole batch, but batch norm sees the samples of one pass. The
  // ranks of `group` share the passes out among them and make the same update.
  Learner(const TrainingOptions& options, uint32_t micro_batch, torch::Device device, Group& group);

  // Takes over the weights and running statistics of a network of options.shape.
  void StartFrom(const Network& network);

  // One update, of this rank's samples and those of the others. UNAVAILABLE: a rank is lost, and
  // nothing was updated.
  absl::StatusOr<StepResult> Step(const Batch& batch, double learning_rate);
  // Of the loss, under fp16; else 1 and nothing skipped.
  const LossScaler& scaler() const { return scaler_; }
  // This rank's part of a batch.
  Share share() const;

  // What is validated and saved as the model: the average of the weights where there is one.
  Network& judged() { return average_ ? *average_ : *network_; }
  // Whether weights and running statistics are finite, and so is what they make of `batch` (which
  // may be empty). A checkpoint must be sound: an update that was too large shows only behind it.
  bool IsSound(const Batch& batch);

  void Save(torch::serialize::OutputArchive& archive) const;
  // Throws Torch's exceptions for an archive of another network or optimizer. An archive without
  // an average (a fork) starts it at its weights.
  void Load(torch::serialize::InputArchive& archive);
  // The judged() network of a saved learner, whatever its options.
  static std::shared_ptr<Network> ReadJudged(torch::serialize::InputArchive& archive,
                                             const NetShape& shape);

 private:
  struct Targets;
  void Pass(const Batch& batch, const Targets& targets, size_t begin, size_t end,
            StepResult& result);
  absl::Status Passes(const Batch& batch, const Targets& targets, StepResult& result);
  void UpdateAverage();

  const TrainingOptions& options_;
  const uint32_t micro_batch_;
  const torch::Device device_;
  Group& group_;
  std::shared_ptr<Network> network_;
  Optimizer optimizer_;
  LossScaler scaler_;
  std::shared_ptr<Network> average_;  // null without options.ema
  int64_t averaged_ = 0;              // updates of the average
};

}  // namespace moyo::trainer
