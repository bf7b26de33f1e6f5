#include "common/base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace moyo {
namespace {

constexpr uint64_t kPieceBytes = 256 * 1024;

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

absl::Status SyncFolder(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open folder", folder);
  const absl::Cleanup close_fd = [fd] { close(fd); };
  if (fsync(fd) != 0) return ErrnoStatus(errno, "sync folder", folder);
  return absl::OkStatus();
}

absl::Status WriteAndSync(const std::string& path, std::string_view bytes, mode_t mode) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return ErrnoStatus(errno, "create", path);
  const absl::Cleanup close_fd = [fd] { close(fd); };
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, "write", path);
    }
    bytes.remove_prefix(written);
  }
  if (fsync(fd) != 0) return ErrnoStatus(errno, "sync", path);
  return absl::OkStatus();
}

absl::Status ReadExactly(int fd, const std::string& path, uint64_t offset, std::string& bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = pread(fd, bytes.data() + done, bytes.size() - done, offset + done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read", path);
    if (got == 0) return absl::OutOfRangeError(absl::StrCat("'", path, "' became shorter"));
    done += got;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ErrnoStatus(int error, std::string_view what, const std::string& path) {
  const std::string text = absl::StrCat("cannot ", absl::string_view(what.data(), what.size()),
                                        " '", path, "': ", std::strerror(error));
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(absl::StrCat(text, "; check the path"));
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(absl::StrCat(text, "; check its owner and permissions"));
    case EROFS:
      return absl::PermissionDeniedError(absl::StrCat(text, "; name a place that can be written"));
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(absl::StrCat(text, "; free some space and run again"));
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::UnavailableError(text);
    default:
      return absl::InternalError(text);
  }
}

absl::Status PublishFile(const std::string& temporary_path, const std::string& path) {
  if (rename(temporary_path.c_str(), path.c_str()) != 0)
    return ErrnoStatus(errno, "rename to", path);
  return SyncFolder(FolderOf(path));
}

namespace {
std::string TemporaryNameOf(const std::string& path) {
  return absl::StrCat(path, ".tmp.", getpid());
}

absl::Status WriteAndPublish(const std::string& path, std::string_view bytes, mode_t mode) {
  const std::string temporary = TemporaryNameOf(path);
  absl::Cleanup remove_temporary = [&] { unlink(temporary.c_str()); };
  MOYO_RETURN_IF_ERROR(WriteAndSync(temporary, bytes, mode));
  MOYO_RETURN_IF_ERROR(PublishFile(temporary, path));
  std::move(remove_temporary).Cancel();
  return absl::OkStatus();
}
}  // namespace

absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes) {
  return WriteAndPublish(path, bytes, 0644);
}

absl::Status WriteSecretFile(const std::string& path, std::string_view bytes) {
  unlink(TemporaryNameOf(path).c_str());  // what a crash left over may have another mode
  return WriteAndPublish(path, bytes, 0600);
}

absl::StatusOr<int> OpenRegularFile(const std::string& path) {
  // Opening a named pipe would wait for its writer.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 && errno != ENXIO) return ErrnoStatus(errno, "open", path);  // ENXIO: a socket
  absl::Cleanup close_fd = [fd] { close(fd); };
  struct stat info = {};
  if (fd >= 0 && fstat(fd, &info) != 0) return ErrnoStatus(errno, "stat", path);
  if (S_ISDIR(info.st_mode)) return ErrnoStatus(EISDIR, "read", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", path, "' is a device, a pipe or a socket; name a file"));
  }
  std::move(close_fd).Cancel();
  return fd;
}

absl::StatusOr<std::string> ReadFile(const std::string& path, uint64_t max_bytes) {
  MOYO_ASSIGN_OR_RETURN(const int fd, OpenRegularFile(path));
  const absl::Cleanup close_fd = [fd] { close(fd); };
  struct stat info;
  if (fstat(fd, &info) != 0) return ErrnoStatus(errno, "stat", path);
  if (static_cast<uint64_t>(info.st_size) > max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("'", path, "' has ", info.st_size, " bytes, over the limit of ", max_bytes));
  }
  std::string bytes(info.st_size, '\0');
  MOYO_RETURN_IF_ERROR(ReadExactly(fd, path, 0, bytes));
  return bytes;
}

absl::Status ReadFileRange(const std::string& path, uint64_t offset, uint64_t length_bytes,
                           absl::FunctionRef<bool(std::string_view bytes)> receive) {
  MOYO_ASSIGN_OR_RETURN(const int fd, OpenRegularFile(path));
  const absl::Cleanup close_fd = [fd] { close(fd); };
  std::string piece;
  for (uint64_t done = 0; done < length_bytes; done += piece.size()) {
    piece.resize(std::min<uint64_t>(length_bytes - done, kPieceBytes));
    MOYO_RETURN_IF_ERROR(ReadExactly(fd, path, offset + done, piece));
    if (!receive(piece)) return absl::CancelledError(absl::StrCat("stopped reading '", path, "'"));
  }
  return absl::OkStatus();
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return ErrnoStatus(error.value(), "make folder", path);
  return absl::OkStatus();
}

absl::StatusOr<FileLock> FileLock::Acquire(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoStatus(errno, "open lock", path);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    close(fd);
    if (error != EWOULDBLOCK) return ErrnoStatus(error, "lock", path);
    return absl::FailedPreconditionError(
        absl::StrCat("'", path, "' is held by another process; stop it first"));
  }
  return FileLock(fd);
}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace moyo
