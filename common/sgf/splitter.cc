#include "common/sgf/splitter.h"

#include <array>
#include <cstring>
#include <initializer_list>
#include <utility>

namespace moyo::sgf {
namespace {

constexpr uint64_t kMaxIdBytes = 64;          // of a list line
constexpr uint32_t kMaxProbeBytes = 64;       // of the value that confirms a new game
constexpr uint32_t kMaxNameLetters = 0xffff;  // two packed letters

using Table = std::array<bool, 256>;
constexpr Table TableOf(std::initializer_list<unsigned char> bytes) {
  Table table{};
  for (unsigned char c : bytes) table[c] = true;
  return table;
}
constexpr Table kTextStops = TableOf({'(', ')', '['});
constexpr Table kValueStops = TableOf({']', '\\', '\n', '\r'});

bool IsLineEnd(unsigned char c) { return c == '\n' || c == '\r'; }
bool IsSpace(unsigned char c) { return c <= ' '; }  // control bytes and NUL among them
// Inside a game NUL ends the search for an opening: with one it would look like UTF-16 from there
// on.
bool IsBlank(unsigned char c) { return c <= ' ' && c != 0; }
bool IsUpper(unsigned char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(unsigned char c) { return c >= 'a' && c <= 'z'; }

// NUL and 0xff could make the beginning of a line look like that of UTF-16.
bool IsIdByte(unsigned char c) { return c != '\t' && c != '(' && c != 0 && c != 0xff; }

// Properties that begin a game's first node and have no business at the head of a variation.
bool OpensGame(uint32_t name) {
  for (const char* known : {"AP", "CA", "EV", "FF", "GM", "GN", "PB", "PW", "ST", "SZ"}) {
    if (name == (uint32_t{static_cast<unsigned char>(known[0])} << 8 | known[1])) return true;
  }
  return false;
}

}  // namespace

struct SplitterStep {
  using Mode = Splitter::Mode;
  using Probe = Splitter::Probe;
  using Line = Splitter::Line;

  static void Byte(Splitter& s, unsigned char c) {
    if (s.offset_ < 4) LookForBigEndian(s, c);
    if (s.units_ != CodeUnits::kBytes) {
      HalfUnit(s, c);
    } else {
      if (s.mode_ != Mode::kSgf) ListByte(s, c);
      if (s.paired_) LookForLittleEndian(s, c);
      if (s.mode_ != Mode::kList) Character(s, c);
    }
    ++s.offset_;
  }

  // Advances as far as nothing but uninteresting bytes follow; same outcome as Byte() on each.
  static const char* Skip(Splitter& s, const char* p, const char* end) {
    const char* from = p;
    if (s.mode_ == Mode::kList && s.line_ >= Line::kGame) {
      while (p < end && !IsLineEnd(*p)) ++p;
      s.offset_ += p - from;
      return p;
    }
    if (s.mode_ != Mode::kSgf || s.probe_ != Probe::kNone || s.escaped_) return p;
    if (s.units_ != CodeUnits::kBytes || s.paired_) return p;
    if (s.depth_ == 0) {
      const void* found = std::memchr(p, '(', end - p);
      p = found ? static_cast<const char*>(found) : end;
    } else if (!s.in_value_) {
      p = SkipText(p, end);
    } else if (!s.at_line_start_) {
      while (p < end && !kValueStops[static_cast<unsigned char>(*p)]) ++p;
    }
    s.offset_ += p - from;
    return p;
  }

 private:
  // Text between values; values of two plain bytes (moves) are skipped in one go.
  static const char* SkipText(const char* p, const char* end) {
    const auto plain = [](char c) { return !kValueStops[static_cast<unsigned char>(c)]; };
    while (p < end) {
      if (!kTextStops[static_cast<unsigned char>(*p)]) {
        ++p;
      } else if (*p == '[' && end - p >= 4 && p[3] == ']' && plain(p[1]) && plain(p[2])) {
        p += 4;
      } else {
        break;
      }
    }
    return p;
  }

  // `c` ends at offset_.
  static void Character(Splitter& s, unsigned char c) {
    if (s.depth_ == 0) {
      BetweenGames(s, c);
    } else if (s.in_value_) {
      InValue(s, c);
    } else {
      InText(s, c);
    }
  }

  static void HalfUnit(Splitter& s, unsigned char c) {
    s.has_half_ = !s.has_half_;
    if (s.has_half_) {
      s.half_ = c;
      return;
    }
    const bool little = s.units_ == CodeUnits::kUtf16Le;
    Character(s, little ? AsciiOfUnit(s.half_, c) : AsciiOfUnit(c, s.half_));
    if (little && s.depth_ == 0) s.units_ = CodeUnits::kBytes;
  }

  // A byte order mark, or "(" as the first unit, as where a range of such a source begins.
  static void LookForBigEndian(Splitter& s, unsigned char c) {
    s.head_ = s.head_ << 8 | c;
    if (s.offset_ == 2 && s.head_ >> 8 == 0xfeff) {
      s.units_ = CodeUnits::kUtf16Be;
      s.mode_ = Mode::kSgf;
    } else if (s.offset_ == 3 && s.head_ >> 8 == 0x002800 && c != 0) {
      s.units_ = CodeUnits::kUtf16Be;
      s.mode_ = Mode::kSgf;
      s.paired_ = false;
      s.probe_begin_ = 0;  // the probe that "(" began
      s.half_ = 0;
      s.has_half_ = true;
    }
  }

  // Follows an opening whose bytes are paired with NUL. Behind its ';' the game has begun already.
  static void LookForLittleEndian(Splitter& s, unsigned char c) {
    if (s.nul_is_next_ != (c == 0)) {
      s.paired_ = false;
      return;
    }
    s.nul_is_next_ = !s.nul_is_next_;
    if (s.depth_ == 0 || c != 0) return;
    s.paired_ = false;
    s.units_ = CodeUnits::kUtf16Le;
  }

  static void StartProbe(Splitter& s) {
    s.probe_ = Probe::kOpen;
    s.probe_begin_ = s.units_ == CodeUnits::kBytes ? s.offset_ : s.offset_ - 1;
    s.probe_depth_ = 1;
    if (s.depth_ > 0 || s.units_ != CodeUnits::kBytes) return;
    s.paired_ = s.nul_is_next_ = true;
  }

  static void BetweenGames(Splitter& s, unsigned char c) {
    if (s.probe_ == Probe::kOpen && c == ';') {
      s.mode_ = Mode::kSgf;
      s.begin_ = s.probe_begin_;
      s.depth_ = s.probe_depth_;
      s.probe_ = Probe::kNone;
    } else if (c == '(') {
      if (s.probe_ == Probe::kOpen) {
        ++s.probe_depth_;
      } else {
        StartProbe(s);
      }
    } else if (!IsSpace(c)) {
      s.probe_ = Probe::kNone;
    }
  }

  static void InText(Splitter& s, unsigned char c) {
    if (c == '(') {
      ++s.depth_;
      if (s.probe_ == Probe::kOpen) {
        ++s.probe_depth_;
      } else {
        StartProbe(s);
      }
      return;
    }
    Advance(s, c);
    if (c == '[') {
      s.in_value_ = true;
      s.at_line_start_ = false;
    } else if (c == ')' && --s.depth_ == 0) {
      s.spans_.push_back({s.begin_, s.offset_ + 1});
    }
  }

  static void InValue(Splitter& s, unsigned char c) {
    const bool at_line_start = s.at_line_start_;
    s.at_line_start_ = IsLineEnd(c);
    if (c == '(' && at_line_start) {
      s.escaped_ = false;
      StartProbe(s);
      return;
    }
    if (c == '(' && s.probe_ == Probe::kOpen) {
      ++s.probe_depth_;
      return;
    }
    if (Advance(s, c)) return;
    if (s.escaped_) {
      s.escaped_ = false;
    } else if (c == '\\') {
      s.escaped_ = true;
    } else if (c == ']') {
      s.in_value_ = false;
    }
  }

  // One byte of a probe inside a game. True when it is confirmed: the open game ended before it.
  static bool Advance(Splitter& s, unsigned char c) {
    switch (s.probe_) {
      case Probe::kNone:
        return false;
      case Probe::kOpen:
        if (c == ';') {
          s.probe_ = Probe::kNode;
        } else if (!IsBlank(c)) {
          s.probe_ = Probe::kNone;
        }
        return false;
      case Probe::kNode:
      case Probe::kName:
        AdvanceName(s, c);
        return false;
      case Probe::kValue:
        if (c == ']') return Confirm(s);
        if (c == '\\' || IsLineEnd(c) || ++s.probe_length_ > kMaxProbeBytes) {
          s.probe_ = Probe::kNone;
        }
        return false;
    }
    return false;
  }

  static void AdvanceName(Splitter& s, unsigned char c) {
    if (s.probe_ == Probe::kNode) {
      if (IsBlank(c)) return;
      s.probe_ = Probe::kName;
      s.probe_name_ = 0;
    }
    if (IsUpper(c)) {
      s.probe_name_ = s.probe_name_ << 8 | c;
      if (s.probe_name_ > kMaxNameLetters) s.probe_ = Probe::kNone;
    } else if (c == '[' && OpensGame(s.probe_name_)) {
      s.probe_ = Probe::kValue;
      s.probe_length_ = 0;
    } else if (!IsLower(c)) {
      s.probe_ = Probe::kNone;
    }
  }

  static bool Confirm(Splitter& s) {
    s.spans_.push_back({s.begin_, s.probe_begin_});
    s.begin_ = s.probe_begin_;
    s.depth_ = s.probe_depth_;
    s.in_value_ = s.escaped_ = false;
    s.probe_ = Probe::kNone;
    return true;
  }

  static void ListByte(Splitter& s, unsigned char c) {
    if (IsLineEnd(c)) {
      if (s.line_ == Line::kGame) s.spans_.push_back({s.line_begin_, s.offset_});
      s.line_ = Line::kId;
      s.line_begin_ = s.offset_ + 1;
      return;
    }
    const bool first = s.offset_ == s.line_begin_;
    switch (s.line_) {
      case Line::kId:
        if (c == '\t' && !first) {
          s.line_ = Line::kTab;
        } else if (!IsIdByte(c) || s.offset_ - s.line_begin_ >= kMaxIdBytes) {
          s.line_ = Line::kText;
        }
        break;
      case Line::kTab:
        s.line_ = c == ';' ? Line::kNode : Line::kText;
        break;
      case Line::kNode:
        s.line_ = IsUpper(c) ? Line::kGame : Line::kText;
        if (s.line_ == Line::kGame) s.mode_ = Mode::kList;
        break;
      case Line::kGame:
      case Line::kText:
        break;
    }
  }
};

void Splitter::Feed(std::string_view bytes) {
  const char* p = bytes.data();
  const char* const end = p + bytes.size();
  while (p < end) {
    p = SplitterStep::Skip(*this, p, end);
    if (p < end) SplitterStep::Byte(*this, static_cast<unsigned char>(*p++));
  }
}

void Splitter::Finish() {
  if (depth_ > 0) {
    spans_.push_back({begin_, offset_});
  } else if (mode_ == Mode::kList && line_ == Line::kGame) {
    spans_.push_back({line_begin_, offset_});
  }
  depth_ = 0;
  line_ = Line::kText;
}

Splitter::Begun Splitter::begun() const {
  Begun begun;
  if (depth_ > 0) {
    begun.game = begin_;
  } else if (mode_ != Mode::kSgf && line_ != Line::kText) {
    begun.game = line_begin_;
  }
  if (mode_ != Mode::kList && probe_ != Probe::kNone) begun.opening = probe_begin_;
  // Half a code unit may be the first byte of "(", and four bytes may prove to be two of them.
  if (!begun.opening && has_half_) begun.opening = offset_ - 1;
  if (offset_ < 4) begun.opening = 0;
  return begun;
}

std::vector<GameSpan> SplitGames(std::string_view bytes) {
  Splitter splitter;
  splitter.Feed(bytes);
  splitter.Finish();
  return std::move(splitter.spans());
}

}  // namespace moyo::sgf
