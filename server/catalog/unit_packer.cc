#include "server/catalog/unit_packer.h"

#include <algorithm>

#include "common/base/status_macros.h"

namespace moyo::catalog {
namespace {

constexpr size_t kBatchSources = 2000;
constexpr uint64_t kMaxUnitBytes = 64ull << 20;  // unless one source is larger

}  // namespace

absl::Status UnitPacker::Add(const std::shared_ptr<FileProgress>& file, store::Source source,
                             uint32_t games_seen) {
  const bool is_full = open_games_ + source.games > games_per_shard_ ||
                       open_bytes_ + source.length_bytes > kMaxUnitBytes;
  if (open_games_ > 0 && is_full) CloseUnit();
  open_games_ += source.games;
  open_bytes_ += source.length_bytes;
  ++file->added;
  items_.push_back({file, std::move(source), games_seen});
  if (closed_items_ < flush_at_items_) return absl::OkStatus();
  flush_at_items_ = std::min(flush_at_items_ * 4, kBatchSources);
  return Flush();
}

void UnitPacker::EndFile(const std::shared_ptr<FileProgress>& file) {
  file->ended = true;
  // Otherwise the flush that writes its last source writes this too.
  if (file->written == file->added) ended_.push_back(file);
}

absl::Status UnitPacker::Finish() {
  CloseUnit();
  return Flush();
}

void UnitPacker::CloseUnit() {
  if (open_games_ == 0) return;
  closed_units_.push_back(items_.size() - closed_items_);
  closed_items_ = items_.size();
  open_games_ = 0;
  open_bytes_ = 0;
}

absl::Status UnitPacker::Flush() {
  if (closed_items_ == 0 && ended_.empty()) return absl::OkStatus();
  store::CatalogueBatch batch;
  std::vector<std::shared_ptr<FileProgress>> files = std::move(ended_);
  ended_.clear();
  for (size_t i = 0; i < closed_items_; ++i) {
    Item& item = items_[i];
    if (files.empty() || files.back() != item.file) files.push_back(item.file);
    ++item.file->written;
    batch.games_seen += item.games_seen;
    batch.sources.push_back(std::move(item.source));
  }
  for (const auto& file : files) {
    store::File written = file->file;
    written.complete = file->file.complete && file->ended && file->written == file->added;
    batch.files.push_back(std::move(written));
  }
  batch.unit_sources = std::move(closed_units_);
  closed_units_.clear();
  items_.erase(items_.begin(), items_.begin() + static_cast<ptrdiff_t>(closed_items_));
  closed_items_ = 0;
  return store_.AddBatch(std::move(batch));
}

}  // namespace moyo::catalog
