// What a network is worth on games that it was not trained on.
#pragma once

#include <cstdint>

namespace moyo::trainer {

struct ValidationResult {
  uint64_t positions = 0;
  double top1 = 0;  // share of positions where the move played has the highest logit, 0 to 1
  double top5 = 0;
  double nats = 0;            // mean policy cross entropy
  double value_accuracy = 0;  // share of known results whose sign the value has
  double value_scale = 1;     // that suits the values (value_scale.h)
};

}  // namespace moyo::trainer
