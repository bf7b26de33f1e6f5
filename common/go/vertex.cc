#include "common/go/vertex.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace moyo::go {

char ColumnLetter(int x) { return static_cast<char>('A' + x + (x >= 8 ? 1 : 0)); }

const char* ColorName(Color color) {
  static constexpr const char* kNames[] = {"Empty", "Black", "White"};
  return kNames[static_cast<int>(color)];
}

std::string FormatVertex(Point point, int board_size) {
  if (point.IsPass()) return "pass";
  return absl::StrCat(std::string(1, ColumnLetter(point.x)), board_size - point.y);
}

std::optional<Point> ParseVertex(std::string_view word, int board_size) {
  const std::string text(word);
  if (absl::EqualsIgnoreCase(text, "pass")) return kPass;
  if (text.size() < 2 || text.size() > 3) return std::nullopt;
  const char letter = absl::ascii_toupper(text[0]);
  if (letter < 'A' || letter > 'Z' || letter == 'I') return std::nullopt;
  int row = 0;
  if (!absl::ascii_isdigit(text[1]) || !absl::SimpleAtoi(text.substr(1), &row)) return std::nullopt;
  const int x = letter - 'A' - (letter > 'I' ? 1 : 0);
  if (x >= board_size || row < 1 || row > board_size) return std::nullopt;
  return Point{static_cast<uint8_t>(x), static_cast<uint8_t>(board_size - row)};
}

std::optional<Color> ParseColor(std::string_view word) {
  const std::string text(word);
  if (absl::EqualsIgnoreCase(text, "b") || absl::EqualsIgnoreCase(text, "black")) {
    return Color::kBlack;
  }
  if (absl::EqualsIgnoreCase(text, "w") || absl::EqualsIgnoreCase(text, "white")) {
    return Color::kWhite;
  }
  return std::nullopt;
}

}  // namespace moyo::go
