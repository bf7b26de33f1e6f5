// What tells one game from another: the game hash, the same for a game's eight symmetric copies,
// and marks along the way, by which a game is found that another one only goes on.
//
// Of the eight transformed games the one whose text (board size, sorted setup stones, then three
// bytes a move: colour, x, y) is lexicographically least is the canonical one. The text of a game's
// beginning is the beginning of its text. Names, results and komi have no part in it.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/digest.h"
#include "common/go/types.h"

namespace moyo::go {

inline constexpr size_t kMovesPerMark = 32;

struct GameIdentity {
  Hash128 hash{};        // of the canonical text: first 16 bytes of its SHA-256
  uint8_t symmetry = 0;  // that makes this record canonical; two equal games have one hash and one
                         // symmetry, symmetric copies one hash
  // Entry i is over the text of setup and the first (i + 1) * kMovesPerMark moves. Games with equal
  // marks are alike as far as they go, but for one in four billion.
  std::vector<uint32_t> marks;
};

// Fills `identity`, whose memory is used again.
void Identify(const GameRecord& game, GameIdentity& identity);

Hash128 GameHash(const GameRecord& game);

// Whether `longer`, or a symmetric copy of it, begins with all of `shorter` and then goes on.
bool IsContinuedBy(const GameRecord& shorter, const GameRecord& longer);

}  // namespace moyo::go
