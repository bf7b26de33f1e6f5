#include "common/shard/continuation.h"

#include <numeric>

#include "common/go/game_hash.h"

namespace moyo::shard {
namespace {

go::GameRecord GameAt(const Columns& columns, size_t row) {
  const auto before = [row](const auto& counts) {
    return std::accumulate(counts.begin(), counts.begin() + row, size_t{0});
  };
  go::GameRecord game;
  ReadGame(columns, row, before(columns.game_moves), before(columns.game_setup), game);
  return game;
}

}  // namespace

bool IsContinuedBy(const Columns& shorter, size_t shorter_row, const Columns& longer,
                   size_t longer_row) {
  return go::IsContinuedBy(GameAt(shorter, shorter_row), GameAt(longer, longer_row));
}

}  // namespace moyo::shard
