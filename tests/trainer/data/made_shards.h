// Shards that are made, not parsed, and a source of datasets of them.
#pragma once

#include <climits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/trainer/data/made_dataset.h"
#include "trainer/data/dataset_source.h"

namespace moyo::trainer {

class MadeShards final : public ShardSet {
 public:
  MadeShards(std::vector<shard::Columns> shards, char digest)
      : ShardSet(std::string(32, digest)), shards_(std::move(shards)) {}
  size_t size() const override { return shards_.size(); }
  absl::StatusOr<shard::Columns> Read(size_t shard) const override {
    ++reads_;
    if (reads_ > readable_times_ || unreadable_.contains(shard))
      return absl::DataLossError("a shard that cannot be read");
    return shards_[shard];
  }
  std::span<const uint32_t> left_out_rows(size_t) const override { return {}; }
  uint64_t memory_bytes() const override {
    uint64_t games = 0, positions = 0;
    for (const shard::Columns& columns : shards_) {
      games += columns.games();
      positions += columns.positions();
    }
    return Dataset::EstimateBytes(games, positions);
  }
  std::string manifest() const override { return digest(); }
  int reads() const { return reads_; }
  void Break(size_t shard) { unreadable_.insert(shard); }
  // No read after so many of them.
  void BreakAfter(int reads) { readable_times_ = reads; }

 private:
  const std::vector<shard::Columns> shards_;
  std::set<size_t> unreadable_;
  mutable int reads_ = 0;
  int readable_times_ = INT_MAX;
};

// `count` shards of `games` random games of `plies` moves each.
inline std::shared_ptr<MadeShards> MakeShards(int count, int games, char digest = 'd',
                                              int plies = 8) {
  std::vector<shard::Columns> shards;
  for (int i = 0; i < count; ++i) shards.push_back(MadeColumns(games, 1000 * i, plies));
  return std::make_shared<MadeShards>(std::move(shards), digest);
}

// Datasets are added by the test; those that it forgets cannot be had again.
class MadeSource final : public DatasetSource {
 public:
  void Add(std::shared_ptr<const ShardSet> shards) {
    newest_ = shards;
    known_[shards->digest()] = std::move(shards);
  }
  void Forget(const std::string& digest) { known_.erase(digest); }
  // Newest answers as if the server were away.
  void SetAway(bool away) { away_ = away; }
  // How waiting for the first games ends.
  void SetFirst(const absl::Status& status) { first_ = status; }
  // What the next call of Newest finds, as if it had been parsed meanwhile.
  void AddLater(std::shared_ptr<const ShardSet> shards) { later_ = std::move(shards); }

  absl::StatusOr<std::shared_ptr<const ShardSet>> First() override {
    if (!first_.ok()) return first_;
    return newest_;
  }
  absl::StatusOr<std::shared_ptr<const ShardSet>> Newest() override {
    if (away_) return absl::UnavailableError("the server is away");
    if (later_ != nullptr) Add(std::exchange(later_, nullptr));
    return newest_;
  }
  absl::StatusOr<std::shared_ptr<const ShardSet>> OfDigest(const std::string& digest) override {
    const auto found = known_.find(digest);
    if (found == known_.end()) return absl::NotFoundError("not known any more");
    return found->second;
  }
  absl::StatusOr<std::shared_ptr<const ShardSet>> OfManifest(const std::string& manifest) override {
    return OfDigest(manifest);
  }

 private:
  std::shared_ptr<const ShardSet> newest_, later_;
  std::map<std::string, std::shared_ptr<const ShardSet>> known_;
  absl::Status first_;
  bool away_ = false;
};

}  // namespace moyo::trainer
