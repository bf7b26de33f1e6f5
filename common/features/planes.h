// The network's input: 18 planes of 19x19 as bits, as AlphaGo Zero and Leela Zero order them.
//
// Planes 0 to 7: stones of the side to move, now and 1 to 7 plies ago. Planes 8 to 15: stones of
// the other side. Plane 16: all ones when Black is to move; plane 17: all ones when White is.
// History before the first move is empty. Bit y * 19 + x of a plane is the point (x, y), SGF's
// coordinates. Source: Leela Zero's weight format (18 input planes); Silver et al., Nature 550
// (2017), Methods.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/go/board.h"
#include "common/go/types.h"

namespace moyo::features {

inline constexpr int kBoardSize = 19;
inline constexpr int kPointCount = kBoardSize * kBoardSize;  // 361
inline constexpr int kPolicySize = kPointCount + 1;          // index 361 is the pass
inline constexpr int kHistory = 8;
inline constexpr int kPlanes = 18;
inline constexpr int kWordsPerPlane = 6;

// The 16 history planes as bits and the side to move: 776 bytes a sample.
struct BitPlanes {
  std::array<std::array<uint64_t, kWordsPerPlane>, 2 * kHistory> history{};
  go::Color to_move = go::Color::kBlack;
};

// Policy index of a point: y * 19 + x, 361 for a pass.
inline int PolicyIndex(go::Point point) {
  return point.IsPass() ? kPointCount : point.y * kBoardSize + point.x;
}
inline go::Point PolicyPoint(int index) {
  if (index >= kPointCount) return go::kPass;
  return {static_cast<uint8_t>(index % kBoardSize), static_cast<uint8_t>(index / kBoardSize)};
}

// Remembers the last eight positions of a game while it is played. 19x19 only.
class History {
 public:
  void Clear() { count_ = 0; }
  // Call with the start position and after each ply.
  void Push(const go::Board& board);
  void Fill(go::Color to_move, BitPlanes& planes) const;

 private:
  std::array<std::array<go::Board::Bits, 2>, kHistory> ring_{};
  uint64_t count_ = 0;
};

// Expands samples to floats (0 or 1) in NHWC order: the first 18 channels of
// output[n][361][channels]. output.size() must be samples.size() * 361 * channels.
void ExpandNhwc(std::span<const BitPlanes> samples, int channels, std::span<float> output);

}  // namespace moyo::features
