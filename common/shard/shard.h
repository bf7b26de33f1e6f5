// A shard: the accepted games of one work unit, in columns. FORMAT.md says how it lies in the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/digest.h"
#include "common/go/types.h"

namespace moyo::shard {

inline constexpr uint32_t kFormatVersion = 1;
// Of a shard's file: larger ones are neither taken nor fetched.
inline constexpr uint64_t kMaxFileBytes = uint64_t{1} << 30;

// Columns of a shard. Row r of the game columns is one game; its moves are
// move_x/move_y[first_move(r) .. first_move(r) + game_moves[r]), and so for setup.
// Plain data; copy and move freely.
struct Columns {
  // One entry a game.
  std::vector<uint16_t> game_moves;
  std::vector<uint16_t> game_setup;  // number of setup stones
  std::vector<uint8_t> game_board_size;
  std::vector<uint8_t> game_ruleset;  // go::Ruleset
  std::vector<uint8_t> game_winner;   // go::Winner
  std::vector<uint8_t> game_by_resignation;
  std::vector<int16_t> game_komi_half_points;
  std::vector<int16_t> game_margin_half_points;
  std::vector<uint8_t> game_handicap;
  std::vector<int8_t> game_black_rank;
  std::vector<int8_t> game_white_rank;
  std::vector<uint16_t> game_year;
  std::vector<uint8_t> game_hash;  // 16 bytes a game
  // One entry a move. x: bits 0-4 the column (31 pass), bit 7 set when the colour is not the
  // expected one (Black first, then the opposite of the move before). y: the row (31 pass).
  std::vector<uint8_t> move_x;
  std::vector<uint8_t> move_y;
  // One entry a setup stone. y: the row, plus 32 for White, 64 for cleared.
  std::vector<uint8_t> setup_x;
  std::vector<uint8_t> setup_y;

  size_t games() const { return game_moves.size(); }
  size_t positions() const { return move_x.size(); }
  void Append(const go::GameRecord& game, const Hash128& hash);
  // Drops all rows from `games` on.
  void Truncate(size_t games);
  void Clear();
};

// Reads game `row` back; `first_move` and `first_setup` are where its entries begin.
void ReadGame(const Columns& columns, size_t row, size_t first_move, size_t first_setup,
              go::GameRecord& game);

// SHA-256 over the columns in FORMAT.md's order; does not depend on compression.
Digest DigestOf(const Columns& columns);

// Writes an .npz (zip of .npy, deflate) that numpy.load opens.
std::string WriteNpz(const Columns& columns);

// Reads and validates: zip structure, CRC, column set, types, lengths, points on their board.
// DATA_LOSS names the column and the byte offset; it may also be more than `max_unpacked_bytes`, of
// which none are unpacked. Reads what NumPy's savez writes, too.
absl::StatusOr<Columns> ReadNpz(std::string_view bytes,
                                uint64_t max_unpacked_bytes = uint64_t{1} << 31);

}  // namespace moyo::shard
