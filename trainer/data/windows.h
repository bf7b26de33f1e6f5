// An epoch over more games than memory holds: the shards in groups that fit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace moyo::trainer {

struct ShardSize {
  uint64_t positions = 0;     // for training
  uint64_t memory_bytes = 0;  // of the whole shard
};

// Shards that are in memory together, and their part of the epoch.
struct Window {
  std::vector<uint32_t> shards;
  uint64_t first_index = 0;  // in the epoch
  uint64_t positions = 0;
};

// All shards in manifest order as one window when they fit into limit_bytes. Else a random order of
// the shards, a function of (seed, epoch), cut where the next one would not fit; a shard larger
// than the limit stands alone. Each shard with positions is in exactly one window.
//
// Uniformity: within a window any order of its positions is as likely as in a whole epoch.
// Positions of two windows never mix within an epoch, but each epoch groups the shards anew. So
// batches are independent draws as long as a window holds many more games than a batch has
// positions, and shards are not sorted by something that matters, within a window.
std::vector<Window> PlanWindows(std::span<const ShardSize> shards, uint64_t limit_bytes,
                                uint64_t seed, uint64_t epoch);

}  // namespace moyo::trainer
