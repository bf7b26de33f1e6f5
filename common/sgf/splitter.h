// Finds where the games of a source begin and end, in a stream, without reading them.
//
// Server and workers use this one class, so both count the same games. A source is SGF text (games
// are outermost parentheses) or a list (each line `id<TAB>;B[..];W[..]` is one game); which of the
// two is decided by the first game found. Text that is neither holds no game. Games in UTF-16 are
// found, too; offsets are always bytes of the source. GRAMMAR.md gives the rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/sgf/utf16.h"

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

  // Where spans that are not complete yet may begin.
  struct Begun {
    std::optional<uint64_t> game;     // the open game's, or the list line's that may be one
    std::optional<uint64_t> opening;  // of what may prove to be the next game's opening
  };
  Begun begun() const;

 private:
  friend struct SplitterStep;  // one byte of the state machine
  enum class Mode : uint8_t { kUndecided, kSgf, kList };
  // How much of "(;GM[1]" has been seen: the opening of a game, GRAMMAR.md "Splitting".
  enum class Probe : uint8_t { kNone, kOpen, kNode, kName, kValue };
  // How much of "id<TAB>;B" this line has shown.
  enum class Line : uint8_t { kId, kTab, kNode, kGame, kText };

  std::vector<GameSpan> spans_;
  uint64_t offset_ = 0;  // of the next byte
  uint64_t begin_ = 0;   // of the open game
  uint64_t depth_ = 0;   // open parentheses; 0: between games
  Mode mode_ = Mode::kUndecided;
  // Little endian lasts for one game, big endian from the source's beginning to its end.
  CodeUnits units_ = CodeUnits::kBytes;
  uint32_t head_ = 0;           // the source's first four bytes
  unsigned char half_ = 0;      // first byte of a code unit
  bool has_half_ = false;       // half_ waits for its second byte
  bool paired_ = false;         // each byte of the probed opening has a NUL after it
  bool nul_is_next_ = false;    // a byte of such an opening waits for its NUL
  bool in_value_ = false;       // inside [...]
  bool escaped_ = false;        // after a backslash in a value
  bool at_line_start_ = false;  // in a value: the byte before ended a line
  Probe probe_ = Probe::kNone;
  uint64_t probe_begin_ = 0;   // of its first parenthesis
  uint64_t probe_depth_ = 0;   // parentheses in it
  uint32_t probe_name_ = 0;    // capital letters of the property, packed
  uint32_t probe_length_ = 0;  // bytes of its value
  Line line_ = Line::kId;
  uint64_t line_begin_ = 0;
};

std::vector<GameSpan> SplitGames(std::string_view bytes);

}  // namespace moyo::sgf
