#include "common/source/archive_file.h"

#include <archive.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/base/files.h"

namespace moyo::source {
namespace {

constexpr size_t kBlockBytes = 256 * 1024;

}  // namespace

ArchiveFile::ArchiveFile(int fd, std::string path, uint64_t size_bytes)
    : fd_(fd),
      path_(std::move(path)),
      size_bytes_(static_cast<int64_t>(size_bytes)),
      buffer_(new char[kBlockBytes]) {}  // not cleared: most archives are small

ArchiveFile::~ArchiveFile() { close(fd_); }

// Seek, too: without it libarchive reads zip by what stands before each member, and no 7z.
int ArchiveFile::OpenIn(archive* handle) {
  archive_read_set_callback_data(handle, this);
  archive_read_set_read_callback(handle, [](archive*, void* file, const void** bytes) {
    return static_cast<la_ssize_t>(static_cast<ArchiveFile*>(file)->Read(bytes));
  });
  archive_read_set_skip_callback(handle, [](archive*, void* file, la_int64_t most_bytes) {
    return static_cast<la_int64_t>(static_cast<ArchiveFile*>(file)->Skip(most_bytes));
  });
  archive_read_set_seek_callback(handle, [](archive*, void* file, la_int64_t offset, int whence) {
    return static_cast<la_int64_t>(static_cast<ArchiveFile*>(file)->Seek(offset, whence));
  });
  return archive_read_open1(handle);
}

int64_t ArchiveFile::Read(const void** bytes) {
  *bytes = buffer_.get();
  // The system refuses places that only a damaged archive names; that is no failing read.
  if (position_ >= size_bytes_) return 0;
  ssize_t got;
  do {
    got = pread(fd_, buffer_.get(), kBlockBytes, position_);
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    status_.Update(ErrnoStatus(errno, "read", path_));
    return ARCHIVE_FATAL;
  }
  position_ += got;
  return got;
}

int64_t ArchiveFile::Skip(int64_t most_bytes) {
  const int64_t skipped = std::max<int64_t>(0, std::min(most_bytes, size_bytes_ - position_));
  position_ += skipped;
  return skipped;
}

int64_t ArchiveFile::Seek(int64_t offset, int whence) {
  const int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? position_ : size_bytes_;
  int64_t place;
  if (__builtin_add_overflow(from, offset, &place) || place < 0) return ARCHIVE_FATAL;
  return position_ = place;
}

}  // namespace moyo::source
