#include "play/console.h"

#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/text.h"
#include "common/go/vertex.h"
#include "play/game_file.h"
#include "play/network_views.h"
#include "play/scoring.h"

namespace moyo::play {
namespace {

constexpr size_t kMaxEchoBytes = 40;

std::string Strip(std::string_view text) {
  std::string stripped(text);
  absl::StripAsciiWhitespace(&stripped);
  return stripped;
}

}  // namespace

Console::Console(evaluation::Evaluator& evaluator, ConsoleOptions options)
    : options_(options), evaluator_(evaluator), player_(evaluator, options.player) {}

absl::Status Console::Load(const go::GameRecord& game, size_t ply) {
  const absl::Status loaded = state_.Load(game, ply);
  if (loaded.ok()) NewGame();
  return loaded;
}

void Console::NewGame() {
  player_.NewGame();
  network_plies_.clear();
}

std::string Console::Welcome() const { return Board() + Talk(Word::kWelcome); }

std::string Console::Prompt() const { return Name(state_.to_move()) + "> "; }

std::string Console::Handle(std::string_view text) {
  const std::string line = Strip(text);
  if (line.empty()) return "";
  const size_t space = line.find_first_of(" \t");
  const std::string word = absl::AsciiStrToLower(std::string(line, 0, space));
  const std::string argument = space == std::string::npos ? "" : Strip(line.substr(space));
  if (word == "quit" || word == "exit") {
    quit_ = true;
    return "";
  }
  if (word == "help") return Talk(Word::kHelp);
  if (word == "top") return Top(argument);
  if (word == "save") return Save(argument);
  if (word == "load") return LoadFile(argument);
  if (argument.empty()) {
    if (word == "ai") return NetworkMoves();
    if (word == "undo") return Undo();
    if (word == "board") return Board();
    if (word == "score") {
      return FormatScore(CountArea(state_.board()), state_.komi_half_points()) + "\n";
    }
    if (word == "new") {
      state_.Clear();
      NewGame();
      return Board();
    }
    if (const auto point = go::ParseVertex(word, features::kBoardSize)) return PlayPoint(*point);
  }
  return Talk(Word::kNotUnderstood, EscapeBytes(line, kMaxEchoBytes));
}

std::string Console::PlayPoint(go::Point point) {
  const std::string name = PointWord(point, features::kBoardSize, options_.language);
  const go::Move move{point, state_.to_move()};
  if (const go::Legality why = state_.board().Check(move); why != go::Legality::kLegal) {
    return Talk(Word::kIllegal, name, LegalityWord(why, options_.language));
  }
  const absl::Status played = state_.Play(move);
  if (!played.ok()) return absl::StrCat(name, ": ", played.message(), "\n");
  if (options_.reply == Reply::kOnlyWhenAsked) return Board();
  if (state_.consecutive_passes() >= 2) return Board() + Talk(Word::kBothPassed);
  return NetworkMoves();
}

std::string Console::NetworkMoves() {
  const go::Color color = state_.to_move();
  const absl::StatusOr<Decision> decision = player_.Decide(state_, color);
  if (!decision.ok()) return absl::StrCat(Board(), decision.status().message(), "\n");
  if (decision->kind == Decision::Kind::kResign) {
    return Board() + Talk(Word::kResigns, Name(color));
  }
  const absl::Status played = state_.Play({decision->point, color});
  if (!played.ok()) return absl::StrCat(Board(), played.message(), "\n");
  network_plies_.push_back(state_.moves().size() - 1);
  std::string text = Board();
  text += Talk(Word::kPlays, Name(color),
               PointWord(decision->point, features::kBoardSize, options_.language),
               absl::StrFormat("%.1f", 100 * decision->probability),
               absl::StrFormat("%+.2f", decision->value));
  if (state_.consecutive_passes() >= 2) text += Talk(Word::kBothPassed);
  return text;
}

std::string Console::Top(const std::string& argument) {
  int count = 5;
  if (!argument.empty() && (!absl::SimpleAtoi(argument, &count) || count < 1)) {
    return Talk(Word::kTopUsage);
  }
  const absl::StatusOr<evaluation::Evaluation> evaluation =
      EvaluatePosition(state_, state_.to_move(), evaluator_);
  if (!evaluation.ok()) return absl::StrCat(evaluation.status().message(), "\n");
  const std::vector<Suggestion> moves = TopMoves(state_, state_.to_move(), *evaluation, count);
  return RenderSuggestions(moves, evaluation->value, state_.to_move(), options_.language);
}

std::string Console::Undo() {
  if (state_.moves().empty()) return Talk(Word::kNothingToUndo);
  // With the network answering, its answer and the move before it go together.
  const bool answered = options_.reply == Reply::kAfterEachMove && !network_plies_.empty() &&
                        network_plies_.back() == state_.moves().size() - 1;
  state_.Undo();
  if (answered) state_.Undo();
  while (!network_plies_.empty() && network_plies_.back() >= state_.moves().size()) {
    network_plies_.pop_back();
  }
  player_.NewGame();
  return Board();
}

std::string Console::Save(const std::string& path) {
  if (path.empty()) return Talk(Word::kSaveUsage);
  const absl::Status saved = SaveGame(state_.record(), path);
  if (!saved.ok()) return absl::StrCat(saved.message(), "\n");
  return Talk(Word::kSaved, state_.moves().size(), path);
}

std::string Console::LoadFile(const std::string& path) {
  if (path.empty()) return Talk(Word::kLoadUsage);
  const absl::StatusOr<go::GameRecord> game = LoadGame(path);
  if (!game.ok()) return absl::StrCat(game.status().message(), "\n");
  const absl::Status loaded = Load(*game, SIZE_MAX);
  if (!loaded.ok()) return absl::StrCat(path, ": ", loaded.message(), "\n");
  return Board();
}

}  // namespace moyo::play
