// Points as people and GTP write them: a column letter from A without I, and a row from the bottom.
// "A1" is the lower left corner; "T19" the upper right one of 19x19.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/go/types.h"

namespace moyo::go {

// "Q16"; "pass" for a pass.
std::string FormatVertex(Point point, int board_size);
// Either case. Nothing when the text is no point of the board and not "pass".
std::optional<Point> ParseVertex(std::string_view text, int board_size);
// "b", "black", "w", "white" in either case.
std::optional<Color> ParseColor(std::string_view text);
const char* ColorName(Color color);  // "Black", "White", "Empty"
char ColumnLetter(int x);            // 0 is A, 8 is J

}  // namespace moyo::go
