#include "play/self_play/self_play_command.h"

#include <deque>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/sgf/game_writer.h"

namespace moyo::play {
namespace {

using nlohmann::ordered_json;

constexpr char kName[] = "Moyo";

// What the games of one folder have in common.
ordered_json Terms(const SelfPlayOptions& options) {
  return {{"network", options.network_sha256},
          {"komi", options.rules.komi_half_points / 2.0},
          {"opening_moves", options.rules.opening_moves},
          {"temperature", options.rules.temperature},
          {"max_moves", options.rules.max_moves},
          {"seed", options.seed},
          {"file_games", options.file_games}};
}

class SelfPlay {
 public:
  SelfPlay(const SelfPlayOptions& options, evaluation::Evaluator& evaluator, std::ostream& progress)
      : options_(options), evaluator_(evaluator), progress_(progress) {}

  absl::Status Run() {
    MOYO_RETURN_IF_ERROR(MakeFolder(options_.out));
    MOYO_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Acquire(options_.out + "/.lock"));
    MOYO_RETURN_IF_ERROR(AgreeOnTerms());
    FindMissingFiles();
    while (true) {
      StartGames();
      if (active_.empty()) return absl::OkStatus();
      MOYO_RETURN_IF_ERROR(PlayOneMoveEach());
      MOYO_RETURN_IF_ERROR(CollectEndedGames());
    }
  }

  std::string Summary() const {
    std::string text = absl::StrCat(Counted(played_, "game"), " played into ", options_.out);
    if (files_there_ > 0)
      absl::StrAppend(&text, ", beside ", Counted(files_there_, "file"), " there");
    if (played_ > 0) absl::StrAppend(&text, "; ", Figures());
    return text + "\n";
  }

 private:
  struct ActiveGame {
    uint64_t number;
    SelfPlayGame game;
  };

  std::string FilePath(uint64_t file) const {
    return absl::StrFormat("%s/self-play-%05d.sgf", options_.out, file + 1);
  }

  // With the games that are there, if there are any.
  absl::Status AgreeOnTerms() const {
    const std::string path = options_.out + "/.terms.json";
    const ordered_json terms = Terms(options_);
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (absl::IsNotFound(text.status())) return WriteFileAtomically(path, terms.dump(2) + "\n");
    MOYO_RETURN_IF_ERROR(text.status());
    const ordered_json theirs = ordered_json::parse(*text, nullptr, /*allow_exceptions=*/false);
    std::vector<std::string> different;
    for (const auto& [name, value] : terms.items()) {
      if (!theirs.is_object() || !theirs.contains(name) || theirs[name] != value) {
        different.push_back(name);
      }
    }
    if (different.empty()) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("the games in '", options_.out, "' were played with another ",
                     absl::StrJoin(different, ", "), "; give that, or another --out"));
  }

  void FindMissingFiles() {
    const uint64_t files = (options_.games + options_.file_games - 1) / options_.file_games;
    for (uint64_t file = 0; file < files; ++file) {
      // What cannot be looked at is told when it is written.
      if (std::error_code ignored; std::filesystem::exists(FilePath(file), ignored)) {
        ++files_there_;
        continue;
      }
      for (uint64_t i = 0; i < options_.file_games; ++i) {
        to_play_.push_back(file * options_.file_games + i);
      }
    }
  }

  void StartGames() {
    for (; active_.size() < options_.parallel && !to_play_.empty(); to_play_.pop_front()) {
      const uint64_t number = to_play_.front();
      active_.push_back({number, SelfPlayGame(options_.rules, options_.seed, number)});
    }
  }

  absl::Status PlayOneMoveEach() {
    std::vector<features::BitPlanes> positions;
    for (const ActiveGame& active : active_) positions.push_back(active.game.Planes());
    MOYO_ASSIGN_OR_RETURN(const std::vector<evaluation::Evaluation> evaluations,
                          evaluator_.Evaluate(positions));
    for (size_t i = 0; i < active_.size(); ++i) {
      MOYO_RETURN_IF_ERROR(active_[i].game.Play(evaluations[i]));
    }
    return absl::OkStatus();
  }

  absl::Status CollectEndedGames() {
    for (const ActiveGame& active : active_) {
      if (!active.game.over()) continue;
      const uint64_t file = active.number / options_.file_games;
      ended_[file].emplace(active.number, active.game.Record());
      if (ended_[file].size() == options_.file_games) MOYO_RETURN_IF_ERROR(WriteFile(file));
    }
    std::erase_if(active_, [](const ActiveGame& active) { return active.game.over(); });
    return absl::OkStatus();
  }

  absl::Status WriteFile(uint64_t file) {
    std::string text;
    for (const auto& [number, record] : ended_[file]) {
      absl::StrAppend(&text, sgf::WriteSgf(record, {.black = kName, .white = kName}), "\n");
      black_won_ += record.info.winner == go::Winner::kBlack;
      cut_off_ += record.info.winner == go::Winner::kUnknown;
      moves_ += record.moves.size();
    }
    MOYO_RETURN_IF_ERROR(WriteFileAtomically(FilePath(file), text));
    played_ += options_.file_games;
    ended_.erase(file);
    progress_ << FilePath(file) << ": " << Counted(played_, "game") << ", " << Figures() << "\n"
              << std::flush;
    return absl::OkStatus();
  }

  std::string Figures() const {
    const double games = static_cast<double>(played_);
    std::string text = absl::StrFormat("%.0f moves a game, Black won %.1f%%", moves_ / games,
                                       100 * black_won_ / games);
    if (cut_off_ > 0) absl::StrAppend(&text, ", ", WithCommas(cut_off_), " without an end");
    absl::StrAppendFormat(&text, ", %.1f games a second",
                          games / absl::ToDoubleSeconds(absl::Now() - begin_));
    return text;
  }

  const SelfPlayOptions& options_;
  evaluation::Evaluator& evaluator_;
  std::ostream& progress_;
  const absl::Time begin_ = absl::Now();
  std::deque<uint64_t> to_play_;
  std::vector<ActiveGame> active_;
  // By file, until it is written, and number.
  std::map<uint64_t, std::map<uint64_t, go::GameRecord>> ended_;
  uint64_t files_there_ = 0;
  // Of the games of written files.
  uint64_t played_ = 0;
  uint64_t black_won_ = 0;
  uint64_t cut_off_ = 0;  // at their last move, without a result
  uint64_t moves_ = 0;
};

}  // namespace

absl::Status RunSelfPlay(const SelfPlayOptions& options, evaluation::Evaluator& evaluator,
                         std::ostream& out, std::ostream& progress) {
  SelfPlay self_play(options, evaluator, progress);
  MOYO_RETURN_IF_ERROR(self_play.Run());
  out << self_play.Summary();
  return absl::OkStatus();
}

}  // namespace moyo::play
