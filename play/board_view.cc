#include "play/board_view.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/go/vertex.h"

namespace moyo::play {
namespace {

constexpr const char* kReset = "\033[0m";
// Black or white ink on a wooden ground.
constexpr const char* kBlackInk = "\033[30;48;5;179m";
constexpr const char* kWhiteInk = "\033[97;48;5;179m";
constexpr const char* kGridInk = "\033[38;5;94;48;5;179m";
constexpr const char* kMarkInk = "\033[1;91;48;5;179m";

bool IsStarPoint(int x, int y, int size) {
  if (size < 13) return false;
  auto on_line = [size](int z) { return z == 3 || z == size - 4 || (size % 2 && z == size / 2); };
  return on_line(x) && on_line(y);
}

std::string Header(int size) {
  std::string line = "   ";
  for (int x = 0; x < size; ++x) absl::StrAppend(&line, " ", std::string(1, go::ColumnLetter(x)));
  return line + "\n";
}

std::string Cell(const go::Board& board, int x, int y, Style style) {
  const go::Color color = board.At(x, y);
  if (style == Style::kPlain) {
    if (color == go::Color::kBlack) return "X";
    if (color == go::Color::kWhite) return "O";
    return IsStarPoint(x, y, board.size()) ? "+" : ".";
  }
  if (color == go::Color::kBlack) return absl::StrCat(kBlackInk, "\u25cf");
  if (color == go::Color::kWhite) return absl::StrCat(kWhiteInk, "\u25cf");
  return absl::StrCat(kGridInk, IsStarPoint(x, y, board.size()) ? "+" : "\u00b7");
}

// The cells of one row with a mark on both sides of the last move, which fits between two cells.
std::string Row(const GameState& state, int y, Style style) {
  const go::Board& board = state.board();
  const go::Point last = state.moves().empty() ? go::kPass : state.moves().back().point;
  const bool marked_row = !last.IsPass() && last.y == y;
  std::string line = absl::StrFormat("%2d ", board.size() - y);
  for (int x = 0; x <= board.size(); ++x) {
    const bool open = marked_row && x == last.x;
    const bool close = marked_row && x == last.x + 1;
    if (style == Style::kColor) absl::StrAppend(&line, kMarkInk);
    absl::StrAppend(&line, open ? "(" : close ? ")" : " ");
    if (x < board.size()) absl::StrAppend(&line, Cell(board, x, y, style));
  }
  if (style == Style::kColor) absl::StrAppend(&line, kReset);
  // Room for the closing mark is always there: rows stay aligned.
  absl::StrAppend(&line, board.size() - y, "\n");
  return line;
}

}  // namespace

std::string RenderBoard(const GameState& state, Style style, Language language) {
  const go::Board& board = state.board();
  std::string text = Header(board.size());
  for (int y = 0; y < board.size(); ++y) absl::StrAppend(&text, Row(state, y, style));
  absl::StrAppend(&text, Header(board.size()));
  if (state.moves().empty()) {
    text += Say(language, Word::kStart);
  } else {
    const go::Move& last = state.moves().back();
    text += Say(language, Word::kLastMove, state.moves().size(), ColorWord(last.color, language),
                PointWord(last.point, board.size(), language));
  }
  return text + Say(language, Word::kTurn, ColorWord(state.to_move(), language),
                    board.captures(go::Color::kBlack), board.captures(go::Color::kWhite));
}

std::string RenderSuggestions(const std::vector<Suggestion>& moves, float value, go::Color color,
                              Language language) {
  std::string text;
  int rank = 0;
  for (const Suggestion& move : moves) {
    absl::StrAppendFormat(&text, "%2d. %-4s %6.2f%%\n", ++rank,
                          PointWord(move.point, features::kBoardSize, language),
                          100 * move.probability);
  }
  return text + Say(language, Word::kValue, ColorWord(color, language),
                    absl::StrFormat("%+.3f", value), absl::StrFormat("%.1f", 50 * (value + 1)));
}

Style StyleOfStdout() {
  const char* terminal = std::getenv("TERM");
  const bool capable = terminal != nullptr && std::string_view(terminal) != "dumb";
  return capable && std::getenv("NO_COLOR") == nullptr && isatty(STDOUT_FILENO) ? Style::kColor
                                                                                : Style::kPlain;
}

}  // namespace moyo::play
