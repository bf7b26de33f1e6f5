#include "trainer/data/windows.h"

#include "trainer/data/permutation.h"

namespace moyo::trainer {
namespace {

constexpr uint64_t kShardOrder = 0x77696e646f7773;  // apart from the order of positions

}  // namespace

std::vector<Window> PlanWindows(std::span<const ShardSize> shards, uint64_t limit_bytes,
                                uint64_t seed, uint64_t epoch) {
  uint64_t total_bytes = 0;
  for (const ShardSize& shard : shards) total_bytes += shard.memory_bytes;
  const bool one_window = total_bytes <= limit_bytes;
  const Permutation order(seed ^ kShardOrder, epoch, shards.empty() ? 1 : shards.size());
  std::vector<Window> windows;
  uint64_t index = 0, window_bytes = 0;
  for (uint64_t i = 0; i < shards.size(); ++i) {
    const auto shard = static_cast<uint32_t>(one_window ? i : order(i));
    const ShardSize& size = shards[shard];
    if (size.positions == 0) continue;
    if (windows.empty() || (!one_window && window_bytes + size.memory_bytes > limit_bytes)) {
      windows.emplace_back().first_index = index;
      window_bytes = 0;
    }
    windows.back().shards.push_back(shard);
    windows.back().positions += size.positions;
    window_bytes += size.memory_bytes;
    index += size.positions;
  }
  return windows;
}

}  // namespace moyo::trainer
