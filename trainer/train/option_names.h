// The values of choices as the command line has them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "trainer/train/options.h"

namespace moyo::trainer {

template <typename Enum>
using OptionNames = std::vector<std::pair<std::string, Enum>>;

inline OptionNames<OptimizerKind> OptimizerNames() {
  return {{"muon", OptimizerKind::kMuon},
          {"adamw", OptimizerKind::kAdamW},
          {"sgd", OptimizerKind::kSgd}};
}
inline OptionNames<ScheduleKind> ScheduleNames() {
  return {{"cosine", ScheduleKind::kCosine},
          {"constant", ScheduleKind::kConstant},
          {"step", ScheduleKind::kStep}};
}
inline OptionNames<Precision> PrecisionNames() {
  return {{"auto", Precision::kAuto},
          {"bf16", Precision::kBf16},
          {"fp32", Precision::kFp32},
          {"fp16", Precision::kFp16}};
}
inline OptionNames<Augment> AugmentNames() {
  return {{"on", Augment::kEightSymmetries}, {"off", Augment::kOff}};
}

// "?" for a value without a name.
template <typename Enum>
std::string NameOf(const OptionNames<Enum>& names, Enum value) {
  for (const auto& [name, named] : names) {
    if (named == value) return name;
  }
  return "?";
}

}  // namespace moyo::trainer
