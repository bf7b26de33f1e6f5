// Trains a network on a dataset that may grow: the whole of moyo-trainer behind its command line.
#pragma once

#include "absl/status/status.h"
#include "trainer/data/dataset_source.h"
#include "trainer/train/options.h"
#include "trainer/train/training_report.h"

namespace moyo::trainer {

// Trains until the schedule ends, time is up, or shutdown (then the last checkpoint stands).
// Resumes from RUN_DIR/trainer/checkpoints. RUN_DIR/model.pt is the best network by validation
// top-1. An epoch ends on the dataset that it began with, and the next one takes the newest of
// `source`. Of several ranks (options.group) only the first writes files and reports; when one is
// lost, the others go on from the last checkpoint.
absl::Status Train(const TrainingOptions& options, DatasetSource& source,
                   TrainingObserver& observer);

}  // namespace moyo::trainer
