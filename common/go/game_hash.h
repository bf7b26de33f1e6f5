// The game hash: one number for a game's moves, the same for its eight symmetric copies.
//
// Of the eight transformed games the one whose text (board size, sorted setup stones, then three
// bytes a move: colour, x, y) is lexicographically least is hashed: first 16 bytes of its SHA-256.
// Names, results and komi have no part in it.
#pragma once

#include "common/base/digest.h"
#include "common/go/types.h"

namespace moyo::go {

Hash128 GameHash(const GameRecord& game);

}  // namespace moyo::go
