// Top-1, top-5, nats and value accuracy on held-out games. For trainer/ only: includes Torch.
#pragma once

#include <cstdint>

#include "trainer/data/dataset.h"
#include "trainer/model/network.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

struct ValidationResult {
  uint64_t positions = 0;
  double top1 = 0;  // share of positions where the move played has the highest logit, 0 to 1
  double top5 = 0;
  double nats = 0;            // mean policy cross entropy
  double value_accuracy = 0;  // share of known results whose sign the value has
};

// The first `count` of a fixed order of the validation positions: the same ones for every run on
// the same dataset. Puts the network into eval mode and back into its own.
ValidationResult Validate(const Dataset& dataset, Network& network, Precision precision,
                          uint64_t count);

}  // namespace moyo::trainer
