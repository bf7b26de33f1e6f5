#include "play/match/match_command.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/sgf/game_writer.h"
#include "play/match/match_player.h"
#include "play/match/match_report.h"
#include "play/match/play_game.h"
#include "play/shared_evaluator.h"

namespace moyo::play {
namespace {

constexpr char kReport[] = "match.json";

absl::Status InGame(uint64_t number, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("game ", number + 1, ": ", status.message()));
}

// The record with who played, and results that its info cannot hold.
std::string MatchSgf(const GameOutcome& outcome, const std::string& black,
                     const std::string& white) {
  std::string sgf = sgf::WriteSgf(outcome.record, {.black = black, .white = white});
  const size_t result = sgf.find("RE[") + 3;
  sgf.replace(result, sgf.find(']', result) - result, outcome.result);
  return sgf;
}

class Match {
 public:
  Match(const MatchOptions& options, evaluation::Evaluator* evaluator, std::ostream& progress)
      : options_(options), progress_(progress), report_(options) {
    if (evaluator != nullptr) shared_ = std::make_unique<SharedEvaluator>(*evaluator);
  }

  absl::Status Run() {
    MOYO_RETURN_IF_ERROR(OpenFolder());
    const uint64_t threads = std::min<uint64_t>(options_.parallel, options_.games);
    std::vector<std::thread> workers;
    for (uint64_t i = 0; i < threads; ++i) {
      workers.emplace_back([this, i] {
        const absl::Status status = PlayGames(static_cast<int>(i) + 1);
        const std::lock_guard<std::mutex> lock(mutex_);
        status_.Update(status);
      });
    }
    for (std::thread& worker : workers) worker.join();
    return status_;
  }

  const MatchReport& report() const { return report_; }

 private:
  // Takes OUT for this match, with the games that it holds.
  absl::Status OpenFolder() {
    MOYO_RETURN_IF_ERROR(MakeFolder(options_.out));
    MOYO_ASSIGN_OR_RETURN(FileLock lock, FileLock::Acquire(options_.out + "/lock"));
    lock_.emplace(std::move(lock));
    const absl::StatusOr<std::string> text = ReadFile(ReportPath());
    if (absl::IsNotFound(text.status())) {
      MOYO_RETURN_IF_ERROR(ExpectNoGames());
    } else {
      MOYO_RETURN_IF_ERROR(text.status());
      if (const absl::Status held = report_.GoOn(*text); !held.ok()) {
        return absl::FailedPreconditionError(absl::StrCat(
            "cannot go on with the match in '", options_.out, "': ", kReport, ": ", held.message(),
            "; give the options that it began with, or another --out"));
      }
    }
    if (const uint64_t games = report_.Tally().games(); games > 0) {
      progress_ << "going on: " << Counted(games, "game") << (games == 1 ? " is" : " are")
                << " there already\n"
                << std::flush;
    }
    // Before the first game: whoever stops the match, it can go on.
    return WriteReport();
  }

  absl::Status ExpectNoGames() const {
    std::error_code error;
    std::filesystem::directory_iterator entry(options_.out, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (!name.starts_with("game-") || !name.ends_with(".sgf")) continue;
      return absl::FailedPreconditionError(absl::StrCat("'", options_.out, "' holds games ('", name,
                                                        "') without a ", kReport,
                                                        "; give another --out"));
    }
    return error ? ErrnoStatus(error.value(), "read folder", options_.out) : absl::OkStatus();
  }

  std::string ReportPath() const { return absl::StrCat(options_.out, "/", kReport); }
  absl::Status WriteReport() const {
    return WriteFileAtomically(ReportPath(), report_.Json(2) + "\n");
  }

  std::unique_ptr<MatchPlayer> ProgramPlayer(const std::string& command, const char* role,
                                             int thread) const {
    return std::make_unique<GtpMatchPlayer>(
        command, absl::StrCat(options_.out, "/", role, "-", thread, ".log"),
        options_.command_timeout);
  }

  // The games of one thread, with programs of its own.
  absl::Status PlayGames(int thread) {
    const std::unique_ptr<MatchPlayer> opponent =
        ProgramPlayer(options_.opponent, "opponent", thread);
    std::unique_ptr<MatchPlayer> engine;
    if (!options_.engine.empty()) engine = ProgramPlayer(options_.engine, "engine", thread);
    int failures_in_row = 0;
    while (true) {
      uint64_t number = 0;
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        while (report_.Holds(next_)) ++next_;
        if (next_ >= options_.games || !status_.ok()) return absl::OkStatus();
        number = next_++;
      }
      if (options_.engine.empty()) {
        PlayerOptions player = options_.player;
        player.seed += number;  // so that a draw does not depend on which thread plays
        engine = std::make_unique<NetworkMatchPlayer>(*shared_, player);
      }
      absl::StatusOr<PlayedGame> game = PlayOne(number, *engine, *opponent);
      if (!game.ok()) return InGame(number, game.status());
      const std::string failure = game->failure;
      MOYO_RETURN_IF_ERROR(Note(*std::move(game)));
      failures_in_row = failure.empty() ? 0 : failures_in_row + 1;
      if (failures_in_row == kMaxFailuresInRow) {
        return InGame(number, absl::UnavailableError(failure));
      }
    }
  }

  // Plays it, and writes its record.
  absl::StatusOr<PlayedGame> PlayOne(uint64_t number, MatchPlayer& engine, MatchPlayer& opponent) {
    PlayedGame game{.number = number};
    GameRules rules{.komi_half_points = static_cast<int>(std::lround(2 * options_.komi)),
                    .max_moves = options_.max_moves};
    MOYO_ASSIGN_OR_RETURN(rules.opening, DrawOpening(shared_.get(), options_.opening_moves,
                                                     options_.seed + number / 2));
    const bool black = game.engine_is_black();
    const absl::Time begin = absl::Now();
    MOYO_ASSIGN_OR_RETURN(const GameOutcome outcome,
                          PlayGame(black ? engine : opponent, black ? opponent : engine, rules,
                                   {&opponent, &engine}));
    game.seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    game.result = outcome.result;
    game.end = outcome.end;
    game.moves = outcome.record.moves.size();
    game.failure = std::string(outcome.failure.message());
    const std::string name = options_.engine.empty() ? "Moyo" : options_.engine;
    MOYO_RETURN_IF_ERROR(WriteFileAtomically(
        options_.out + "/" + GameFileName(number),
        MatchSgf(outcome, black ? name : options_.opponent, black ? options_.opponent : name)));
    return game;
  }

  absl::Status Note(PlayedGame game) {
    const std::lock_guard<std::mutex> lock(mutex_);
    report_.Add(game);
    const GameTally tally = report_.Tally();
    progress_ << absl::StreamFormat(
        "game %d: %s in %d moves (%s), engine %s; %d won, %d lost, %d drawn\n", game.number + 1,
        game.result, game.moves, GameEndName(game.end), game.engine_is_black() ? "black" : "white",
        tally.won, tally.lost, tally.drawn);
    if (!game.failure.empty()) progress_ << "  " << game.failure << "\n";
    progress_ << std::flush;
    return WriteReport();
  }

  const MatchOptions& options_;
  std::ostream& progress_;
  std::unique_ptr<SharedEvaluator> shared_;
  std::mutex mutex_;
  uint64_t next_ = 0;
  absl::Status status_;
  MatchReport report_;
  std::optional<FileLock> lock_;
};

}  // namespace

absl::Status RunMatch(const MatchOptions& options, evaluation::Evaluator* evaluator,
                      std::ostream& out, std::ostream& progress) {
  Match match(options, evaluator, progress);
  MOYO_RETURN_IF_ERROR(match.Run());
  out << (options.json ? match.report().Json() + "\n" : match.report().Summary());
  return absl::OkStatus();
}

}  // namespace moyo::play
