// Whole files, published atomically. Errors carry the path, errno's text and what to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace moyo {

// Writes to a temporary name beside `path`, fsyncs, renames, fsyncs the folder: after a crash the
// file is the old one or the new one, whole. RESOURCE_EXHAUSTED when the disk is full.
absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes);

// The same with mode 0600 from the first byte on: nobody but the owner can ever read it.
absl::Status WriteSecretFile(const std::string& path, std::string_view bytes);

// The same for a file that was already written under `temporary_path` in the same folder.
absl::Status PublishFile(const std::string& temporary_path, const std::string& path);

// A file descriptor to read from, which the caller closes. INVALID_ARGUMENT: no regular file but a
// device, a pipe or a socket, whose reading may never end; none is waited for. Else as ErrnoStatus.
absl::StatusOr<int> OpenRegularFile(const std::string& path);

// As OpenRegularFile, or RESOURCE_EXHAUSTED over `max_bytes`.
absl::StatusOr<std::string> ReadFile(const std::string& path, uint64_t max_bytes = UINT64_MAX);
// Gives a byte range to `receive` in pieces of at most 256 KiB, so that a range of any size can be
// read. `receive` returns false to stop (CANCELLED). OUT_OF_RANGE when the file is shorter.
absl::Status ReadFileRange(const std::string& path, uint64_t offset, uint64_t length_bytes,
                           absl::FunctionRef<bool(std::string_view bytes)> receive);

// mkdir -p.
absl::Status MakeFolder(const std::string& path);
// errno as a status: "cannot open 'x': No such file or directory". NOT_FOUND, PERMISSION_DENIED;
// RESOURCE_EXHAUSTED: the disk is full; UNAVAILABLE: not the file is at fault but the machine,
// which is short of memory or open files just now; INTERNAL: anything else.
absl::Status ErrnoStatus(int error, std::string_view what, const std::string& path);

// An exclusive lock on a file, held until destruction (flock). Keeps two servers off one run
// directory.
class FileLock {
 public:
  // FAILED_PRECONDITION when another process holds it.
  static absl::StatusOr<FileLock> Acquire(const std::string& path);
  FileLock(FileLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace moyo
