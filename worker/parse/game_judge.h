// What becomes of one game: read, replayed, measured against the options. `ParseJob` makes shards
// of it, `moyo survey` a report, so both say the same of every game.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/go/game_hash.h"
#include "common/go/replay.h"
#include "common/go/types.h"
#include "common/sgf/game_reader.h"
#include "common/sgf/splitter.h"
#include "worker/parse/game_filter.h"

namespace moyo::worker {

// As moyo.v1.ParseOptions.
struct ParseOptions {
  uint32_t min_moves = 30;  // a damaged game is kept up to its damage if so many moves remain
  uint64_t max_game_bytes = 4 << 20;  // a longer game record is rejected
  GameFilterOptions filter = {};      // max_moves: above 65,535 that number holds
};

// As moyo.v1.GameState; the numbers are the same.
enum class GameState : uint8_t { kAccepted = 1, kFiltered = 3, kRejected = 4 };

// As moyo.v1.LedgerRow.
struct LedgerRow {
  uint64_t game_id = 0;
  GameState state = GameState::kRejected;
  std::string_view reason;   // sgf::ReasonName; of an accepted game: why truncated, else empty
  uint64_t byte_offset = 0;  // in the source
  // The reason's sentence and the bytes; what else is notable of an accepted game. At most 200
  // bytes of printable ASCII.
  std::string detail;
  uint32_t moves = 0;         // kept
  uint32_t shard_row = 0;     // of an accepted game
  go::GameIdentity identity;  // of an accepted game
};

// Rows for what is no game. Ids are the caller's to set.
LedgerRow NoGameRow(std::string_view first_bytes);       // NO_GAME; what the source begins with
LedgerRow UnreadableSourceRow(std::string_view detail);  // SOURCE_UNREADABLE
LedgerRow ChangedSourceRow(uint64_t expected, uint64_t found);  // SOURCE_CHANGED; games
inline constexpr size_t kNoGameBytes = 40;                      // of a source that NoGameRow shows

// What of an accepted game was kept as it stood although a reader may not expect it.
struct GameNotes {
  size_t same_colour = 0;  // moves by the colour that moved before
  uint32_t superko = 0;    // positions that stood before
  uint32_t variations = 0;
};

// Reusable; keeps its buffers. Not thread-safe.
class GameJudge {
 public:
  explicit GameJudge(const ParseOptions& options);

  // `text` is the span's bytes; it may be empty when the span is longer than max_game_bytes. Sets
  // all of the row but game_id and shard_row.
  LedgerRow Judge(const sgf::GameSpan& span, std::string_view text);

  uint64_t max_game_bytes() const { return options_.max_game_bytes; }
  // Of the last game judged, if it was accepted. The record holds the moves kept.
  const go::GameRecord& game() const { return game_; }
  const sgf::HeaderTexts& header() const { return reader_.header(); }  // valid while its text is
  const GameNotes& notes() const { return notes_; }

 private:
  // Drops the moves from the first illegal one on and says so in `read`. Returns how often a
  // position stood again.
  uint32_t CutAtIllegalMove(sgf::ReadResult& read);

  const ParseOptions options_;
  const GameFilter filter_;
  sgf::GameReader reader_;
  go::Replayer replayer_;
  go::GameRecord game_;
  GameNotes notes_;
};

}  // namespace moyo::worker
