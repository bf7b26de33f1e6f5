// The one list of a shard's columns: name, NumPy type, entries a row. Digest, writer and reader
// follow it.
#pragma once

#include <cstdint>
#include <type_traits>

#include "common/shard/shard.h"

namespace moyo::shard {

// What one entry of a column belongs to.
enum class Owner : uint8_t { kGame, kMove, kSetup };

inline constexpr uint8_t kOffTurn = 0x80;   // in move_x: the colour is not the expected one
inline constexpr uint32_t kHashBytes = 16;  // entries a row of game_hash

// NumPy's name of a type, little-endian.
template <typename T>
constexpr const char* NumpyType() {
  if constexpr (sizeof(T) == 1) return std::is_signed_v<T> ? "|i1" : "|u1";
  return std::is_signed_v<T> ? "<i2" : "<u2";
}

// Calls visit(name, column, owner, entries a row) for each column, in the file's order.
template <typename ColumnsType, typename Visit>
void ForEachColumn(ColumnsType& c, Visit&& visit) {
  visit("game_moves", c.game_moves, Owner::kGame, 1u);
  visit("game_setup", c.game_setup, Owner::kGame, 1u);
  visit("game_board_size", c.game_board_size, Owner::kGame, 1u);
  visit("game_ruleset", c.game_ruleset, Owner::kGame, 1u);
  visit("game_winner", c.game_winner, Owner::kGame, 1u);
  visit("game_by_resignation", c.game_by_resignation, Owner::kGame, 1u);
  visit("game_komi_half_points", c.game_komi_half_points, Owner::kGame, 1u);
  visit("game_margin_half_points", c.game_margin_half_points, Owner::kGame, 1u);
  visit("game_handicap", c.game_handicap, Owner::kGame, 1u);
  visit("game_black_rank", c.game_black_rank, Owner::kGame, 1u);
  visit("game_white_rank", c.game_white_rank, Owner::kGame, 1u);
  visit("game_year", c.game_year, Owner::kGame, 1u);
  visit("game_hash", c.game_hash, Owner::kGame, kHashBytes);
  visit("move_x", c.move_x, Owner::kMove, 1u);
  visit("move_y", c.move_y, Owner::kMove, 1u);
  visit("setup_x", c.setup_x, Owner::kSetup, 1u);
  visit("setup_y", c.setup_y, Owner::kSetup, 1u);
}

}  // namespace moyo::shard
