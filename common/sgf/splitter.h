// Finds where the games of a source begin and end, in a stream, without reading them.
//
// Server and workers use this one class, so both count the same games. A source is SGF text (games
// are outermost parentheses) or a list (each line `id<TAB>;B[..];W[..]` is one game); which of the two is decided
// by the first game found. Text that is neither holds no game. GRAMMAR.md gives the rules.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace moyo::sgf {

struct GameSpan {
  uint64_t begin = 0;  // offset of the first byte
  uint64_t end = 0;    // one past the last
};

// Feed the bytes in order, in any pieces, then Finish. Memory does not depend on the source's size
// (the spans apart). Not thread-safe.
class Splitter {
 public:
  void Feed(std::string_view bytes);
  void Finish();
  // Spans completed so far, ascending; the caller may take and clear them between calls.
  std::vector<GameSpan>& spans() { return spans_; }

 private:
  friend struct SplitterStep;
  enum class Mode : uint8_t { kUndecided, kSgf, kList };
  std::vector<GameSpan> spans_;
  Mode mode_ = Mode::kUndecided;
  uint64_t offset_ = 0;      // of the next byte
  uint64_t begin_ = 0;       // of the open game or line
  uint64_t depth_ = 0;       // open parentheses
  bool in_value_ = false;    // inside [...]
  bool escaped_ = false;
  uint8_t state_ = 0;        // the splitter's own
};

std::vector<GameSpan> SplitGames(std::string_view bytes);

}  // namespace moyo::sgf
