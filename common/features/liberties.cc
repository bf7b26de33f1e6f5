#include "common/features/liberties.h"

#include <vector>

namespace moyo::features {
namespace {

using Bits = go::Board::Bits;

constexpr int kMostShown = 3;  // liberties that have a plane

// Points with a border around them, so that every point has four neighbours.
constexpr int kStride = kBoardSize + 1;
constexpr int kCells = kStride * (kBoardSize + 2) + 1;
constexpr std::array<int, 4> kSteps = {-kStride, -1, 1, kStride};
constexpr int Cell(int point) {
  return (point / kBoardSize + 1) * kStride + point % kBoardSize + 1;
}

enum Content : uint8_t { kEmpty, kOwn, kOther, kWall };

void Set(Bits& bits, int point) { bits[point >> 6] |= uint64_t{1} << (point & 63); }

// No further than to one more than is shown: most sets are larger, and none is looked at to its
// end.
int Count(const Bits& bits) {
  int count = 0;
  for (uint64_t word : bits) {
    for (; word != 0; word &= word - 1) {
      if (++count > kMostShown) return count;
    }
  }
  return count;
}

class Position {
 public:
  Position(const Bits& own, const Bits& other) {
    content_.fill(kWall);
    for (int point = 0; point < kPointCount; ++point) {
      const auto has = [point](const Bits& bits) { return bits[point >> 6] >> (point & 63) & 1; };
      content_[Cell(point)] = has(own) ? kOwn : has(other) ? kOther : kEmpty;
      point_[Cell(point)] = static_cast<int16_t>(point);
    }
    chains_.reserve(kPointCount);
  }

  void FindChains(LibertyPlanes& planes) {
    for (int point = 0; point < kPointCount; ++point) {
      const int cell = Cell(point);
      if (content_[cell] == kEmpty || chain_[cell] != 0) continue;
      Bits stones{};
      chains_.push_back(LibertiesFrom(cell, static_cast<int16_t>(chains_.size() + 1), stones));
      const int count = Count(chains_.back());
      if (count == 0 || count > kMostShown) continue;
      for (size_t word = 0; word < stones.size(); ++word) planes[count - 1][word] |= stones[word];
    }
  }

  void TryMoves(LibertyPlanes& planes) const {
    for (int point = 0; point < kPointCount; ++point) {
      if (content_[Cell(point)] != kEmpty) continue;
      const int count = LibertiesAfter(point);
      if (count >= 1 && count <= kMostShown) Set(planes[kMostShown + count - 1], point);
    }
  }

 private:
  // Marks the chain at the cell with its number.
  Bits LibertiesFrom(int cell, int16_t number, Bits& stones) {
    Bits liberties{};
    std::array<int16_t, kPointCount> waiting;
    int count = 0;
    const Content color = content_[cell];
    const auto add = [&](int stone) {
      chain_[stone] = number;
      Set(stones, point_[stone]);
      waiting[count++] = static_cast<int16_t>(stone);
    };
    add(cell);
    while (count > 0) {
      const int stone = waiting[--count];
      for (const int step : kSteps) {
        const int next = stone + step;
        if (content_[next] == kEmpty) Set(liberties, point_[next]);
        if (content_[next] == color && chain_[next] == 0) add(next);
      }
    }
    return liberties;
  }

  // Of the chain that a stone of the side to move would stand in; -1 where it captures.
  int LibertiesAfter(int point) const {
    Bits liberties{};
    for (const int step : kSteps) {
      const int next = Cell(point) + step;
      switch (content_[next]) {
        case kEmpty:
          Set(liberties, point_[next]);
          break;
        case kOwn:
          for (size_t word = 0; word < liberties.size(); ++word) {
            liberties[word] |= chains_[chain_[next] - 1][word];
          }
          break;
        case kOther:
          if (Count(chains_[chain_[next] - 1]) == 1) return -1;  // a capture
          break;
        case kWall:
          break;
      }
    }
    liberties[point >> 6] &= ~(uint64_t{1} << (point & 63));
    return Count(liberties);
  }

  std::array<Content, kCells> content_;
  std::array<int16_t, kCells> point_{}, chain_{};  // chains are numbered from 1
  std::vector<Bits> chains_;                       // their liberties
};

}  // namespace

LibertyPlanes CountLiberties(const Bits& own, const Bits& other) {
  LibertyPlanes planes{};
  Position position(own, other);
  position.FindChains(planes);
  position.TryMoves(planes);
  return planes;
}

void ExpandNhwc(const LibertyPlanes& planes, int first, int channels, std::span<float> output) {
  float* at = output.data() + first;
  for (int point = 0; point < kPointCount; ++point, at += channels) {
    for (int plane = 0; plane < kLibertyPlanes; ++plane) {
      at[plane] = static_cast<float>(planes[plane][point >> 6] >> (point & 63) & 1);
    }
  }
}

}  // namespace moyo::features
