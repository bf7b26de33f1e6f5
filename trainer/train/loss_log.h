// The losses of each step, exactly: what two runs are compared by.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "trainer/train/learner.h"

namespace moyo::trainer {

// Appends a line a step, "STEP POLICY VALUE", the losses as hexadecimal floating point, which loses
// no bit. A line is written whole before the next step begins, so a killed run has all lines of the
// steps it made. A run that resumes writes the steps since its checkpoint again.
class LossLog {
 public:
  // An empty path: writes nothing.
  explicit LossLog(const std::string& path);
  // INTERNAL, with the path, when it cannot be written.
  absl::Status Add(uint64_t step, const StepResult& result);

 private:
  const std::string path_;
  std::ofstream file_;
};

}  // namespace moyo::trainer
