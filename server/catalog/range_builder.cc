#include "server/catalog/range_builder.h"

#include <algorithm>
#include <optional>

namespace moyo::catalog {
namespace {

// Bytes that may wait for the end of a game. What lies beyond counts as the range's, but for what
// may prove to be the next game's opening.
constexpr size_t kMaxWaitingBytes = 4u << 20;

}  // namespace

RangeBuilder::RangeBuilder(std::function<uint32_t(uint64_t)> games_at,
                           std::function<void(const Range&)> emit)
    : games_at_(std::move(games_at)),
      emit_(std::move(emit)),
      sha_(std::make_unique<Sha256>()),
      most_games_(games_at_(0)) {
  stopped_ = most_games_ == 0;
}

void RangeBuilder::Feed(std::string_view bytes) {
  if (stopped_) return;
  buffer_ += bytes;
  splitter_.Feed(bytes);
  TakeSpans();
  if (buffer_.size() <= kMaxWaitingBytes) return;
  if (sha_ == nullptr) {
    // A gap or a game of this size: let the range begin here, where it can still be hashed.
    sha_ = std::make_unique<Sha256>();
    range_ = {};
    range_.offset = hashed_;
    most_games_ = games_at_(hashed_);
    stopped_ = most_games_ == 0;
  }
  HashUpTo(SettledEnd());
}

void RangeBuilder::Finish() {
  if (stopped_) return;
  splitter_.Finish();
  TakeSpans();
  if (stopped_ || sha_ == nullptr) return;
  if (range_.games_seen == 0 && emitted_) return;
  if (range_.games_seen == 0) last_end_ = hashed_ + buffer_.size();
  EndRange();
}

void RangeBuilder::TakeSpans() {
  for (const sgf::GameSpan& span : splitter_.spans()) {
    if (stopped_) break;
    TakeSpan(span);
  }
  splitter_.spans().clear();
}

void RangeBuilder::TakeSpan(const sgf::GameSpan& span) {
  if (sha_ == nullptr) {
    const uint64_t begin = std::max(span.begin, hashed_);
    most_games_ = games_at_(begin);
    stopped_ = most_games_ == 0;
    if (stopped_) return;
    buffer_.erase(0, begin - hashed_);
    hashed_ = begin;
    sha_ = std::make_unique<Sha256>();
    range_ = {};
    range_.offset = begin;
  }
  ++range_.games_seen;
  last_end_ = std::max(span.end, hashed_);
  if (range_.games_seen >= most_games_) EndRange();
}

// A game without its end ends where the next one's opening begins, and the range perhaps with it.
// An opening that is itself too long to wait for counts as the range's.
uint64_t RangeBuilder::SettledEnd() const {
  const uint64_t end = hashed_ + buffer_.size();
  const std::optional<uint64_t> opening = splitter_.begun().opening;
  if (!opening || end - *opening > kMaxWaitingBytes) return end;
  return std::max(*opening, hashed_);
}

void RangeBuilder::HashUpTo(uint64_t end) {
  const size_t count = std::min<uint64_t>(end - hashed_, buffer_.size());
  sha_->Update(std::string_view(buffer_).substr(0, count));
  buffer_.erase(0, count);
  hashed_ += count;
}

void RangeBuilder::EndRange() {
  HashUpTo(std::max(last_end_, hashed_));
  range_.length_bytes = hashed_ - range_.offset;
  range_.games = std::max<uint32_t>(range_.games_seen, 1);
  const Digest digest = sha_->Finish();
  std::copy_n(digest.begin(), range_.content_hash.size(), range_.content_hash.begin());
  sha_ = nullptr;
  emitted_ = true;
  emit_(range_);
}

}  // namespace moyo::catalog
