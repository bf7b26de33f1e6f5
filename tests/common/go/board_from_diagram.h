// A board from a picture: X black, O white, . empty, one line a row, top first.
#pragma once

#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/go/board.h"

namespace moyo::go {

inline Board BoardFromDiagram(std::string_view diagram,
                              Board::Suicide suicide = Board::Suicide::kForbidden) {
  std::vector<std::string_view> rows;
  for (absl::string_view line :
       absl::StrSplit(absl::string_view(diagram.data(), diagram.size()), '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty()) rows.emplace_back(line.data(), line.size());
  }
  Board board(static_cast<int>(rows.size()), suicide);
  for (uint8_t y = 0; y < rows.size(); ++y) {
    for (uint8_t x = 0; x < rows[y].size(); ++x) {
      if (rows[y][x] == 'X') board.PlaceSetup({{x, y}, Color::kBlack});
      if (rows[y][x] == 'O') board.PlaceSetup({{x, y}, Color::kWhite});
    }
  }
  return board;
}

inline std::string DiagramOf(const Board& board) {
  std::string text;
  for (int y = 0; y < board.size(); ++y) {
    for (int x = 0; x < board.size(); ++x) text.push_back(".XO"[static_cast<int>(board.At(x, y))]);
    text.push_back('\n');
  }
  return text;
}

}  // namespace moyo::go
