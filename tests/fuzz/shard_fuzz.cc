// Any bytes as a shard: refused with DATA_LOSS or FAILED_PRECONDITION, or read into columns that
// can be used without another check, and that write back with the same digest.
#include <string>

#include "common/go/replay.h"
#include "common/shard/shard.h"
#include "tests/fuzz/require.h"

namespace moyo::fuzz {
namespace {

void CheckGames(const shard::Columns& columns) {
  static go::Replayer replayer;
  static go::GameRecord game;
  size_t first_move = 0;
  size_t first_setup = 0;
  for (size_t row = 0; row < columns.games(); ++row) {
    shard::ReadGame(columns, row, first_move, first_setup, game);
    Require(game.moves.size() == columns.game_moves[row], "a game has its moves");
    Require(game.setup.size() == columns.game_setup[row], "a game has its setup stones");
    replayer.Replay(game);  // legal or not: points are on the board, so it must stand it
    first_move += columns.game_moves[row];
    first_setup += columns.game_setup[row];
  }
  Require(first_move == columns.positions(), "every move belongs to a game");
  Require(first_setup == columns.setup_x.size(), "every setup stone belongs to a game");
}

}  // namespace
}  // namespace moyo::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moyo::fuzz;
  const auto columns = moyo::shard::ReadNpz(AsText(data, size));
  if (!columns.ok()) {
    Require(absl::IsDataLoss(columns.status()) || absl::IsFailedPrecondition(columns.status()),
            "a refused shard is damaged or of another version");
    Require(!columns.status().message().empty(), "a refusal says why");
    return 0;
  }
  CheckGames(*columns);
  const auto again = moyo::shard::ReadNpz(moyo::shard::WriteNpz(*columns));
  Require(again.ok(), "what was read can be written and read");
  Require(moyo::shard::DigestOf(*again) == moyo::shard::DigestOf(*columns),
          "the digest does not depend on who wrote the file");
  return 0;
}
