// Whether a game of one shard goes on where a game of another (or the same) ends: for the server,
// which knows shards as bytes and no rules.
#pragma once

#include <cstddef>

#include "common/shard/shard.h"

namespace moyo::shard {

// True when row `longer_row` begins with all the moves of row `shorter_row`, in any of the eight
// symmetries, and has more. The rows must exist.
bool IsContinuedBy(const Columns& shorter, size_t shorter_row, const Columns& longer,
                   size_t longer_row);

}  // namespace moyo::shard
