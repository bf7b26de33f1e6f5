// SGF bytes of one game -> go::GameRecord, or the reason why not. GRAMMAR.md lists dialects and
// limits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/go/board.h"
#include "common/go/types.h"

namespace moyo::sgf {

// Raised when a change makes any game read differently; a worker of another version is refused.
inline constexpr uint32_t kParserVersion = 3;

// Why a game was cut, refused or filtered. Names are stable (ledger, tests, documents); GRAMMAR.md
// lists them.
enum class Reason : uint8_t {
  kNone,
  kNoGame,
  kNoMoves,
  kGameTooLarge,
  kNotGo,
  kBadBoardSize,
  kBoardNotSquare,
  kUnexpectedText,
  kUnterminatedValue,
  kPropertyWithoutValue,
  kBadMove,
  kMoveOffBoard,
  kMoveOccupied,
  kMoveKo,
  kMoveSuicide,
  kBadSetup,
  kSetupOffBoard,
  kSetupNoLiberty,
  kSetupAfterMove,
  kSourceUnreadable,
  kSourceChanged,
  kFilterBoardSize,
  kFilterMinMoves,
  kFilterMaxMoves,
  kFilterRank,
  kFilterPlayer,
  kFilterDate,
  kFilterKomi,
  kFilterHandicap,
  kFilterResult,
  kFilterRuleset  // the last
};
inline constexpr int kReasons = static_cast<int>(Reason::kFilterRuleset) + 1;
const char* ReasonName(Reason reason);      // "MOVE_OCCUPIED"
const char* ReasonSentence(Reason reason);  // "the move is on an occupied point"
Reason ReasonOf(go::Legality legality);     // of a move that replay refuses

struct Issue {
  Reason reason = Reason::kNone;
  uint64_t offset = 0;  // bytes from the game's first
  std::string bytes;    // the offending ones, at most 40; of UTF-16 as UTF-8
};

// What reading gave. The issue is set when the game was cut (moves before it are kept) or could not
// be read.
struct ReadResult {
  Issue issue;
  bool readable = false;    // the record holds a game, possibly cut at the issue
  uint32_t variations = 0;  // left aside
};

// Header properties as they stand in the record: the first non-empty value of each, raw bytes with
// escapes, empty when there is none; of UTF-16 as UTF-8. text_encoding.h makes them readable.
struct HeaderTexts {
  std::string_view black_name;  // PB
  std::string_view white_name;  // PW
  std::string_view black_rank;  // BR
  std::string_view white_rank;  // WR
  std::string_view date;        // DT
  std::string_view charset;     // CA
  std::string_view event;       // EV
  std::string_view place;       // PC
  std::string_view komi;        // KM, or KO before the first move
  std::string_view result;      // RE
  std::string_view ruleset;     // RU
  std::string_view handicap;    // HA
};

// Reusable; keeps its buffers. Not thread-safe. Never recurses.
class GameReader {
 public:
  // `text` is one span of the splitter: `(;...)` or a list line. The record is not replayed yet.
  ReadResult Read(std::string_view text, go::GameRecord& game);
  // Of the last text read, up to where reading ended. Valid while that text is and until the next
  // Read.
  const HeaderTexts& header() const { return header_; }
  // Where move `ply` (from 0) stands in the last text read, for reasons found by replay, and the
  // first bytes there ("B[dd]"). Both need the text still.
  uint64_t MoveOffset(size_t ply) const;
  std::string_view MoveBytes(size_t ply) const;

 private:
  // From an offset in text_ to one in the text that was given.
  uint64_t SourceOffset(uint64_t offset) const;

  HeaderTexts header_;
  std::string_view text_;  // what was parsed: the text given, or utf8_
  std::string utf8_;       // of the last text that was UTF-16
  bool is_utf16_ = false;
  std::vector<uint32_t> move_offsets_;
};

}  // namespace moyo::sgf
