#include "worker/loop/wait_log.h"

#include <spdlog/spdlog.h>

#include "common/base/text.h"

namespace moyo::worker {
namespace {

constexpr absl::Duration kSayAgain = absl::Minutes(1);

}  // namespace

rpc::OnWait WaitLog::While(const char* doing) {
  return [this, doing](const absl::Status& why) { Failed(doing, why); };
}

void WaitLog::Failed(const char* doing, const absl::Status& why) {
  {
    absl::MutexLock lock(&mutex_);
    const absl::Time now = clock_.Now();
    if (now < next_) return;
    next_ = now + kSayAgain;
  }
  spdlog::warn(
      "waiting for server {} ({}): {}; trying again until it answers; look whether moyo-server "
      "runs "
      "and 'moyo health' reaches it from here",
      address_, doing, Visible(std::string(why.message())));
}

}  // namespace moyo::worker
