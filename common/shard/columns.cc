#include <algorithm>
#include <bit>

#include "common/shard/column_list.h"
#include "common/shard/shard.h"

namespace moyo::shard {
namespace {

static_assert(std::endian::native == std::endian::little,
              "columns are written as they lie in memory");

constexpr int kSetupColorShift = 5;

}  // namespace

void Columns::Append(const go::GameRecord& game, const Hash128& hash) {
  game_moves.push_back(game.moves.size());
  game_setup.push_back(game.setup.size());
  game_board_size.push_back(game.info.board_size);
  game_ruleset.push_back(static_cast<uint8_t>(game.info.ruleset));
  game_winner.push_back(static_cast<uint8_t>(game.info.winner));
  game_by_resignation.push_back(game.info.by_resignation);
  game_komi_half_points.push_back(game.info.komi_half_points);
  game_margin_half_points.push_back(game.info.margin_half_points);
  game_handicap.push_back(game.info.handicap);
  game_black_rank.push_back(game.info.black_rank);
  game_white_rank.push_back(game.info.white_rank);
  game_year.push_back(game.info.year);
  game_hash.insert(game_hash.end(), hash.begin(), hash.end());
  go::Color expected = go::Color::kBlack;
  for (const go::Move& move : game.moves) {
    move_x.push_back(move.point.x | (move.color == expected ? 0 : kOffTurn));
    move_y.push_back(move.point.y);
    expected = go::Opposite(move.color);
  }
  for (const go::Setup& setup : game.setup) {
    // Black 0, White 1, cleared 2.
    const int color = (static_cast<int>(setup.color) + 2) % 3;
    setup_x.push_back(setup.point.x);
    setup_y.push_back(setup.point.y | color << kSetupColorShift);
  }
}

void Columns::Truncate(size_t games) {
  size_t moves = positions();
  size_t setup = setup_x.size();
  for (size_t row = games; row < game_moves.size(); ++row) {
    moves -= game_moves[row];
    setup -= game_setup[row];
  }
  ForEachColumn(*this, [&](const char*, auto& column, Owner owner, uint32_t entries) {
    column.resize(owner == Owner::kGame ? games * entries : owner == Owner::kMove ? moves : setup);
  });
}

void Columns::Clear() {
  ForEachColumn(*this, [](const char*, auto& column, Owner, uint32_t) { column.clear(); });
}

void ReadGame(const Columns& columns, size_t row, size_t first_move, size_t first_setup,
              go::GameRecord& game) {
  game.Clear();
  game.info.board_size = columns.game_board_size[row];
  game.info.ruleset = static_cast<go::Ruleset>(columns.game_ruleset[row]);
  game.info.winner = static_cast<go::Winner>(columns.game_winner[row]);
  game.info.by_resignation = columns.game_by_resignation[row] != 0;
  game.info.komi_half_points = columns.game_komi_half_points[row];
  game.info.margin_half_points = columns.game_margin_half_points[row];
  game.info.handicap = columns.game_handicap[row];
  game.info.black_rank = columns.game_black_rank[row];
  game.info.white_rank = columns.game_white_rank[row];
  game.info.year = columns.game_year[row];
  go::Color color = go::Color::kBlack;
  for (size_t i = first_move; i < first_move + columns.game_moves[row]; ++i) {
    if (columns.move_x[i] & kOffTurn) color = go::Opposite(color);
    const uint8_t x = columns.move_x[i] & ~kOffTurn;
    game.moves.push_back({{x, columns.move_y[i]}, color});
    color = go::Opposite(color);
  }
  for (size_t i = first_setup; i < first_setup + columns.game_setup[row]; ++i) {
    const int kind = columns.setup_y[i] >> kSetupColorShift;
    const uint8_t y = columns.setup_y[i] & ((1 << kSetupColorShift) - 1);
    game.setup.push_back({{columns.setup_x[i], y}, static_cast<go::Color>((kind + 1) % 3)});
  }
}

Digest DigestOf(const Columns& columns) {
  Sha256 sha;
  sha.Update(&kFormatVersion, sizeof(kFormatVersion));
  ForEachColumn(columns, [&](const char* name, const auto& column, Owner, uint32_t) {
    const std::string_view text(name);
    const uint64_t size_bytes = column.size() * sizeof(column[0]);
    sha.Update(text);
    sha.Update(&size_bytes, sizeof(size_bytes));
    sha.Update(column.data(), size_bytes);
  });
  return sha.Finish();
}

}  // namespace moyo::shard
