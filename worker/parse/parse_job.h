// The work of one unit: bytes of its sources in, shard columns and ledger rows out.
//
//   ParseJob job({.min_moves = 30});
//   job.BeginSource(source.first_game, source.games);        // in catalogue order
//   while (Read(piece)) job.Feed(piece);
//   job.EndSource();
//   job.AddUnreadableSource(next.first_game, next.games, "cannot open 'x': ...");
//   Upload(shard::WriteNpz(job.columns()), job.rows());
//
// The outcome depends on nothing but the bytes and the options. Every game gives exactly one row;
// nothing here fails: what is wrong with a game or a source is written in its rows. A source is
// never held whole: memory is that of one game and of the rows and columns so far.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sgf/game_stream.h"
#include "common/shard/shard.h"
#include "worker/parse/game_judge.h"

namespace moyo::worker {

// Not thread-safe.
class ParseJob {
 public:
  // `games_parsed` (may be null; must outlive the job) is kept equal to the most rows so far, so
  // that another thread sees progress within a long source.
  explicit ParseJob(const ParseOptions& options, std::atomic<uint64_t>* games_parsed = nullptr);
  ParseJob(const ParseJob&) = delete;
  ParseJob& operator=(const ParseJob&) = delete;

  // One source, in any pieces. Its games get the ids first_game, first_game + 1, ...: exactly
  // `expected_games` rows. A source without a game gives one row, NO_GAME; one whose games are not
  // as many as expected gives SOURCE_CHANGED for each, and none of them enters the shard.
  void BeginSource(uint64_t first_game, uint32_t expected_games);
  void Feed(std::string_view bytes);
  void EndSource();
  // Instead of EndSource: nothing of the source remains, as if it had not been begun.
  void DropSource();
  // The three of them, for a source in memory.
  void AddSource(std::string_view bytes, uint64_t first_game, uint32_t expected_games);
  // SOURCE_UNREADABLE for each game; `detail` says why.
  void AddUnreadableSource(uint64_t first_game, uint32_t games, std::string_view detail);

  shard::Columns& columns() { return columns_; }
  std::vector<LedgerRow>& rows() { return rows_; }

 private:
  void AddGame(const sgf::GameSpan& span, std::string_view text);
  // The same row for all games of a source.
  void AddRows(uint64_t first_game, uint32_t games, const LedgerRow& row);
  void CountRows();

  GameJudge judge_;
  shard::Columns columns_;
  std::vector<LedgerRow> rows_;
  std::atomic<uint64_t>* const games_parsed_;
  // The open source.
  std::optional<sgf::GameStream> games_;
  std::string head_;  // its first bytes, for NO_GAME
  uint64_t first_game_ = 0;
  uint32_t expected_games_ = 0;
  size_t rows_before_ = 0;
  size_t shard_rows_before_ = 0;
};

}  // namespace moyo::worker
