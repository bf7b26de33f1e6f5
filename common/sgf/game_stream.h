// Cuts a stream of bytes into the texts of its games and hands them on, one at a time, holding no
// more than a game.
//
//   GameStream games(4 << 20, [&](const GameSpan& span, std::string_view text) { ... });
//   while (Read(piece)) games.Feed(piece);
//   games.Finish();
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/sgf/splitter.h"

namespace moyo::sgf {

// One use. Not thread-safe. Memory: twice `max_game_bytes` and a piece at most.
class GameStream {
 public:
  // `span` counts from the stream's first byte; `text` is its bytes, valid during the call, and
  // empty exactly when the span is longer than `max_game_bytes`. Which games come, and with which
  // texts, does not depend on how the stream is cut into pieces.
  using Receiver = std::function<void(const GameSpan& span, std::string_view text)>;
  GameStream(uint64_t max_game_bytes, Receiver receive)
      : max_game_bytes_(max_game_bytes), receive_(std::move(receive)) {}

  void Feed(std::string_view bytes);
  void Finish();
  uint64_t games() const { return games_; }        // handed on so far
  uint64_t size_bytes() const { return offset_; }  // fed so far

 private:
  // Bytes of the stream that are at hand.
  struct Piece {
    uint64_t begin = 0;
    std::string_view bytes;
    bool Holds(const GameSpan& span) const {
      return span.begin >= begin && span.end <= begin + bytes.size();
    }
  };
  void HandOn(const Piece& older, const Piece& piece);
  void Keep(const Piece& piece);

  const uint64_t max_game_bytes_;
  const Receiver receive_;
  Splitter splitter_;
  uint64_t offset_ = 0;  // of the next byte
  uint64_t games_ = 0;
  // What games to come may need of the bytes that were fed: from kept_begin_ on.
  std::string kept_;
  uint64_t kept_begin_ = 0;
};

}  // namespace moyo::sgf
