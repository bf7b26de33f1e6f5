#include "trainer/data/dataset_source.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"

namespace moyo::trainer {
namespace {

constexpr absl::Duration kPollInterval = absl::Seconds(1);

}  // namespace

absl::Status AwaitShards(const StartRule& rule,
                         absl::FunctionRef<absl::StatusOr<ShardsSoFar>()> ask) {
  for (;;) {
    MOYO_ASSIGN_OR_RETURN(const ShardsSoFar so_far, ask());
    const bool enough = rule.start_after > 0 && so_far.shards >= rule.start_after;
    if (so_far.complete || enough) return absl::OkStatus();
    if (rule.on_wait) {
      const std::string what =
          rule.start_after > 0 ? Counted(rule.start_after, "shard") : "the parse to finish";
      rule.on_wait(
          absl::StrCat("waiting for ", what, ": ", Counted(so_far.shards, "shard"), " so far"));
    }
    if (WaitForShutdown(kPollInterval)) return absl::CancelledError("shutting down");
  }
}

}  // namespace moyo::trainer
