#include "server/catalog/file_scanner.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::catalog {
namespace {

constexpr uint64_t kFilesAtOnce = 1000;

bool IsGone(int error) { return error == ENOENT || error == ENOTDIR; }

// What is wrong lies in the file's bytes: while it stays as it is, no scan need look again.
bool IsOfItsBytes(const absl::Status& status) {
  return absl::IsDataLoss(status) || absl::IsResourceExhausted(status);
}

absl::Status Stopped() { return absl::CancelledError("the server is stopping"); }

}  // namespace

FileScanner::FileScanner(store::Store& store, uint32_t games_per_shard, uint64_t limit_games,
                         uint64_t next_file_id, std::function<bool()> is_stopped)
    : store_(store),
      games_per_shard_(games_per_shard),
      limit_games_(limit_games),
      first_new_file_(next_file_id),
      is_stopped_(std::move(is_stopped)),
      next_file_id_(next_file_id),
      visited_(next_file_id, false),
      packer_(store, games_per_shard) {}

absl::Status FileScanner::VisitFile(const std::string& path) {
  if (is_stopped_()) return Stopped();
  struct stat info = {};
  absl::Status looked;
  if (stat(path.c_str(), &info) != 0) {
    if (IsGone(errno)) return absl::OkStatus();  // removed since it was listed
    looked = ErrnoStatus(errno, "look at", path);
  }
  const uint64_t size_bytes = info.st_size;
  const uint64_t modified_ns = info.st_mtim.tv_sec * 1'000'000'000ull + info.st_mtim.tv_nsec;
  MOYO_ASSIGN_OR_RETURN(const std::optional<store::File> known, store_.FindFile(path));
  if (known && known->file_id < first_new_file_) visited_[known->file_id] = true;
  if (known && known->complete && !known->removed && known->size_bytes == size_bytes &&
      known->modified_ns == modified_ns) {
    result_.known += known->sources;
    games_ += known->games;
    return absl::OkStatus();
  }
  MOYO_RETURN_IF_ERROR(BeginFile(path, size_bytes, modified_ns, known));
  const absl::Status scanned = looked.ok() ? source::ReadSources(path, *this) : looked;
  if (was_stopped_) return Stopped();
  if (absl::IsUnavailable(scanned))
    return scanned;  // not this file's fault: the scan is made again
  if (!scanned.ok()) AddUnreadable(scanned);
  file_->file.complete = !cut_ && (scanned.ok() || IsOfItsBytes(scanned));
  packer_.EndFile(file_);
  MOYO_RETURN_IF_ERROR(status_);
  return SettleMarks(scanned.ok() && !cut_);
}

absl::Status FileScanner::SettleMarks(bool read_whole) {
  if (!returned_.empty()) {
    MOYO_RETURN_IF_ERROR(store_.MarkSources(returned_, store::Presence::kThere));
  }
  // Damage may hide what is there still.
  if (!read_whole) return absl::OkStatus();
  for (auto& [key, source] : known_) superseded_.push_back(std::move(source));
  for (store::Source& source : known_errors_) {
    if (!source.removed) superseded_.push_back(std::move(source));
  }
  result_.removed += superseded_.size();
  return superseded_.empty() ? absl::OkStatus()
                             : store_.MarkSources(superseded_, store::Presence::kRemoved);
}

absl::Status FileScanner::MarkMissing(const std::string& folder) {
  if (first_new_file_ == 1) return absl::OkStatus();  // none was known
  std::string after;
  for (;;) {
    if (is_stopped_()) return Stopped();
    MOYO_ASSIGN_OR_RETURN(const std::vector<store::File> files,
                          store_.FilesBelow(folder, after, kFilesAtOnce));
    if (files.empty()) return absl::OkStatus();
    after = files.back().path;
    for (const store::File& file : files) {
      if (file.file_id >= first_new_file_ || visited_[file.file_id]) continue;
      struct stat info;
      if (stat(file.path.c_str(), &info) == 0 || !IsGone(errno)) continue;
      MOYO_RETURN_IF_ERROR(store_.MarkFileRemoved(file.file_id));
      result_.removed += file.sources;
    }
  }
}

absl::Status FileScanner::BeginFile(const std::string& path, uint64_t size_bytes,
                                    uint64_t modified_ns, const std::optional<store::File>& known) {
  file_ = std::make_shared<FileProgress>();
  file_->file.file_id = known ? known->file_id : next_file_id_++;
  file_->file.path = path;
  file_->file.size_bytes = size_bytes;
  file_->file.modified_ns = modified_ns;
  known_.clear();
  known_removed_.clear();
  known_errors_.clear();
  superseded_.clear();
  returned_.clear();
  cut_ = false;
  was_stopped_ = false;
  status_ = absl::OkStatus();
  if (!known) return absl::OkStatus();
  MOYO_ASSIGN_OR_RETURN(std::vector<store::Source> sources, store_.SourcesOfFile(known->file_id));
  for (store::Source& source : sources) {
    if (!source.error.empty()) {
      known_errors_.push_back(std::move(source));
      continue;
    }
    const RangeKey key{source.member_index, source.offset};
    if (source.removed) {
      known_removed_[{key, source.content_hash}] = std::move(source);
      continue;
    }
    if (const auto earlier = known_.find(key); earlier != known_.end()) {
      superseded_.push_back(std::move(earlier->second));
    }
    known_[key] = std::move(source);
  }
  return absl::OkStatus();
}

bool FileScanner::BeginSource(const source::Member& member) {
  cut_ = LimitReached();
  was_stopped_ = is_stopped_();
  builder_.reset();
  if (cut_ || was_stopped_) return false;
  member_ = member;
  has_bytes_ = false;
  builder_.emplace([this](uint64_t offset) { return GamesAt(offset); },
                   [this](const Range& range) { AddRange(range); });
  return true;
}

bool FileScanner::Feed(std::string_view bytes) {
  was_stopped_ = is_stopped_();
  if (was_stopped_) return false;
  has_bytes_ = true;
  builder_->Feed(bytes);
  return !builder_->stopped() && status_.ok();
}

void FileScanner::EndSource(const absl::Status& status) {
  // Where it was stopped is no place to end a range.
  if (!builder_.has_value() || was_stopped_) return;
  // What came before damage counts; a source of which nothing can be read is its error alone.
  if (status.ok() || has_bytes_) builder_->Finish();
  cut_ = builder_->stopped();
}

// A range is cut where one was cut before, whatever the limits were then, and whatever became of
// the file since: the hash tells whether it is the same. Of those that began here it is the
// longest. A shorter one mostly ended with the file, when that was cut off for a time, and is found
// so again.
uint32_t FileScanner::GamesAt(uint64_t offset) const {
  if (LimitReached()) return 0;
  const RangeKey key{member_.index, offset};
  uint32_t games_before = 0;
  if (const auto known = known_.find(key); known != known_.end()) {
    games_before = known->second.games;
  }
  for (auto removed = known_removed_.lower_bound({key, Hash128{}});
       removed != known_removed_.end() && removed->first.first == key; ++removed) {
    games_before = std::max(games_before, removed->second.games);
  }
  if (games_before > 0) return games_before;
  if (limit_games_ == 0) return games_per_shard_;
  return std::min<uint64_t>(games_per_shard_, limit_games_ - games_);
}

void FileScanner::AddRange(const Range& range) {
  store::Source source;
  source.member = member_.name;
  source.member_index = member_.index;
  source.offset = range.offset;
  source.length_bytes = range.length_bytes;
  source.content_hash = range.content_hash;
  source.games = range.games;
  AddSource(std::move(source), range.games_seen);
}

void FileScanner::AddUnreadable(const absl::Status& why) {
  store::Source source;
  source.error = std::string(why.message());
  // No range has this hash: a worker that could open the file asks the server, and gets the error.
  source.content_hash = {};
  AddSource(std::move(source), 0);
}

void FileScanner::AddSource(store::Source source, uint32_t games_seen) {
  if (!status_.ok()) return;
  source.file_id = file_->file.file_id;
  ++file_->file.sources;
  file_->file.games += source.games;
  games_ += source.games;
  if (IsKnown(source)) {
    ++result_.known;
    return;
  }
  ++result_.sources;
  result_.games += source.games;
  status_ = packer_.Add(file_, std::move(source), games_seen);
}

bool FileScanner::IsKnown(const store::Source& source) {
  if (!source.error.empty()) return IsKnownError();
  const RangeKey key{source.member_index, source.offset};
  const auto known = known_.find(key);
  if (known != known_.end() && known->second.content_hash == source.content_hash &&
      known->second.games == source.games) {
    known_.erase(known);
    return true;
  }
  const auto removed = known_removed_.find({key, source.content_hash});
  if (removed == known_removed_.end() || removed->second.games != source.games) return false;
  returned_.push_back(std::move(removed->second));
  known_removed_.erase(removed);
  return true;
}

// Whatever its text: a file has one row for what cannot be read of it.
bool FileScanner::IsKnownError() {
  if (known_errors_.empty()) return false;
  if (known_errors_.back().removed) returned_.push_back(std::move(known_errors_.back()));
  known_errors_.pop_back();
  return true;
}

}  // namespace moyo::catalog
