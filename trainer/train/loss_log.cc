#include "trainer/train/loss_log.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace moyo::trainer {

LossLog::LossLog(const std::string& path) : path_(path) {
  if (!path_.empty()) file_.open(path_, std::ios::app);
}

absl::Status LossLog::Add(uint64_t step, const StepResult& result) {
  if (path_.empty()) return absl::OkStatus();
  file_ << absl::StrFormat("%d %a %a\n", step, result.policy_loss, result.value_loss) << std::flush;
  if (file_) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("cannot write '", path_, "'; give another file as --loss-log"));
}

}  // namespace moyo::trainer
