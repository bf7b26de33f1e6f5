#include "worker/parse/parse_job.h"

#include <utility>

namespace moyo::worker {

ParseJob::ParseJob(const ParseOptions& options, std::atomic<uint64_t>* games_parsed)
    : judge_(options), games_parsed_(games_parsed) {}

void ParseJob::BeginSource(uint64_t first_game, uint32_t expected_games) {
  games_.emplace(judge_.max_game_bytes(),
                 [this](const sgf::GameSpan& span, std::string_view text) { AddGame(span, text); });
  head_.clear();
  first_game_ = first_game;
  expected_games_ = expected_games;
  rows_before_ = rows_.size();
  shard_rows_before_ = columns_.games();
}

void ParseJob::Feed(std::string_view bytes) {
  if (head_.size() < kNoGameBytes) head_ += bytes.substr(0, kNoGameBytes - head_.size());
  games_->Feed(bytes);
}

void ParseJob::EndSource() {
  games_->Finish();
  const uint64_t found = games_->games();
  if (found == 0 && expected_games_ == 1) {
    AddRows(first_game_, 1, NoGameRow(head_));
  } else if (found != expected_games_) {
    DropSource();
    AddRows(first_game_, expected_games_, ChangedSourceRow(expected_games_, found));
  }
  games_.reset();
}

void ParseJob::DropSource() {
  rows_.resize(rows_before_);
  columns_.Truncate(shard_rows_before_);
  games_.reset();
}

void ParseJob::AddSource(std::string_view bytes, uint64_t first_game, uint32_t expected_games) {
  BeginSource(first_game, expected_games);
  Feed(bytes);
  EndSource();
}

void ParseJob::AddUnreadableSource(uint64_t first_game, uint32_t games, std::string_view detail) {
  AddRows(first_game, games, UnreadableSourceRow(detail));
}

void ParseJob::AddGame(const sgf::GameSpan& span, std::string_view text) {
  const uint64_t ordinal = rows_.size() - rows_before_;
  if (ordinal == expected_games_) return;  // one too many: the source has changed
  LedgerRow row = judge_.Judge(span, text);
  row.game_id = first_game_ + ordinal;
  if (row.state == GameState::kAccepted) {
    row.shard_row = static_cast<uint32_t>(columns_.games());
    columns_.Append(judge_.game(), row.identity.hash);
  }
  rows_.push_back(std::move(row));
  CountRows();
}

void ParseJob::AddRows(uint64_t first_game, uint32_t games, const LedgerRow& row) {
  for (uint32_t i = 0; i < games; ++i) {
    rows_.push_back(row);
    rows_.back().game_id = first_game + i;
  }
  CountRows();
}

void ParseJob::CountRows() {
  if (games_parsed_ == nullptr || *games_parsed_ >= rows_.size()) return;
  games_parsed_->store(rows_.size(), std::memory_order_relaxed);
}

}  // namespace moyo::worker
