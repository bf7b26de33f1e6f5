// Any bytes as the source of a work unit: one row a game, and a shard of the accepted ones that the
// strict reader takes.
#include <string>

#include "common/sgf/splitter.h"
#include "common/shard/shard.h"
#include "tests/fuzz/require.h"
#include "worker/parse/parse_job.h"

namespace moyo::fuzz {
namespace {

// Rows are in order, and the accepted ones count the shard's rows through.
void CheckRows(worker::ParseJob& job, size_t games, size_t source_bytes) {
  Require(job.rows().size() == games, "each game gives one row");
  uint64_t game_id = 1;
  uint32_t shard_row = 0;
  for (const worker::LedgerRow& row : job.rows()) {
    Require(row.game_id == game_id++, "rows are in the order of the games");
    Require(row.byte_offset <= source_bytes, "offsets lie in the source");
    Require(row.detail.size() <= 200, "details are bounded");
    if (row.state == worker::GameState::kAccepted) {
      Require(row.shard_row == shard_row, "accepted games fill the shard in order");
      Require(row.moves == job.columns().game_moves[shard_row++], "row and shard agree on moves");
    } else {
      Require(!row.reason.empty() && row.moves == 0, "what is left out has a reason");
    }
  }
  Require(shard_row == job.columns().games(), "the shard holds the accepted games alone");
}

}  // namespace
}  // namespace moyo::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moyo::fuzz;
  const std::string_view bytes = AsText(data, size);
  const size_t spans = moyo::sgf::SplitGames(bytes).size();
  const uint32_t games = spans == 0 ? 1 : static_cast<uint32_t>(spans);
  std::minstd_rand random = RandomOf(bytes);
  moyo::worker::ParseOptions options;
  options.min_moves = random() % 4;
  options.filter.max_moves = random() % 8 == 0 ? 10 : 1000;
  moyo::worker::ParseJob job(options);
  job.AddSource(bytes, 1, games);
  CheckRows(job, games, size);
  const auto read = moyo::shard::ReadNpz(moyo::shard::WriteNpz(job.columns()));
  Require(read.ok(), "the shard's reader takes the shard");
  Require(moyo::shard::DigestOf(*read) == moyo::shard::DigestOf(job.columns()),
          "the shard reads back with its digest");
  return 0;
}
