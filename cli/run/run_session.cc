#include "cli/run/run_session.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/run_folder.h"
#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kStatusTimeout = absl::Seconds(5);
constexpr absl::Duration kSilentServer = absl::Minutes(2);  // then it is killed and started again
constexpr absl::Duration kStopPatience = absl::Seconds(10);
constexpr absl::Duration kTrainerPatience = absl::Seconds(60);  // it writes a checkpoint first
// Shorter than the server's own choice: workers here are near, and after a crash the next run does
// not wait long for the leases of the dead.
constexpr char kLeaseSeconds[] = "15";
constexpr absl::Duration kCheckPause = absl::Milliseconds(10);
constexpr char kNoServer[] = "127.0.0.1:1";  // an address as good as any where none is asked
constexpr char kGoOn[] = "the same command goes on where it stopped";

// A source that kills workers costs several deaths before it is found and quarantined.
constexpr RestartPolicy kWorkerPolicy = {
    .restart_after_error = true, .max_restarts = 200, .max_quick_deaths = 40};

// Empty without --web.
std::string PageAddress(const std::string& run_dir) {
  const absl::StatusOr<std::string> page = ReadFile(run_dir + "/server/page", 1024);
  return page.ok() ? std::string(absl::StripAsciiWhitespace(*page)) : "";
}

uint64_t Parsed(const v1::LedgerCounts& ledger) { return ledger.found() - ledger.pending(); }

Progress ParseProgress(const v1::GetStatusResponse& status, uint64_t before,
                       absl::Duration elapsed) {
  const uint64_t parsed = Parsed(status.ledger());
  const double seconds = absl::ToDoubleSeconds(elapsed);
  Progress progress = {
      .label = "parse", .done = parsed, .total = status.ledger().found(), .noun = "games"};
  if (parsed > before && seconds > 0)
    progress.rate = static_cast<double>(parsed - before) / seconds;
  if (!status.complete() && parsed == progress.total) progress.total = 0;  // still being found
  return progress;
}

Progress TrainProgress(const v1::TrainingProgress& t) {
  Progress progress = {.label = "train",
                       .done = t.samples(),
                       .total = t.planned_samples(),
                       .noun = "samples",
                       .rate = t.samples_per_second()};
  progress.extra = absl::StrFormat("epoch %d/%d  loss %.3f", t.epoch(), t.epochs(), t.loss());
  if (t.validation_positions() > 0)
    absl::StrAppendFormat(&progress.extra, "  top-1 %.1f%%", 100 * t.top1());
  return progress;
}

}  // namespace

RunSession::RunSession(const RunOptions& options, ProgressBar& progress)
    : options_(options),
      progress_(progress),
      server_("moyo-server", {.argv = {}, .log_path = LogPath(options.run_dir, "server")},
              RestartPolicy()) {
  summary_.run_dir = options.run_dir;
}

RunSession::~RunSession() {
  if (trainer_ != nullptr) trainer_->Stop(kTrainerPatience);
  StopWorkers();
  connection_.reset();
  server_.Stop(kStopPatience);
}

void RunSession::StopWorkers() {
  for (const auto& worker : workers_) worker->AskToEnd();  // all at once, then one by one
  for (const auto& worker : workers_) worker->Stop(kStopPatience);
}

absl::Status RunSession::StartServer() {
  // A restarted server takes the port of the first, where workers and trainer look for it.
  ServerStart start = {.program_folder = options_.program_folder,
                       .run_dir = options_.run_dir,
                       .listen = connection_ == nullptr ? "127.0.0.1:0" : connection_->address(),
                       .arguments = options_.server_arguments};
  start.arguments.insert(start.arguments.end(), {"--lease-seconds", kLeaseSeconds, "--games"});
  start.arguments.insert(start.arguments.end(), options_.games.begin(), options_.games.end());
  MOYO_ASSIGN_OR_RETURN(StartedServer started, cli::StartServer(start));
  server_.Adopt(std::move(started.child), Clock::Steady().Now());
  connection_ = std::make_unique<ServerConnection>(started.address);
  answered_ = Clock::Steady().Now();
  const std::string page = PageAddress(options_.run_dir);
  if (!page.empty()) progress_.Note(absl::StrCat("training page: ", page));
  return absl::OkStatus();
}

void RunSession::MakeWorkers() {
  for (int i = 1; i <= options_.workers; ++i) {
    const std::string name = absl::StrCat("worker-", i);
    ChildSpec spec = {
        .argv = {options_.program_folder + "/moyo-worker", "--server", connection_->address(),
                 "--parallel", "1", "--exit-when-done", "--name", name, "--spool",
                 absl::StrCat(options_.run_dir, "/spool/", name)},
        .log_path = LogPath(options_.run_dir, name)};
    workers_.push_back(std::make_unique<SupervisedChild>(absl::StrCat("moyo-", name),
                                                         std::move(spec), kWorkerPolicy));
  }
}

void RunSession::NoteDeath(const SupervisedChild& child, int restarts_before) {
  if (child.restarts() == restarts_before) return;
  ++summary_.restarts;
  progress_.Note(child.last_death() + "; starting it again");
}

absl::Status RunSession::TickServer() {
  const int before = server_.restarts();
  if (server_.pausing()) return StartServer();
  MOYO_ASSIGN_OR_RETURN(const SupervisedChild::State state, server_.Poll(Clock::Steady().Now()));
  NoteDeath(server_, before);
  if (state == SupervisedChild::State::kDone) {
    return absl::FailedPreconditionError(
        absl::StrCat("moyo-server was stopped from outside; ", kGoOn));
  }
  if (Clock::Steady().Now() - answered_ > kSilentServer) server_.Signal(SIGKILL);
  return absl::OkStatus();
}

// Workers leave when nothing is left to lease; they come back while the dataset is not complete
// (the catalogue still grew, or games were added).
absl::Status RunSession::TickWorkers() {
  const v1::GetStatusResponse& status = summary_.status;
  // A later run first looks through the catalogue again; with nothing new there it needs no worker.
  const bool needed =
      !status.complete() && (status.ledger().pending() > 0 || status.ledger().found() == 0);
  for (const auto& worker : workers_) {
    const int before = worker->restarts();
    MOYO_ASSIGN_OR_RETURN(const SupervisedChild::State state, worker->Poll(Clock::Steady().Now()));
    NoteDeath(*worker, before);
    if (state == SupervisedChild::State::kDone && needed) {
      MOYO_RETURN_IF_ERROR(worker->Start(Clock::Steady().Now()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> RunSession::TickStatus() {
  const absl::StatusOr<v1::GetStatusResponse> status = connection_->GetStatus(kStatusTimeout);
  if (!status.ok()) return false;  // TickServer sees whether it died
  answered_ = Clock::Steady().Now();
  summary_.status = *status;
  if (!status->storage_error().empty()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the server cannot store a shard: ", status->storage_error(), "; ", kGoOn));
  }
  return true;
}

absl::StatusOr<bool> RunSession::Tick() {
  MOYO_RETURN_IF_ERROR(TickServer());
  MOYO_ASSIGN_OR_RETURN(const bool answered, TickStatus());
  if (answered) MOYO_RETURN_IF_ERROR(TickWorkers());
  return answered;
}

absl::Status RunSession::Pause(absl::Duration pause) const {
  if (!WaitForShutdown(pause)) return absl::OkStatus();
  return absl::CancelledError(absl::StrCat("stopped by a signal; ", kGoOn));
}

absl::Status RunSession::Parse() {
  const absl::Time begin = Clock::Steady().Now();
  MOYO_RETURN_IF_ERROR(StartServer());
  MOYO_RETURN_IF_ERROR(TickStatus().status());
  summary_.games_before = Parsed(summary_.status.ledger());
  MakeWorkers();
  while (!summary_.status.complete()) {
    MOYO_RETURN_IF_ERROR(Tick().status());
    if (summary_.status.ledger().pending() > 0) {
      progress_.Update(
          ParseProgress(summary_.status, summary_.games_before, Clock::Steady().Now() - begin));
    }
    if (!summary_.status.complete()) MOYO_RETURN_IF_ERROR(Pause(options_.poll_pause));
  }
  summary_.parse_time = Clock::Steady().Now() - begin;
  summary_.parsed_before =
      summary_.games_before > 0 && summary_.games_before == Parsed(summary_.status.ledger());
  if (!summary_.parsed_before) {
    progress_.Finish(ParseProgress(summary_.status, summary_.games_before, summary_.parse_time));
  }
  // The workers are asked only now: their peak is known when they have ended.
  MOYO_RETURN_IF_ERROR(server_.Poll(Clock::Steady().Now()).status());
  StopWorkers();
  summary_.parse_peak_rss_bytes = server_.peak_rss_bytes();
  for (const auto& worker : workers_) summary_.parse_peak_rss_bytes += worker->peak_rss_bytes();
  return CheckParsed();
}

absl::Status RunSession::CheckParsed() const {
  const v1::LedgerCounts& ledger = summary_.status.ledger();
  if (ledger.accepted() > 0) return absl::OkStatus();
  if (ledger.found() == 0) {
    const std::string& error = summary_.status.catalogue_error();
    return absl::FailedPreconditionError(
        absl::StrCat("no game was found: ", error.empty() ? "the paths hold none" : error));
  }
  return absl::FailedPreconditionError(absl::StrCat("none of the ", Counted(ledger.found(), "game"),
                                                    " found was accepted; 'moyo ledger --run-dir ",
                                                    options_.run_dir, "' says why"));
}

std::string RunSession::TrainedWith() const {
  return absl::StrCat(HexDigest(summary_.status.dataset_digest()), "\n",
                      absl::StrJoin(options_.trainer_arguments, "\n"), "\n");
}

bool RunSession::TrainedBefore() const {
  if (!summary_.status.training().finished() || !std::filesystem::exists(summary_.model))
    return false;
  const absl::StatusOr<std::string> with = ReadFile(options_.run_dir + "/trained-with", 64 * 1024);
  return with.ok() && *with == TrainedWith();
}

absl::Status RunSession::WaitForTrainer(SupervisedChild& trainer) {
  while (true) {
    const int before = trainer.restarts();
    MOYO_ASSIGN_OR_RETURN(const SupervisedChild::State state, trainer.Poll(Clock::Steady().Now()));
    NoteDeath(trainer, before);
    MOYO_ASSIGN_OR_RETURN(const bool answered, Tick());
    if (state == SupervisedChild::State::kDone && answered) return absl::OkStatus();
    if (state == SupervisedChild::State::kRunning && summary_.status.training().step() > 0) {
      progress_.Update(TrainProgress(summary_.status.training()));
    }
    MOYO_RETURN_IF_ERROR(Pause(options_.poll_pause));
  }
}

ChildSpec RunSession::TrainerSpec(const std::string& server) const {
  ChildSpec spec = {.argv = {options_.program_folder + "/moyo-trainer", "--server", server,
                             "--run-dir", options_.run_dir},
                    .log_path = LogPath(options_.run_dir, "trainer")};
  spec.argv.insert(spec.argv.end(), options_.trainer_arguments.begin(),
                   options_.trainer_arguments.end());
  if (options_.fork) spec.argv.push_back("--fork");
  return spec;
}

// What the trainer would refuse costs a moment now, and the whole parse later.
absl::Status RunSession::CheckTrainer() const {
  ChildSpec spec = TrainerSpec(kNoServer);
  spec.argv.push_back("--check-options");
  SupervisedChild check("moyo-trainer", std::move(spec), RestartPolicy());
  MOYO_RETURN_IF_ERROR(check.Start(Clock::Steady().Now()));
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const SupervisedChild::State state, check.Poll(Clock::Steady().Now()));
    if (state == SupervisedChild::State::kDone) return absl::OkStatus();
    MOYO_RETURN_IF_ERROR(Pause(kCheckPause));
  }
}

absl::Status RunSession::Train() {
  summary_.model = options_.run_dir + "/model.pt";
  summary_.trained_before = TrainedBefore();
  if (summary_.trained_before) return absl::OkStatus();
  const absl::Time begin = Clock::Steady().Now();
  // The server remembers the last report of an earlier trainer, too.
  const std::string trainer_before = summary_.status.training().trainer();
  trainer_ = std::make_unique<SupervisedChild>("moyo-trainer", TrainerSpec(connection_->address()),
                                               RestartPolicy());
  MOYO_RETURN_IF_ERROR(trainer_->Start(begin));
  MOYO_RETURN_IF_ERROR(WaitForTrainer(*trainer_));
  progress_.Finish(TrainProgress(summary_.status.training()));
  summary_.train_time = Clock::Steady().Now() - begin;
  summary_.train_peak_rss_bytes = trainer_->peak_rss_bytes();
  const v1::TrainingProgress& training = summary_.status.training();
  // Asked to stop, it ends as if all were well.
  if (!training.finished() || training.trainer() == trainer_before) {
    return absl::FailedPreconditionError(
        absl::StrCat("moyo-trainer was stopped from outside; ", kGoOn));
  }
  if (!std::filesystem::exists(summary_.model)) {
    return absl::FailedPreconditionError(absl::StrCat("moyo-trainer left no '", summary_.model,
                                                      "'; see ", trainer_->spec().log_path));
  }
  return WriteFileAtomically(options_.run_dir + "/trained-with", TrainedWith());
}

absl::StatusOr<RunSummary> RunSession::Run() {
  if (!options_.parse_only) MOYO_RETURN_IF_ERROR(CheckTrainer());
  MOYO_RETURN_IF_ERROR(Parse());
  if (!options_.parse_only) MOYO_RETURN_IF_ERROR(Train());
  return summary_;
}

}  // namespace moyo::cli
