#include "play/match/match_command.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
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
#include "play/match/elo.h"
#include "play/match/match_player.h"
#include "play/match/play_game.h"
#include "play/shared_evaluator.h"

namespace moyo::play {
namespace {

constexpr char kReport[] = "match.json";

struct PlayedGame {
  uint64_t number = 0;
  bool engine_is_black = true;
  GameOutcome outcome = {};
  double seconds = 0;
  bool failed() const { return outcome.end == GameEnd::kFailure; }
  bool drawn() const { return outcome.record.info.winner == go::Winner::kDraw; }
  bool engine_won() const {
    return outcome.record.info.winner ==
           (engine_is_black ? go::Winner::kBlack : go::Winner::kWhite);
  }
};

void Count(const PlayedGame& game, GameTally& tally) {
  ++(game.drawn() ? tally.drawn : game.engine_won() ? tally.won : tally.lost);
}

absl::Status InGame(uint64_t number, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("game ", number + 1, ": ", status.message()));
}

std::string GameFileName(uint64_t number) { return absl::StrFormat("game-%04d.sgf", number + 1); }

// Games end in any order, so a match that was stopped may lack the first ones.
bool IsOfAMatch(std::string_view name) {
  return name == kReport || (name.starts_with("game-") && name.ends_with(".sgf"));
}

// The record with who played, and results that its info cannot hold.
std::string MatchSgf(const GameOutcome& outcome, const std::string& black,
                     const std::string& white) {
  std::string sgf = sgf::WriteSgf(outcome.record, {.black = black, .white = white});
  const size_t result = sgf.find("RE[") + 3;
  sgf.replace(result, sgf.find(']', result) - result, outcome.result);
  return sgf;
}

nlohmann::ordered_json TallyJson(const GameTally& tally) {
  return {{"won", tally.won}, {"lost", tally.lost}, {"drawn", tally.drawn}};
}

nlohmann::ordered_json OrNull(const absl::Status& failure) {
  nlohmann::ordered_json message;
  if (!failure.ok()) message = std::string(failure.message());
  return message;
}

nlohmann::ordered_json OrNull(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(std::round(*value * 10) / 10) : nullptr;
}

class Match {
 public:
  Match(const MatchOptions& options, evaluation::Evaluator* evaluator, std::ostream& progress)
      : options_(options), progress_(progress) {
    if (evaluator != nullptr) shared_ = std::make_unique<SharedEvaluator>(*evaluator);
  }

  absl::Status Run() {
    MOYO_RETURN_IF_ERROR(PrepareFolder());
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
    MOYO_RETURN_IF_ERROR(status_);
    return WriteFileAtomically(options_.out + "/" + kReport, Json().dump(2) + "\n");
  }

  nlohmann::ordered_json Json() const {
    const GameTally all = Tally([](const PlayedGame&) { return true; });
    const GameTally failed = Tally([](const PlayedGame& g) { return g.failed(); });
    const EloEstimate elo = EstimateElo(all);
    nlohmann::ordered_json results = nlohmann::ordered_json::array();
    for (const PlayedGame& game : games_) {
      results.push_back({{"file", GameFileName(game.number)},
                         {"engine", game.engine_is_black ? "black" : "white"},
                         {"result", game.outcome.result},
                         {"end", GameEndName(game.outcome.end)},
                         {"moves", game.outcome.record.moves.size()},
                         {"seconds", std::round(game.seconds * 100) / 100},
                         {"failure", OrNull(game.outcome.failure)}});
    }
    nlohmann::ordered_json json = {{"engine", EngineName()},
                                   {"opponent", options_.opponent},
                                   {"games", all.games()},
                                   {"komi", options_.komi}};
    json.update(TallyJson(all));
    json["as_black"] = TallyJson(Tally([](const PlayedGame& g) { return g.engine_is_black; }));
    json["as_white"] = TallyJson(Tally([](const PlayedGame& g) { return !g.engine_is_black; }));
    json["by_failure"] = {{"won", failed.won}, {"lost", failed.lost}};
    json["score"] = all.score();
    json["elo"] = OrNull(elo.elo);
    json["elo_low"] = OrNull(elo.low);
    json["elo_high"] = OrNull(elo.high);
    json["results"] = std::move(results);
    return json;
  }

  std::string Summary() const {
    const GameTally all = Tally([](const PlayedGame&) { return true; });
    const GameTally black = Tally([](const PlayedGame& g) { return g.engine_is_black; });
    const GameTally failed = Tally([](const PlayedGame& g) { return g.failed(); });
    std::string summary = absl::StrFormat(
        "%s against %s: %d won, %d lost, %d drawn of %d (%.1f%%); as Black %d of %d, as White %d "
        "of "
        "%d\nElo difference with 95%% interval: %s\n",
        EngineName(), options_.opponent, all.won, all.lost, all.drawn, all.games(),
        100 * all.score(), black.won, black.games(), all.won - black.won,
        all.games() - black.games(), FormatElo(EstimateElo(all)));
    if (failed.games() > 0) {
      absl::StrAppend(&summary, failed.won, " of those won and ", failed.lost,
                      " of those lost ended by a program's failure\n");
    }
    return summary;
  }

 private:
  std::string EngineName() const { return options_.engine.empty() ? "Moyo" : options_.engine; }

  template <typename Which>
  GameTally Tally(Which&& which) const {
    GameTally tally;
    for (const PlayedGame& game : games_) {
      if (which(game)) Count(game, tally);
    }
    return tally;
  }

  absl::Status PrepareFolder() const {
    MOYO_RETURN_IF_ERROR(MakeFolder(options_.out));
    std::error_code error;
    std::filesystem::directory_iterator entry(options_.out, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (!IsOfAMatch(name)) continue;
      return absl::FailedPreconditionError(absl::StrCat(
          "'", options_.out, "' holds a match already ('", name, "'); give another --out"));
    }
    return error ? ErrnoStatus(error.value(), "read folder", options_.out) : absl::OkStatus();
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
      const absl::Status failure = game->outcome.failure;
      Note(*std::move(game));
      failures_in_row = failure.ok() ? 0 : failures_in_row + 1;
      if (failures_in_row == kMaxFailuresInRow) return InGame(number, failure);
    }
  }

  absl::StatusOr<PlayedGame> PlayOne(uint64_t number, MatchPlayer& engine, MatchPlayer& opponent) {
    PlayedGame game{.number = number, .engine_is_black = number % 2 == 0};
    GameRules rules{.komi_half_points = static_cast<int>(std::lround(2 * options_.komi)),
                    .max_moves = options_.max_moves};
    MOYO_ASSIGN_OR_RETURN(rules.opening, DrawOpening(shared_.get(), options_.opening_moves,
                                                     options_.seed + number / 2));
    MatchPlayer& black = game.engine_is_black ? engine : opponent;
    MatchPlayer& white = game.engine_is_black ? opponent : engine;
    const absl::Time begin = absl::Now();
    MOYO_ASSIGN_OR_RETURN(game.outcome, PlayGame(black, white, rules, {&opponent, &engine}));
    game.seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    const std::string names[] = {EngineName(), options_.opponent};
    MOYO_RETURN_IF_ERROR(
        WriteFileAtomically(options_.out + "/" + GameFileName(number),
                            MatchSgf(game.outcome, names[game.engine_is_black ? 0 : 1],
                                     names[game.engine_is_black ? 1 : 0])));
    return game;
  }

  void Note(PlayedGame game) {
    const std::lock_guard<std::mutex> lock(mutex_);
    GameTally tally = Tally([](const PlayedGame&) { return true; });
    Count(game, tally);
    progress_ << absl::StreamFormat(
        "game %d: %s in %d moves (%s), engine %s; %d won, %d lost, %d drawn\n", game.number + 1,
        game.outcome.result, game.outcome.record.moves.size(), GameEndName(game.outcome.end),
        game.engine_is_black ? "black" : "white", tally.won, tally.lost, tally.drawn);
    if (const absl::Status& failure = game.outcome.failure; !failure.ok()) {
      progress_ << "  " << failure.message() << "\n";
    }
    progress_ << std::flush;
    const auto at = std::lower_bound(
        games_.begin(), games_.end(), game,
        [](const PlayedGame& a, const PlayedGame& b) { return a.number < b.number; });
    games_.insert(at, std::move(game));
  }

  const MatchOptions& options_;
  std::ostream& progress_;
  std::unique_ptr<SharedEvaluator> shared_;
  std::mutex mutex_;
  uint64_t next_ = 0;
  absl::Status status_;
  std::vector<PlayedGame> games_;  // by number
};

}  // namespace

absl::Status RunMatch(const MatchOptions& options, evaluation::Evaluator* evaluator,
                      std::ostream& out, std::ostream& progress) {
  Match match(options, evaluator, progress);
  MOYO_RETURN_IF_ERROR(match.Run());
  out << (options.json ? match.Json().dump() + "\n" : match.Summary());
  return absl::OkStatus();
}

}  // namespace moyo::play
