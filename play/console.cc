#include "play/console.h"

#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/text.h"
#include "play/game_file.h"
#include "play/scoring.h"
#include "play/vertex.h"

namespace moyo::play {
namespace {

constexpr const char* kHelp =
    "  Q16         play there (columns A to T without I, rows 1 to 19 from the bottom)\n"
    "  pass        pass the turn\n"
    "  ai          let the network play this turn\n"
    "  top [N]     the network's N best moves here (5)\n"
    "  undo        take back your last move and the answer to it\n"
    "  score       area count with every stone alive\n"
    "  board       print the board again\n"
    "  new         start over\n"
    "  save FILE   write the game as SGF\n"
    "  load FILE   read a game from an SGF file\n"
    "  help, quit\n";

constexpr size_t kMaxEchoBytes = 40;

std::string Strip(std::string_view text) {
  std::string stripped(text);
  absl::StripAsciiWhitespace(&stripped);
  return stripped;
}

}  // namespace

Console::Console(Evaluator& evaluator, ConsoleOptions options)
    : options_(options), player_(evaluator, options.player) {}

absl::Status Console::Load(const go::GameRecord& game, size_t ply) {
  const absl::Status loaded = state_.Load(game, ply);
  if (loaded.ok()) NewGame();
  return loaded;
}

void Console::NewGame() {
  player_.NewGame();
  network_plies_.clear();
}

std::string Console::Welcome() const {
  return absl::StrCat(Board(), "Type a move such as Q16, or help.\n");
}

std::string Console::Prompt() const { return absl::StrCat(ColorName(state_.to_move()), "> "); }

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
  if (word == "help") return kHelp;
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
    if (const auto point = ParseVertex(word, features::kBoardSize)) return PlayPoint(*point);
  }
  return absl::StrCat("'", EscapeBytes(line, kMaxEchoBytes),
                      "' is neither a move nor a command; help lists them.\n");
}

std::string Console::PlayPoint(go::Point point) {
  const absl::Status played = state_.Play({point, state_.to_move()});
  if (!played.ok()) {
    return absl::StrCat(FormatVertex(point, features::kBoardSize), ": ", played.message(), "\n");
  }
  if (options_.reply == Reply::kOnlyWhenAsked) return Board();
  if (state_.consecutive_passes() >= 2) return absl::StrCat(Board(), "Both passed; see score.\n");
  return NetworkMoves();
}

std::string Console::NetworkMoves() {
  const go::Color color = state_.to_move();
  const absl::StatusOr<Decision> decision = player_.Decide(state_, color);
  if (!decision.ok()) return absl::StrCat(Board(), decision.status().message(), "\n");
  if (decision->kind == Decision::Kind::kResign) {
    return absl::StrCat(Board(), ColorName(color), " (network) resigns.\n");
  }
  const absl::Status played = state_.Play({decision->point, color});
  if (!played.ok()) return absl::StrCat(Board(), played.message(), "\n");
  network_plies_.push_back(state_.moves().size() - 1);
  std::string text = Board();
  absl::StrAppendFormat(&text, "%s (network) plays %s (%.1f%%, value %+.2f).\n", ColorName(color),
                        FormatVertex(decision->point, features::kBoardSize),
                        100 * decision->probability, decision->value);
  if (state_.consecutive_passes() >= 2) absl::StrAppend(&text, "Both passed; see score.\n");
  return text;
}

std::string Console::Top(const std::string& argument) {
  int count = 5;
  if (!argument.empty() && (!absl::SimpleAtoi(argument, &count) || count < 1)) {
    return "top takes a number of moves, such as: top 5\n";
  }
  const absl::StatusOr<Evaluation> evaluation = player_.Evaluate(state_, state_.to_move());
  if (!evaluation.ok()) return absl::StrCat(evaluation.status().message(), "\n");
  const std::vector<Suggestion> moves = TopMoves(state_, state_.to_move(), *evaluation, count);
  return RenderSuggestions(moves, evaluation->value, state_.to_move());
}

std::string Console::Undo() {
  if (state_.moves().empty()) return "Nothing to undo.\n";
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
  if (path.empty()) return "save takes a file name, such as: save game.sgf\n";
  const absl::Status saved = SaveGame(state_.record(), path);
  if (!saved.ok()) return absl::StrCat(saved.message(), "\n");
  return absl::StrCat("Saved ", state_.moves().size(), " moves to ", path, ".\n");
}

std::string Console::LoadFile(const std::string& path) {
  if (path.empty()) return "load takes a file name, such as: load game.sgf\n";
  const absl::StatusOr<go::GameRecord> game = LoadGame(path);
  if (!game.ok()) return absl::StrCat(game.status().message(), "\n");
  const absl::Status loaded = Load(*game, SIZE_MAX);
  if (!loaded.ok()) return absl::StrCat(path, ": ", loaded.message(), "\n");
  return Board();
}

}  // namespace moyo::play
