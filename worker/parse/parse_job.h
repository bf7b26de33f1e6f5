// The work of one unit: bytes of its sources in, shard columns and ledger rows out.
//
//   ParseJob job({.min_moves = 30});
//   job.AddSource(bytes, source.first_game, source.games);   // in catalogue order
//   job.AddUnreadableSource(next.first_game, next.games, "cannot open 'x': ...");
//   Upload(shard::WriteNpz(job.columns()), job.rows());
//
// The outcome depends on nothing but the bytes and the options. Every game gives exactly one row;
// nothing here fails: what is wrong with a game or a source is written in its rows.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/go/game_hash.h"
#include "common/go/replay.h"
#include "common/go/types.h"
#include "common/sgf/game_reader.h"
#include "common/sgf/splitter.h"
#include "common/shard/shard.h"
#include "worker/parse/game_filter.h"

namespace moyo::worker {

// As moyo.v1.ParseOptions.
struct ParseOptions {
  uint32_t min_moves = 30;  // a damaged game is kept up to its damage if so many moves remain
  uint64_t max_game_bytes = 4 << 20;  // a longer game record is rejected
  GameFilterOptions filter;           // max_moves: above 65,535 that number holds
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

// Not thread-safe.
class ParseJob {
 public:
  // `games_parsed` (may be null; must outlive the job) is kept equal to the rows so far, so that
  // another thread sees progress within a long source.
  explicit ParseJob(const ParseOptions& options, std::atomic<uint64_t>* games_parsed = nullptr);

  // One source. Its games get the ids first_game, first_game + 1, ...: exactly `expected_games`
  // rows. A source without a game gives one row, NO_GAME; one whose games are not as many as
  // expected gives SOURCE_CHANGED for each, and none of them enters the shard.
  void AddSource(std::string_view bytes, uint64_t first_game, uint32_t expected_games);
  // SOURCE_UNREADABLE for each game; `detail` says why.
  void AddUnreadableSource(uint64_t first_game, uint32_t games, std::string_view detail);

  shard::Columns& columns() { return columns_; }
  std::vector<LedgerRow>& rows() { return rows_; }

 private:
  LedgerRow ParseGame(std::string_view source, const sgf::GameSpan& span, uint64_t game_id);
  // Drops the moves from the first illegal one on and says so in `read`. Returns how often a
  // position stood again.
  uint32_t CutAtIllegalMove(sgf::ReadResult& read);
  void Accept(LedgerRow& row);
  void RejectAll(uint64_t first_game, uint32_t games, sgf::Reason reason, std::string_view detail);
  void AddRow(LedgerRow row);

  const ParseOptions options_;
  const GameFilter filter_;
  sgf::GameReader reader_;
  go::Replayer replayer_;
  go::GameRecord game_;
  shard::Columns columns_;
  std::vector<LedgerRow> rows_;
  std::atomic<uint64_t>* const games_parsed_;
};

}  // namespace moyo::worker
