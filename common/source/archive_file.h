// The bytes of an archive's file, as libarchive asks for them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"

struct archive;

namespace moyo::source {

// Remembers why a read failed: libarchive does not, since its formats put words of their own over
// it ("Truncated ZIP file body"). A regular file, of the size it had when it was opened. Not
// thread-safe.
class ArchiveFile {
 public:
  // The descriptor is closed at destruction.
  ArchiveFile(int fd, std::string path, uint64_t size_bytes);
  ~ArchiveFile();
  ArchiveFile(const ArchiveFile&) = delete;
  ArchiveFile& operator=(const ArchiveFile&) = delete;

  // Lets `handle` read from here, for as long as it lives; libarchive's code.
  int OpenIn(archive* handle);
  // OK until a read fails, then as ErrnoStatus.
  const absl::Status& status() const { return status_; }

 private:
  int64_t Read(const void** bytes);
  int64_t Skip(int64_t most_bytes);
  int64_t Seek(int64_t offset, int whence);

  const int fd_;
  const std::string path_;
  const int64_t size_bytes_;
  const std::unique_ptr<char[]> buffer_;
  int64_t position_ = 0;  // may lie behind the end
  absl::Status status_;
};

}  // namespace moyo::source
