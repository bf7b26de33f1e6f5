// Where a trainer gets its games from: the dataset as it stands, and the one of an epoch under way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "trainer/data/shard_set.h"

namespace moyo::trainer {

// One thread at a time.
class DatasetSource {
 public:
  virtual ~DatasetSource() = default;
  // The newest dataset, to begin training with: waits until there is enough of it. CANCELLED on
  // shutdown.
  virtual absl::StatusOr<std::shared_ptr<const ShardSet>> First() = 0;
  // The newest dataset as it stands, for the next epoch: without waiting. UNAVAILABLE when it
  // cannot be had now; FAILED_PRECONDITION: it is another run's, whose games are not to be mixed
  // with those given out before. In both cases the trainer goes on with what it has.
  virtual absl::StatusOr<std::shared_ptr<const ShardSet>> Newest() = 0;
  // A dataset that First or Newest has returned, perhaps in an earlier process. NOT_FOUND when it
  // cannot be had any more.
  virtual absl::StatusOr<std::shared_ptr<const ShardSet>> OfDigest(const std::string& digest) = 0;
  // The dataset that another trainer's ShardSet::manifest names. DATA_LOSS: it is damaged.
  virtual absl::StatusOr<std::shared_ptr<const ShardSet>> OfManifest(
      const std::string& manifest) = 0;
};

// When First has waited enough.
struct StartRule {
  uint64_t start_after = 0;  // so many shards; 0: the whole parse
  // Called about once a second while it waits, with a line for people.
  std::function<void(const std::string&)> on_wait;
};

struct ShardsSoFar {
  uint64_t shards = 0;
  bool complete = false;  // no other one is to come
};

// Asks until the rule is met. CANCELLED on shutdown, or an error of `ask`.
absl::Status AwaitShards(const StartRule& rule,
                         absl::FunctionRef<absl::StatusOr<ShardsSoFar>()> ask);

}  // namespace moyo::trainer
