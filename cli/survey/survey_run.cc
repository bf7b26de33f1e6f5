#include "cli/survey/survey_run.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "cli/survey/game_batches.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"

namespace moyo::cli {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;
constexpr uint64_t kMostTextBytes = 16 * kMiB;  // waiting to be examined

// One thread makes batches, several examine them, one takes the outcome in the order of the
// batches. Never more than a few batches and bytes are under way.
class Pipeline {
 public:
  struct Outcome {
    std::vector<GameFacts> facts;
    uint64_t file_bytes = 0;
  };

  explicit Pipeline(int threads) : most_under_way_(2 * static_cast<uint64_t>(threads) + 2) {}

  // After Stop, batches are dropped.
  void Put(GameBatch batch) {
    absl::MutexLock lock(&mutex_);
    const auto has_room = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return stopped_ || (made_ - taken_ < most_under_way_ && text_bytes_ < kMostTextBytes);
    };
    mutex_.Await(absl::Condition(&has_room));
    if (stopped_) return;
    text_bytes_ += batch.text_bytes();
    waiting_.emplace_back(made_++, std::move(batch));
  }

  void EndOfBatches() {
    absl::MutexLock lock(&mutex_);
    all_made_ = true;
  }

  void Examine(const worker::ParseOptions& options) {
    Examiner examiner(options);
    while (std::optional<Numbered> numbered = NextBatch()) {
      numbered->second.Replay(options.max_game_bytes, examiner);
      Outcome outcome{examiner.Take(), numbered->second.file_bytes()};
      absl::MutexLock lock(&mutex_);
      text_bytes_ -= numbered->second.text_bytes();
      outcomes_.emplace(numbered->first, std::move(outcome));
    }
  }

  // Null when the time is over; done() tells whether there is more.
  std::optional<Outcome> Take(absl::Duration at_most) {
    absl::MutexLock lock(&mutex_);
    const auto is_there = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return (!outcomes_.empty() && outcomes_.begin()->first == taken_) || IsDone();
    };
    mutex_.AwaitWithTimeout(absl::Condition(&is_there), at_most);
    if (outcomes_.empty() || outcomes_.begin()->first != taken_) return std::nullopt;
    ++taken_;
    return std::move(outcomes_.extract(outcomes_.begin()).mapped());
  }

  bool done() {
    absl::MutexLock lock(&mutex_);
    return IsDone();
  }

  void Stop() {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }

 private:
  using Numbered = std::pair<uint64_t, GameBatch>;

  bool IsDone() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopped_ || (all_made_ && taken_ == made_);
  }

  std::optional<Numbered> NextBatch() {
    absl::MutexLock lock(&mutex_);
    const auto is_there = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return stopped_ || all_made_ || !waiting_.empty();
    };
    mutex_.Await(absl::Condition(&is_there));
    if (stopped_ || waiting_.empty()) return std::nullopt;
    Numbered next = std::move(waiting_.front());
    waiting_.pop_front();
    return next;
  }

  const uint64_t most_under_way_;
  absl::Mutex mutex_;
  std::deque<Numbered> waiting_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, Outcome> outcomes_ ABSL_GUARDED_BY(mutex_);
  uint64_t made_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t text_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // of batches not yet examined
  bool all_made_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

// How far it is, for people.
class SurveyProgress {
 public:
  explicit SurveyProgress(ProgressBar& bar) : bar_(bar), started_(absl::Now()) {}

  void Update(uint64_t file_bytes, uint64_t total_bytes, uint64_t games) {
    bar_.Update(At(file_bytes, total_bytes, games));
  }
  void Finish(uint64_t file_bytes, uint64_t total_bytes, uint64_t games) {
    bar_.Finish(At(file_bytes, total_bytes, games));
  }
  double seconds() const { return absl::ToDoubleSeconds(absl::Now() - started_); }

 private:
  Progress At(uint64_t file_bytes, uint64_t total_bytes, uint64_t games) const {
    const bool is_large = std::max(file_bytes, total_bytes) >= 64 * kMiB;
    const uint64_t unit = is_large ? kMiB : kKiB;
    return {.label = "survey",
            .done = file_bytes / unit,
            .total = total_bytes / unit,
            .noun = is_large ? "MiB" : "KiB",
            .rate = static_cast<double>(file_bytes) / static_cast<double>(unit) / seconds(),
            .extra = Counted(games, "game")};
  }

  ProgressBar& bar_;
  const absl::Time started_;
};

absl::Status CheckPaths(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    struct stat info;
    if (stat(path.c_str(), &info) == 0) continue;
    return absl::NotFoundError(
        absl::StrCat("'", path, "' does not exist; survey takes folders, files and archives"));
  }
  return absl::OkStatus();
}

absl::Status NoGameError(const SurveyOptions& options, const SurveyReport& report) {
  const std::string where = absl::StrCat("'", options.paths.front(), "'",
                                         options.paths.size() > 1 ? " and the others" : "");
  if (report.found == 0) {
    return absl::NotFoundError(
        absl::StrCat(where, " holds no file; name a folder, file or archive of game records"));
  }
  const auto unreadable = report.rejected_by.find(sgf::ReasonName(sgf::Reason::kSourceUnreadable));
  if (unreadable != report.rejected_by.end()) {
    return absl::NotFoundError(
        absl::StrCat("no game found in ", where, ": ", unreadable->second.examples.front().detail));
  }
  return absl::NotFoundError(absl::StrCat("no game found in the ",
                                          WithCommas(report.sources.sources), " files of ", where,
                                          "; survey takes SGF files, lists and archives of them"));
}

}  // namespace

absl::StatusOr<SurveyOutcome> RunSurvey(const SurveyOptions& options, ProgressBar& progress) {
  MOYO_RETURN_IF_ERROR(CheckPaths(options.paths));
  Pipeline pipeline(options.threads);
  std::atomic<uint64_t> total_bytes{0};
  std::vector<std::thread> threads;
  const auto goes_on = [&pipeline] { return !pipeline.done(); };
  threads.emplace_back([&] {
    MakeBatches(
        options.paths, options.parse.max_game_bytes,
        [&pipeline](GameBatch batch) { pipeline.Put(std::move(batch)); }, goes_on);
    pipeline.EndOfBatches();
  });
  threads.emplace_back([&] { total_bytes = CountFileBytes(options.paths, goes_on); });
  for (int i = 0; i < options.threads; ++i) {
    threads.emplace_back([&] { pipeline.Examine(options.parse); });
  }

  ReportBuilder builder(options.report);
  SurveyProgress shown(progress);
  SurveyOutcome outcome;
  while (!pipeline.done() && !ShutdownRequested()) {
    const std::optional<Pipeline::Outcome> part = pipeline.Take(absl::Milliseconds(200));
    if (!part.has_value()) continue;
    outcome.file_bytes += part->file_bytes;
    for (const GameFacts& facts : part->facts) {
      if (builder.Add(facts)) continue;
      pipeline.Stop();
      break;
    }
    // Of nothing there is an error, and nothing before it.
    if (builder.games() > 0) shown.Update(outcome.file_bytes, total_bytes, builder.games());
  }
  pipeline.Stop();
  for (std::thread& thread : threads) thread.join();
  const uint64_t games = builder.games();
  if (ShutdownRequested()) {
    shown.Finish(outcome.file_bytes, total_bytes, games);
    return absl::CancelledError("stopped by a signal");
  }
  outcome.report = builder.Finish();
  if (games == 0) return NoGameError(options, outcome.report);
  shown.Finish(outcome.file_bytes, outcome.file_bytes, games);
  outcome.seconds = shown.seconds();
  return outcome;
}

}  // namespace moyo::cli
