// A position and the rules that change it: capture, simple ko, suicide. See RULES.md.
#pragma once

#include <array>
#include <cstdint>

#include "common/go/types.h"

namespace moyo::go {

// Why a move cannot be played.
enum class Legality : uint8_t { kLegal, kOffBoard, kOccupied, kKo, kSuicide };
const char* LegalityName(Legality legality);  // "LEGAL", "OFF_BOARD", "OCCUPIED", "KO", "SUICIDE"

// Cheap to copy (about 5 KB). Not thread-safe.
class Board {
 public:
  enum class Suicide : uint8_t { kForbidden, kAllowed };
  explicit Board(int size = 19, Suicide suicide = Suicide::kForbidden);

  void Reset(int size, Suicide suicide);
  // Places or removes a stone as SGF's AB, AW and AE do. False (and nothing changes) when the point
  // is off the board. The ko ends.
  bool PlaceSetup(Setup setup);
  // True when every chain on the board has a liberty.
  bool AllChainsHaveLiberties() const;

  // Plays a stone or a pass if that is legal; else nothing changes. Either colour may play.
  Legality Play(Move move);
  Legality Check(Move move) const;

  int size() const { return size_; }
  Color At(int x, int y) const { return static_cast<Color>(color_[Index(x, y)]); }
  // The point where a single stone was just captured and may not be retaken at once; pass if none.
  Point KoPoint() const;
  int stones() const { return stone_count_; }  // on the board, of both colours
  int captures(Color by) const { return captures_[static_cast<int>(by)]; }
  int ChainLiberties(int x, int y) const;  // distinct liberties; 0 on an empty point
  int ChainStones(int x, int y) const;
  // Zobrist hash of the stones alone (positional superko compares these).
  uint64_t StonesHash() const { return stones_hash_; }

  // The stones of one colour as bits, bit y * size + x; only for sizes up to 19.
  using Bits = std::array<uint64_t, 6>;
  const Bits& Stones(Color color) const { return stones_[static_cast<int>(color) - 1]; }

 private:
  static constexpr int kStride = kMaxBoardSize + 1;
  static constexpr int kPoints = kStride * (kMaxBoardSize + 2) + 2;
  static constexpr std::array<int, 4> kSteps = {-kStride, -1, 1, kStride};
  static constexpr uint8_t kWall = 3;
  // The head of what belongs to no chain, empty points and walls: a place that takes whatever is
  // counted for them, and is never read.
  static constexpr uint16_t kNoChain = 0;
  static int Index(int x, int y) { return (y + 1) * kStride + x + 1; }
  bool IsSuicide(int at, uint8_t color) const;
  void PlaceStone(int at, uint8_t color);
  int CaptureChain(int head);
  void Attach(int at, int head, int pairs);
  void Link(int at, int neighbour_head);
  void ToggleStone(int at, int bit, uint8_t color);
  void ClearStone(int at);
  void RebuildChains();

  int size_ = 19;
  Suicide suicide_ = Suicide::kForbidden;
  int ko_ = 0;            // index; 0 is none
  uint8_t ko_color_ = 0;  // who may not play there
  int stone_count_ = 0;
  std::array<int, 3> captures_{};
  uint64_t stones_hash_ = 0;
  std::array<Bits, 2> stones_{};
  std::array<uint8_t, kPoints> color_{};
  std::array<uint16_t, kPoints> head_{};              // of the chain; kNoChain where there is none
  std::array<uint16_t, kPoints> next_{};              // circular list of the chain's stones
  std::array<uint16_t, kPoints> stones_of_{};         // at the head: number of stones
  std::array<uint16_t, kPoints> pseudo_liberties_{};  // at the head: (stone, empty neighbour) pairs
};

}  // namespace moyo::go
