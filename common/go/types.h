// Colours, points, moves and games of Go. Coordinates are SGF's: x from the left, y from the top,
// both from 0.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/digest.h"

namespace moyo::go {

inline constexpr int kMinBoardSize = 2;
inline constexpr int kMaxBoardSize = 25;

enum class Color : uint8_t { kEmpty = 0, kBlack = 1, kWhite = 2 };  // stored: do not renumber

inline Color Opposite(Color color) {
  return color == Color::kBlack ? Color::kWhite : Color::kBlack;
}

// A point or a pass.
struct Point {
  static constexpr uint8_t kPassCoordinate = 31;
  uint8_t x = kPassCoordinate;
  uint8_t y = kPassCoordinate;
  bool IsPass() const { return x == kPassCoordinate; }
  friend bool operator==(Point, Point) = default;
};
inline constexpr Point kPass{};

struct Move {
  Point point;
  Color color = Color::kBlack;
  friend bool operator==(Move, Move) = default;
};

// A setup stone; kEmpty clears the point (SGF's AE).
struct Setup {
  Point point;
  Color color = Color::kBlack;
  friend bool operator==(Setup, Setup) = default;
};

// Ruleset as far as it decides legality. Stored: do not renumber.
enum class Ruleset : uint8_t {
  kUnknown = 0,
  kJapanese = 1,
  kChinese = 2,
  kKorean = 3,
  kAga = 4,
  kNewZealand = 5,   // suicide is legal
  kTrompTaylor = 6,  // suicide is legal
  kIng = 7,          // suicide is legal
  kOther = 8
};

// Stored: do not renumber.
enum class Winner : uint8_t { kUnknown = 0, kBlack = 1, kWhite = 2, kDraw = 3 };

// The header facts of a game that the dataset keeps.
struct GameInfo {
  uint8_t board_size = 19;
  Ruleset ruleset = Ruleset::kUnknown;
  Winner winner = Winner::kUnknown;
  bool by_resignation = false;
  int16_t komi_half_points = 0;    // 13 is 6.5
  int16_t margin_half_points = 0;  // of the winner; 0 when not by count
  uint8_t handicap = 0;            // stones given
  int8_t black_rank = 0;           // kyu -30..-1, dan 1..9, professional 11..19; 0 unknown
  int8_t white_rank = 0;
  uint16_t year = 0;  // 0 unknown
};

// One game: setup before the first move, then the moves in order. Setup after the first move is not
// kept: such a game is truncated there.
struct GameRecord {
  GameInfo info;
  std::vector<Setup> setup;
  std::vector<Move> moves;
  void Clear() {
    info = {};
    setup.clear();
    moves.clear();
  }
};

}  // namespace moyo::go
