#include "common/go/board.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace moyo::go {
namespace {

// splitmix64 (Steele, Lea, Flood 2014): fixed, so that hashes are the same everywhere.
constexpr uint64_t SplitMix(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

constexpr int kTableSize = 1024;  // over the number of indices

constexpr auto kZobrist = [] {
  std::array<std::array<uint64_t, kTableSize>, 2> table{};
  uint64_t state = 0x6d6f796f;
  for (auto& color : table) {
    for (uint64_t& value : color) value = SplitMix(state);
  }
  return table;
}();

constexpr int kBits = 384;  // of a plane; larger boards have no bit planes

}  // namespace

const char* LegalityName(Legality legality) {
  static constexpr const char* kNames[] = {"LEGAL", "OFF_BOARD", "OCCUPIED", "KO", "SUICIDE"};
  return kNames[static_cast<int>(legality)];
}

Board::Board(int size, Suicide suicide) { Reset(size, suicide); }

void Board::Reset(int size, Suicide suicide) {
  static_assert(kPoints <= kTableSize);
  size_ = size;
  suicide_ = suicide;
  ko_ = 0;
  ko_color_ = 0;
  stone_count_ = 0;
  captures_ = {};
  stones_hash_ = 0;
  stones_ = {};
  head_.fill(kNoChain);
  color_.fill(kWall);
  for (int y = 0; y < size; ++y) std::memset(&color_[Index(0, y)], 0, size);
}

// In the hash and the bits; the caller sets the colour. `bit` is y * size + x.
void Board::ToggleStone(int at, int bit, uint8_t color) {
  stones_hash_ ^= kZobrist[color - 1][at];
  if (bit < kBits) stones_[color - 1][bit >> 6] ^= uint64_t{1} << (bit & 63);
}

void Board::ClearStone(int at) {
  --stone_count_;
  ToggleStone(at, (at / kStride - 1) * size_ + at % kStride - 1, color_[at]);
  color_[at] = 0;
  head_[at] = kNoChain;
}

bool Board::PlaceSetup(Setup setup) {
  if (setup.point.x >= size_ || setup.point.y >= size_) return false;
  const int at = Index(setup.point.x, setup.point.y);
  if (color_[at] != 0) ClearStone(at);
  if (setup.color != Color::kEmpty) {
    ++stone_count_;
    color_[at] = static_cast<uint8_t>(setup.color);
    ToggleStone(at, setup.point.y * size_ + setup.point.x, color_[at]);
  }
  RebuildChains();
  return true;
}

// Chains from colours alone: setup is rare, so it pays for simple code.
void Board::RebuildChains() {
  ko_ = 0;
  for (int y = 0; y < size_; ++y) {
    for (int x = 0; x < size_; ++x) {
      const int at = Index(x, y);
      if (color_[at] == 0) continue;
      head_[at] = next_[at] = at;
      stones_of_[at] = 1;
      pseudo_liberties_[at] = 0;
      for (int step : kSteps) pseudo_liberties_[at] += color_[at + step] == 0;
    }
  }
  for (int y = 0; y < size_; ++y) {
    for (int x = 0; x < size_; ++x) {
      const int at = Index(x, y);
      if (color_[at] == 0) continue;
      for (int step : {1, kStride}) {
        if (color_[at + step] == color_[at]) Link(at, head_[at + step]);
      }
    }
  }
}

bool Board::AllChainsHaveLiberties() const {
  for (int y = 0; y < size_; ++y) {
    for (int x = 0; x < size_; ++x) {
      const int at = Index(x, y);
      if (color_[at] != 0 && pseudo_liberties_[head_[at]] == 0) return false;
    }
  }
  return true;
}

// Joins the chain of `at` with another; the smaller takes the larger's head.
void Board::Link(int at, int neighbour_head) {
  int into = head_[at];
  int from = neighbour_head;
  if (into == from) return;
  if (stones_of_[into] < stones_of_[from]) std::swap(into, from);
  stones_of_[into] += stones_of_[from];
  pseudo_liberties_[into] += pseudo_liberties_[from];
  int stone = from;
  do {
    head_[stone] = into;
    stone = next_[stone];
  } while (stone != from);
  std::swap(next_[into], next_[from]);
}

// Adds a stone that stands alone so far, with the (stone, empty neighbour) pairs it brings.
void Board::Attach(int at, int head, int pairs) {
  head_[at] = head;
  next_[at] = next_[head];
  next_[head] = at;
  ++stones_of_[head];
  pseudo_liberties_[head] += pairs;
}

int Board::CaptureChain(int head) {
  const int stones = stones_of_[head];
  int stone = head;
  do {
    ClearStone(stone);
    // Stones of the chain itself are counted too: they are on their way out.
    for (int step : kSteps) ++pseudo_liberties_[head_[stone + step]];
    stone = next_[stone];
  } while (stone != head);
  return stones;
}

// Whether a stone at this empty point, which has no empty neighbour, would stand without a liberty:
// nothing is captured, and no chain that it joins has another one.
bool Board::IsSuicide(int at, uint8_t color) const {
  for (int step : kSteps) {
    const int neighbour = at + step;
    if (color_[neighbour] == kWall) continue;
    // A chain is touched by `at` at most four times; it lives if it has more pairs than that.
    int touches = 0;
    for (int other : kSteps) touches += head_[at + other] == head_[neighbour];
    const bool has_others = pseudo_liberties_[head_[neighbour]] > touches;
    if (has_others == (color_[neighbour] == color)) return false;
  }
  return true;
}

Legality Board::Check(Move move) const {
  if (move.point.IsPass()) return Legality::kLegal;
  if (move.point.x >= size_ || move.point.y >= size_) return Legality::kOffBoard;
  const int at = Index(move.point.x, move.point.y);
  const uint8_t color = static_cast<uint8_t>(move.color);
  if (color_[at] != 0) return Legality::kOccupied;
  if (at == ko_ && color == ko_color_) return Legality::kKo;
  if (suicide_ == Suicide::kAllowed) return Legality::kLegal;
  bool has_liberty = false;
  for (int step : kSteps) has_liberty |= color_[at + step] == 0;
  if (has_liberty) return Legality::kLegal;
  return IsSuicide(at, color) ? Legality::kSuicide : Legality::kLegal;
}

Legality Board::Play(Move move) {
  if (move.point.IsPass()) {
    ko_ = 0;
    return Legality::kLegal;
  }
  const Legality legality = Check(move);
  if (legality != Legality::kLegal) return legality;
  const int at = Index(move.point.x, move.point.y);
  const uint8_t color = static_cast<uint8_t>(move.color);
  ++stone_count_;
  ToggleStone(at, move.point.y * size_ + move.point.x, color);
  color_[at] = color;
  PlaceStone(at, color);
  return Legality::kLegal;
}

// Joins, captures and finds the ko. No branch depends on one neighbour alone: what lies around a
// move is as good as random, and a wrong guess of the processor costs more than all the sums.
void Board::PlaceStone(int at, uint8_t color) {
  const uint8_t enemy = 3 - color;
  int liberties = 0;
  unsigned own = 0;   // bits of kSteps: neighbours of this colour
  unsigned dead = 0;  // of chains that this stone takes
  for (int i = 0; i < 4; ++i) {
    const int neighbour = at + kSteps[i];
    const uint8_t there = color_[neighbour];
    const unsigned pairs = --pseudo_liberties_[head_[neighbour]];
    liberties += there == 0;
    own |= unsigned{there == color} << i;
    dead |= static_cast<unsigned>((there == enemy) & (pairs == 0)) << i;
  }
  const bool alone = own == 0;
  if (alone) {
    head_[at] = next_[at] = at;
    stones_of_[at] = 1;
    pseudo_liberties_[at] = liberties;
  } else {
    Attach(at, head_[at + kSteps[__builtin_ctz(own)]], liberties);
    while ((own &= own - 1) != 0) Link(at, head_[at + kSteps[__builtin_ctz(own)]]);
  }
  int captured = 0;
  ko_ = 0;
  for (; dead != 0; dead &= dead - 1) {
    const int neighbour = at + kSteps[__builtin_ctz(dead)];
    captured += CaptureChain(head_[neighbour]);
    ko_ = neighbour;
  }
  if (captured != 1 || liberties != 0 || !alone) ko_ = 0;
  ko_color_ = enemy;
  captures_[color] += captured;
  if (pseudo_liberties_[head_[at]] == 0) captures_[enemy] += CaptureChain(head_[at]);
}

Point Board::KoPoint() const {
  if (ko_ == 0) return kPass;
  return {static_cast<uint8_t>(ko_ % kStride - 1), static_cast<uint8_t>(ko_ / kStride - 1)};
}

int Board::ChainLiberties(int x, int y) const {
  const int at = Index(x, y);
  if (color_[at] == 0) return 0;
  std::array<bool, kPoints> seen{};
  int liberties = 0;
  int stone = at;
  do {
    for (int step : kSteps) {
      const int neighbour = stone + step;
      if (color_[neighbour] == 0 && !std::exchange(seen[neighbour], true)) ++liberties;
    }
    stone = next_[stone];
  } while (stone != at);
  return liberties;
}

int Board::ChainStones(int x, int y) const {
  const int at = Index(x, y);
  return color_[at] == 0 ? 0 : stones_of_[head_[at]];
}

}  // namespace moyo::go
