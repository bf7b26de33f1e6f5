#include "server/store/shard_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/files.h"

namespace moyo::store {

ShardUpload::ShardUpload(int fd, std::string temporary_path, std::string path,
                         uint64_t length_bytes)
    : fd_(fd),
      temporary_path_(std::move(temporary_path)),
      path_(std::move(path)),
      length_bytes_(length_bytes) {}

ShardUpload::~ShardUpload() {
  if (fd_ < 0) return;
  close(fd_);
  unlink(temporary_path_.c_str());
}

absl::Status ShardUpload::Append(const std::string& bytes) {
  received_bytes_ += bytes.size();
  if (received_bytes_ > length_bytes_) {
    return absl::InvalidArgumentError("the shard is longer than its header says");
  }
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = write(fd_, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus(errno, "write", temporary_path_);
    done += written;
  }
  return absl::OkStatus();
}

absl::Status ShardUpload::Truncate(uint64_t size_bytes) {
  if (ftruncate(fd_, static_cast<off_t>(size_bytes)) != 0 ||
      lseek(fd_, static_cast<off_t>(size_bytes), SEEK_SET) < 0) {
    return ErrnoStatus(errno, "cut", temporary_path_);
  }
  received_bytes_ = size_bytes;
  return absl::OkStatus();
}

absl::Status ShardUpload::Sync() {
  if (received_bytes_ != length_bytes_) {
    return absl::InvalidArgumentError(
        absl::StrCat("the shard has ", received_bytes_, " bytes, its header says ", length_bytes_));
  }
  return fsync(fd_) == 0 ? absl::OkStatus() : ErrnoStatus(errno, "sync", temporary_path_);
}

absl::Status ShardUpload::Publish() {
  if (rename(temporary_path_.c_str(), path_.c_str()) != 0) {
    return ErrnoStatus(errno, "rename to", path_);
  }
  close(fd_);
  fd_ = -1;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ShardUpload>> ShardFiles::Begin(work::UnitId unit,
                                                               work::FencingToken token,
                                                               uint64_t length_bytes) {
  // Two uploads under one token (a retry beside its predecessor) must not share a file.
  static std::atomic<uint64_t> next_number{1};
  const std::string path = PathOf(unit, token);
  const std::string temporary = absl::StrCat(path, ".", next_number.fetch_add(1), ".tmp");
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoStatus(errno, "create", temporary);
  return std::unique_ptr<ShardUpload>(new ShardUpload(fd, temporary, path, length_bytes));
}

std::string ShardFiles::PathOf(work::UnitId unit, work::FencingToken token) const {
  return absl::StrCat(folder_, "/", absl::StrFormat("unit-%08d-t%d.npz", unit.value, token.value));
}

void ShardFiles::Remove(work::UnitId unit, work::FencingToken token) {
  unlink(PathOf(unit, token).c_str());
}

bool ShardFiles::HoldsAny() const {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".npz") return true;
  }
  return false;
}

absl::Status ShardFiles::Sweep(const std::set<std::string>& kept) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string path = entry->path().string();
    if (!kept.contains(path)) unlink(path.c_str());
  }
  if (error) return ErrnoStatus(error.value(), "read folder", folder_);
  return absl::OkStatus();
}

}  // namespace moyo::store
