// A child that is started again when it dies, within bounds.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/process.h"

namespace moyo::cli {

// When a death is answered by a restart.
struct RestartPolicy {
  // A program that ends with 1, 2 or 3 has said what is wrong; only a worker is worth another try
  // then.
  bool restart_after_error = false;
  int max_restarts = 3;
  // Deaths within `quick` of the start, in a row.
  int max_quick_deaths = 3;
  absl::Duration quick = absl::Seconds(5);
  absl::Duration pause = absl::Milliseconds(500);  // before the restart
};

struct ChildDeath {
  int exit_code = 0;
  bool killed_by_signal = false;
  int restarts = 0;      // so far
  int quick_deaths = 0;  // in a row, this one counted
};

enum class AfterDeath { kDone, kRestart, kFail };

// Pure.
AfterDeath DecideAfterDeath(const RestartPolicy& policy, const ChildDeath& death);

// Not thread-safe; use it from the main thread (process.h says why).
class SupervisedChild {
 public:
  enum class State { kRunning, kPausing, kDone };

  SupervisedChild(std::string name, ChildSpec spec, RestartPolicy policy)
      : name_(std::move(name)), spec_(std::move(spec)), policy_(policy) {}

  absl::Status Start(absl::Time now);
  // Takes over one that was started elsewhere.
  void Adopt(std::unique_ptr<Child> child, absl::Time now);
  // Notes deaths and restarts. FAILED_PRECONDITION: gave up; the message ends with the last log
  // line.
  absl::StatusOr<State> Poll(absl::Time now);
  // True once a death was noted that asks for a restart; the caller may then do it with Adopt.
  bool pausing() const { return child_ == nullptr && restart_at_ < absl::InfiniteFuture(); }

  void Signal(int signal_number);
  void AskToEnd();  // as Stop begins, without waiting
  void Stop(absl::Duration patience);

  const ChildSpec& spec() const { return spec_; }
  int restarts() const { return restarts_; }
  uint64_t peak_rss_bytes() const;  // the highest of all its lives
  // "moyo-worker-2 ended with signal 9 (Killed)"; empty before the first death.
  const std::string& last_death() const { return last_death_; }

 private:
  absl::StatusOr<State> OnDeath(absl::Time now);

  std::string name_;
  ChildSpec spec_;
  RestartPolicy policy_;
  std::unique_ptr<Child> child_;
  absl::Time started_;
  absl::Time restart_at_ = absl::InfiniteFuture();
  int restarts_ = 0;
  int quick_deaths_ = 0;
  uint64_t peak_rss_bytes_ = 0;
  std::string last_death_;
};

}  // namespace moyo::cli
