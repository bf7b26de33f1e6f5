#include "common/sgf/game_parser.h"

#include <algorithm>
#include <cstring>

#include "common/sgf/header_values.h"

namespace moyo::sgf {
namespace {

constexpr size_t kMaxIssueBytes = 40;

// What a byte means between properties.
enum Class : uint8_t { kStray, kIgnored, kLetter, kNode, kOpen, kClose };

constexpr std::array<uint8_t, 256> MakeClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    if (c <= ' ' || c >= 0x7f) classes[c] = kIgnored;  // text in some charset that lost its place
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) classes[c] = kLetter;
  }
  classes[']'] = kIgnored;
  classes[';'] = kNode;
  classes['('] = kOpen;
  classes[')'] = kClose;
  return classes;
}
constexpr std::array<uint8_t, 256> kClasses = MakeClasses();

constexpr uint32_t Code(char first, char second = 0) {
  const uint32_t code = static_cast<unsigned char>(first);
  return second == 0 ? code : code << 8 | static_cast<unsigned char>(second);
}

bool IsSpace(char c) { return static_cast<unsigned char>(c) <= ' '; }
bool IsCoordinate(char c) { return c >= 'a' && c < 'a' + go::kMaxBoardSize; }
uint8_t Coordinate(char c) { return static_cast<uint8_t>(c - 'a'); }

// The value without escapes, white space and NUL; longer ones than any point are cut.
struct PointText {
  char text[6];
  size_t length = 0;
  explicit PointText(std::string_view value) {
    for (char c : value) {
      if (IsSpace(c) || c == '\\') continue;
      if (length == sizeof(text)) return;
      text[length++] = c;
    }
  }
};

}  // namespace

ReadResult GameParser::Run() {
  if (!FindGame()) {
    Refuse(Reason::kNoGame, begin_);
    return result_;
  }
  result_.readable = true;
  ReadMainLine();
  if (result_.readable && move_offsets_.empty()) FinishSetup();
  return std::move(result_);
}

// Stands at_ on the first node's ';': of a list line, whose id holds no '(' (a comment behind it
// may hold "(;"), or else of "(;".
bool GameParser::FindGame() {
  const std::string_view text(begin_, end_ - begin_);
  const size_t tab = text.substr(0, text.find('(')).find("\t;");
  if (tab == std::string_view::npos) return FindFirstNode();
  at_ = begin_ + tab + 1;
  return true;
}

bool GameParser::FindFirstNode() {
  const char* p = begin_;
  while ((p = static_cast<const char*>(std::memchr(p, '(', end_ - p))) != nullptr) {
    while (p < end_ && (*p == '(' || IsSpace(*p))) ++p;
    if (p < end_ && *p == ';') {
      at_ = p;
      return true;
    }
  }
  return false;
}

void GameParser::ReadMainLine() {
  while (at_ < end_ && !stopped_) {
    const unsigned char c = *at_;
    switch (kClasses[c]) {
      case kNode:
        branch_is_empty_ = false;
        if (!ReadPlainMove()) ++at_;
        break;
      case kLetter:
        branch_is_empty_ = false;
        ReadProperty();
        break;
      case kIgnored:
        ++at_;
        break;
      case kOpen:  // the first variation goes on with the main line
        branch_is_empty_ = true;
        ++at_;
        break;
      case kClose:
        ++at_;
        if (!branch_is_empty_) return CountVariations();
        branch_is_empty_ = false;
        break;
      default:
        ReadOther(c);
    }
  }
}

// ";B[pd]" and no second value: nearly all of every file.
bool GameParser::ReadPlainMove() {
  const char* p = at_;
  if (end_ - p < 6 || p[2] != '[' || p[5] != ']' || (p[1] != 'B' && p[1] != 'W')) return false;
  const uint8_t x = p[3] - 'a';
  const uint8_t y = p[4] - 'a';
  if (x >= game_.info.board_size || y >= game_.info.board_size) return false;
  const char* next = p + 6;
  while (next < end_ && IsSpace(*next)) ++next;
  if (next < end_ && *next == '[') return false;
  AddMove({x, y}, p[1] == 'B' ? go::Color::kBlack : go::Color::kWhite, p + 1);
  at_ = next;
  return true;
}

// Text out of place costs only header facts before the first move; after it a move may be lost in
// it.
void GameParser::ReadOther(unsigned char c) {
  if (!move_offsets_.empty()) return Cut(Reason::kUnexpectedText, at_);
  if (c != '[') {
    ++at_;
    return;
  }
  const char* close = ValueEnd(at_ + 1);
  if (close == nullptr) return Cut(Reason::kUnterminatedValue, at_);
  at_ = close + 1;
}

GameParser::Name GameParser::ReadName() {
  Name name;
  name.begin = at_;
  uint32_t lower = 0;
  for (; at_ < end_; ++at_) {
    const char c = *at_;
    if (c >= 'A' && c <= 'Z') {
      name.code = std::min(name.code, 0xffffffu) << 8 | static_cast<unsigned char>(c);
    } else if (c >= 'a' && c <= 'z') {
      lower = std::min(lower, 0xffffffu) << 8 | static_cast<unsigned char>(c - 'a' + 'A');
    } else if (c < '0' || c > '9') {
      break;
    }
  }
  // Long names of FF[3] have small letters to be ignored; "b[dd]" has nothing else.
  if (name.code == 0 && lower <= 0xffff) {
    name.code = lower;
    name.only_small = true;
  }
  return name;
}

void GameParser::ReadProperty() {
  const Name name = ReadName();
  while (at_ < end_ && IsSpace(*at_)) ++at_;
  const bool setup =
      name.code == Code('A', 'B') || name.code == Code('A', 'W') || name.code == Code('A', 'E');
  const bool move = name.code == Code('B') || name.code == Code('W');
  if (at_ == end_ || *at_ != '[') {
    const bool play = (setup || move) && !name.only_small;
    if (play || !move_offsets_.empty()) Cut(Reason::kPropertyWithoutValue, name.begin);
    return;
  }
  if (move) {
    const go::Color color = name.code == Code('B') ? go::Color::kBlack : go::Color::kWhite;
    return ReadValues(name, color, &GameParser::ReadMove);
  }
  if (setup) {
    if (!move_offsets_.empty()) return Cut(Reason::kSetupAfterMove, name.begin);
    const go::Color color = name.code == Code('A', 'B')   ? go::Color::kBlack
                            : name.code == Code('A', 'W') ? go::Color::kWhite
                                                          : go::Color::kEmpty;
    return ReadValues(name, color, &GameParser::ReadSetup);
  }
  ReadFact(name);
}

const char* GameParser::ValueEnd(const char* from) const {
  const char* p = from;
  while ((p = static_cast<const char*>(std::memchr(p, ']', end_ - p))) != nullptr) {
    const char* slash = p;
    while (slash > from && slash[-1] == '\\') --slash;
    if ((p - slash) % 2 == 0) return p;
    ++p;
  }
  return nullptr;
}

void GameParser::ReadValues(const Name& name, go::Color color,
                            void (GameParser::*read)(std::string_view, go::Color)) {
  property_ = name.begin;
  while (at_ < end_ && *at_ == '[') {
    const char* close = ValueEnd(at_ + 1);
    if (close == nullptr) return Cut(Reason::kUnterminatedValue, name.begin);
    const std::string_view value(at_ + 1, close - at_ - 1);
    (this->*read)(value, color);
    if (stopped_) return;
    at_ = close + 1;
    while (at_ < end_ && IsSpace(*at_)) ++at_;
  }
}

void GameParser::ReadMove(std::string_view value, go::Color color) {
  const char* at = property_;
  const PointText point(value);
  if (point.length == 0) return AddMove(go::kPass, color, at);
  if (point.length != 2 || !IsCoordinate(point.text[0]) || !IsCoordinate(point.text[1])) {
    return Cut(Reason::kBadMove, at);
  }
  const uint8_t x = Coordinate(point.text[0]);
  const uint8_t y = Coordinate(point.text[1]);
  const uint8_t size = game_.info.board_size;
  // FF[3]'s pass on boards up to 19.
  if (x == 19 && y == 19 && size <= 19) return AddMove(go::kPass, color, at);
  if (x >= size || y >= size) return Cut(Reason::kMoveOffBoard, at);
  AddMove({x, y}, color, at);
}

void GameParser::AddMove(go::Point point, go::Color color, const char* at) {
  if (move_offsets_.empty()) {
    FinishSetup();
    if (stopped_) return;
  }
  game_.moves.push_back({point, color});
  move_offsets_.push_back(static_cast<uint32_t>(at - begin_));
}

void GameParser::ReadSetup(std::string_view value, go::Color color) {
  const char* at = value.data() - 1;
  const PointText point(value);
  const char* text = point.text;
  if (point.length == 0) return;
  const bool one = point.length == 2;
  const bool rectangle = point.length == 5 && text[2] == ':';
  if ((!one && !rectangle) || !IsCoordinate(text[0]) || !IsCoordinate(text[1])) {
    return Refuse(Reason::kBadSetup, at);
  }
  const int last = rectangle ? 3 : 0;
  if (!IsCoordinate(text[last]) || !IsCoordinate(text[last + 1])) {
    return Refuse(Reason::kBadSetup, at);
  }
  if (!has_setup_) setup_.fill(0);
  has_setup_ = true;
  const auto [left, right] = std::minmax({Coordinate(text[0]), Coordinate(text[last])});
  const auto [top, bottom] = std::minmax({Coordinate(text[1]), Coordinate(text[last + 1])});
  const uint8_t extent = std::max(right, bottom) + 1;
  if (extent > setup_extent_) {
    setup_extent_ = extent;
    setup_extent_at_ = at;
  }
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) {
      setup_[y * go::kMaxBoardSize + x] = static_cast<uint8_t>(color) + 1;
    }
  }
}

// The board as it stands before the first move, each stone once, by rows.
void GameParser::FinishSetup() {
  if (!has_setup_) return;
  if (setup_extent_ > game_.info.board_size) {
    return Refuse(Reason::kSetupOffBoard, setup_extent_at_);
  }
  for (uint8_t y = 0; y < setup_extent_; ++y) {
    for (uint8_t x = 0; x < setup_extent_; ++x) {
      const int word = setup_[y * go::kMaxBoardSize + x];
      if (word < 2) continue;  // never named, or named empty
      game_.setup.push_back({{x, y}, static_cast<go::Color>(word - 1)});
    }
  }
}

// A property that is read for its first value, or skipped.
void GameParser::ReadFact(const Name& name) {
  bool first = true;
  while (at_ < end_ && *at_ == '[') {
    const char* close = ValueEnd(at_ + 1);
    if (close == nullptr) return Cut(Reason::kUnterminatedValue, name.begin);
    if (first) StoreFact(name.code, std::string_view(at_ + 1, close - at_ - 1));
    if (stopped_) return;
    first = false;
    at_ = close + 1;
    while (at_ < end_ && IsSpace(*at_)) ++at_;
  }
}

void GameParser::StoreFact(uint32_t code, std::string_view value) {
  if (value.empty()) return;
  go::GameInfo& info = game_.info;
  // The first of each counts; true when this is it.
  const auto first = [value](std::string_view& kept) {
    if (!kept.empty()) return false;
    kept = value;
    return true;
  };
  switch (code) {
    case Code('S', 'Z'):
      return StoreBoardSize(value);
    case Code('G', 'M'):
      if (!IsGo(value)) Refuse(Reason::kNotGo, value.data() - 1);
      return;
    case Code('K', 'O'):  // some programs' komi; in a node after a move it forces a ko capture
      if (!move_offsets_.empty()) return;
      [[fallthrough]];
    case Code('K', 'M'):
      if (first(header_.komi)) info.komi_half_points = ParseKomi(value);
      return;
    case Code('R', 'E'):
      if (first(header_.result)) ParseResult(value, info);
      return;
    case Code('R', 'U'):
      if (first(header_.ruleset)) info.ruleset = ParseRuleset(value);
      return;
    case Code('B', 'R'):
      if (first(header_.black_rank)) info.black_rank = ParseRank(value);
      return;
    case Code('W', 'R'):
      if (first(header_.white_rank)) info.white_rank = ParseRank(value);
      return;
    case Code('H', 'A'):
      if (first(header_.handicap)) info.handicap = ParseHandicap(value);
      return;
    case Code('D', 'T'):
      if (first(header_.date)) info.year = ParseYear(value);
      return;
    case Code('P', 'B'):
      first(header_.black_name);
      return;
    case Code('P', 'W'):
      first(header_.white_name);
      return;
    case Code('C', 'A'):
      first(header_.charset);
      return;
    case Code('E', 'V'):
      first(header_.event);
      return;
    case Code('P', 'C'):
      first(header_.place);
      return;
  }
}

void GameParser::StoreBoardSize(std::string_view value) {
  uint8_t size = game_.info.board_size;
  const Reason reason = ParseBoardSize(value, size);
  if (reason != Reason::kNone) return Refuse(reason, value.data() - 1);
  // Moves already read were read for the size that stands; another one after them is damage.
  if (size == game_.info.board_size) return;
  if (!move_offsets_.empty()) return Cut(Reason::kBadBoardSize, value.data() - 1);
  game_.info.board_size = size;
}

// After the main line's end: every '(' outside values opens a variation.
void GameParser::CountVariations() {
  for (; at_ < end_; ++at_) {
    if (*at_ == '(') {
      ++result_.variations;
    } else if (*at_ == '[') {
      at_ = ValueEnd(at_ + 1);
      if (at_ == nullptr) return;
    }
  }
}

void GameParser::Cut(Reason reason, const char* at) {
  stopped_ = true;
  result_.issue.reason = reason;
  result_.issue.offset = at - begin_;
  result_.issue.bytes.assign(at, std::min<size_t>(end_ - at, kMaxIssueBytes));
}

void GameParser::Refuse(Reason reason, const char* at) {
  Cut(reason, at);
  result_.readable = false;
  game_.setup.clear();
  game_.moves.clear();
  move_offsets_.clear();
}

}  // namespace moyo::sgf
