// Cuts a stream of bytes at game boundaries into ranges of at most so many games each.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/digest.h"
#include "common/sgf/splitter.h"

namespace moyo::catalog {

// A range begins at its first game (the first one at 0) and ends with its last game's last byte; a
// stream without any game is one range of all its bytes that counts as one game.
struct Range {
  uint64_t offset = 0;
  uint64_t length_bytes = 0;
  Hash128 content_hash{};
  uint32_t games = 1;
  uint32_t games_seen = 0;  // 0 for the range without any game
};

// One use. Memory: the bytes since the last game's end, at most 4 MiB and a piece.
class RangeBuilder {
 public:
  // `games_at` says how many games the range beginning at an offset may hold; 0 stops the builder.
  RangeBuilder(std::function<uint32_t(uint64_t offset)> games_at,
               std::function<void(const Range&)> emit);
  void Feed(std::string_view bytes);
  void Finish();
  // True: games_at said 0 while there were games left.
  bool stopped() const { return stopped_; }

 private:
  void TakeSpans();
  void TakeSpan(const sgf::GameSpan& span);
  // Up to where bytes count as the open range's, whatever follows.
  uint64_t SettledEnd() const;
  void HashUpTo(uint64_t end);
  void EndRange();

  const std::function<uint32_t(uint64_t)> games_at_;
  const std::function<void(const Range&)> emit_;
  sgf::Splitter splitter_;
  std::string buffer_;           // bytes from hashed_ on
  uint64_t hashed_ = 0;          // offset up to which bytes are hashed or dropped
  std::unique_ptr<Sha256> sha_;  // of the open range; null between ranges
  Range range_;
  uint64_t last_end_ = 0;  // of the open range's last game
  uint32_t most_games_ = 0;
  bool emitted_ = false;
  bool stopped_ = false;
};

}  // namespace moyo::catalog
