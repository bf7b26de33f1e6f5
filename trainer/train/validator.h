// Top-1, top-5, nats and value accuracy on held-out games. For trainer/ only: includes Torch.
#pragma once

#include <cstdint>

#include "trainer/data/dataset.h"
#include "trainer/model/network.h"
#include "trainer/train/options.h"
#include "trainer/train/validation_result.h"

namespace moyo::trainer {

// The first `count` of a fixed order of the validation positions: the same ones for every run on
// the same dataset. Puts the network into eval mode and back into its own.
ValidationResult Validate(const Dataset& dataset, Network& network, Precision precision,
                          uint64_t count);

}  // namespace moyo::trainer
