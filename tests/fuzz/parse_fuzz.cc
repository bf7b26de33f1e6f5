// Any bytes as the source of a work unit: one row a game, and a shard of the accepted ones that the
// strict reader takes.
#include <string>

#include "common/sgf/splitter.h"
#include "common/shard/shard.h"
#include "tests/fuzz/require.h"
#include "worker/parse/parse_job.h"

namespace moyo::fuzz {
namespace {

// One time in two with a few filters, so that games are left out for every reason.
worker::ParseOptions OptionsOf(std::minstd_rand& random) {
  worker::ParseOptions options;
  options.min_moves = random() % 4;
  if (random() % 2 == 0) return options;
  const auto chosen = [&random] { return random() % 8 == 0; };
  worker::GameFilterOptions& filter = options.filter;
  if (chosen()) filter.board_size = 9;
  if (chosen()) filter.min_moves = 2;
  if (chosen()) filter.max_moves = 10;
  if (chosen()) filter.min_rank = -10;
  if (chosen()) filter.max_rank = 9;
  if (chosen()) filter.players = {"a", "吴"};
  if (chosen()) filter.first_date = 20160101;
  if (chosen()) filter.last_date = 20191231;
  if (chosen()) filter.min_komi_half_points = 1;
  if (chosen()) filter.max_handicap = 0;
  if (chosen()) filter.result_known = true;
  if (chosen()) filter.rulesets = {go::Ruleset::kJapanese, go::Ruleset::kUnknown};
  return options;
}

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

// In random pieces, after a source that was begun and dropped: the same rows and columns.
void CheckPieces(std::string_view bytes, const worker::ParseOptions& options, uint32_t games,
                 worker::ParseJob& whole, std::minstd_rand& random) {
  worker::ParseJob job(options);
  job.BeginSource(1, games);
  job.Feed(bytes.substr(0, random() % (bytes.size() + 1)));
  job.DropSource();
  job.BeginSource(1, games);
  const size_t longest = 1 + random() % 200;
  for (size_t at = 0; at < bytes.size();) {
    const size_t length = 1 + random() % longest;
    job.Feed(bytes.substr(at, length));
    at += length;
  }
  job.EndSource();
  Require(job.rows().size() == whole.rows().size(), "rows do not depend on the pieces");
  for (size_t i = 0; i < job.rows().size(); ++i) {
    const worker::LedgerRow& a = job.rows()[i];
    const worker::LedgerRow& b = whole.rows()[i];
    Require(a.state == b.state && a.reason == b.reason && a.byte_offset == b.byte_offset &&
                a.detail == b.detail && a.moves == b.moves && a.shard_row == b.shard_row,
            "a row does not depend on the pieces");
  }
  Require(shard::DigestOf(job.columns()) == shard::DigestOf(whole.columns()),
          "the shard does not depend on the pieces");
}

// A source that holds another number of games than the catalogue says gives nothing but its rows.
void CheckChanged(std::string_view bytes, const worker::ParseOptions& options, uint32_t games) {
  worker::ParseJob job(options);
  job.AddSource(bytes, 1, games);
  Require(job.rows().size() == games, "a changed source has its rows");
  for (const worker::LedgerRow& row : job.rows()) {
    Require(row.reason == "SOURCE_CHANGED", "a changed source is rejected whole");
  }
  Require(job.columns().games() == 0, "a changed source enters no shard");
}

}  // namespace
}  // namespace moyo::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moyo::fuzz;
  const std::string_view bytes = AsText(data, size);
  const size_t spans = moyo::sgf::SplitGames(bytes).size();
  const uint32_t games = spans == 0 ? 1 : static_cast<uint32_t>(spans);
  std::minstd_rand random = RandomOf(bytes);
  moyo::worker::ParseOptions options = OptionsOf(random);
  if (random() % 8 == 0) options.max_game_bytes = 1 + random() % 200;
  moyo::worker::ParseJob job(options);
  job.AddSource(bytes, 1, games);
  CheckRows(job, games, size);
  CheckPieces(bytes, options, games, job, random);
  CheckChanged(bytes, options, games + 1);
  if (games > 1) CheckChanged(bytes, options, games - 1);
  const auto read = moyo::shard::ReadNpz(moyo::shard::WriteNpz(job.columns()));
  Require(read.ok(), "the shard's reader takes the shard");
  Require(moyo::shard::DigestOf(*read) == moyo::shard::DigestOf(job.columns()),
          "the shard reads back with its digest");
  return 0;
}
