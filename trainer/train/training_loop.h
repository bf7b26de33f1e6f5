// Trains the tower on the server's dataset: the whole of moyo-trainer behind its command line.
#pragma once

#include "absl/status/status.h"
#include "common/metrics/exposer.h"
#include "trainer/data/shard_source.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

// Loads the dataset, then trains until the schedule ends, time is up, or shutdown (then the last
// checkpoint stands). Resumes from RUN_DIR/trainer/checkpoints. RUN_DIR/model.pt is the best
// network by validation top-1.
absl::Status TrainFromServer(const TrainingOptions& options, metrics::Endpoint& endpoint);

// The same on a dataset that is at hand.
absl::Status Train(const TrainingOptions& options, const LoadedDataset& data,
                   metrics::Endpoint& endpoint);

}  // namespace moyo::trainer
