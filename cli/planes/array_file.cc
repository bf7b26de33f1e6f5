#include "cli/planes/array_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/shard/npy_header.h"

namespace moyo::cli {
namespace {

// A file under a temporary name, until it is whole.
class PendingFile {
 public:
  explicit PendingFile(std::string path)
      : path_(std::move(path)), temporary_(absl::StrCat(path_, ".tmp.", getpid())) {}
  ~PendingFile() {
    if (fd_ >= 0) close(fd_);
    if (!published_) unlink(temporary_.c_str());
  }
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  absl::Status Open() {
    fd_ = open(temporary_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return fd_ < 0 ? ErrnoStatus(errno, "create", temporary_) : absl::OkStatus();
  }
  absl::Status Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return ErrnoStatus(errno, "write", path_);
      bytes.remove_prefix(written);
    }
    return absl::OkStatus();
  }
  absl::StatusOr<uint64_t> Publish() {
    struct stat info = {};
    if (fstat(fd_, &info) != 0 || fsync(fd_) != 0) return ErrnoStatus(errno, "sync", path_);
    MOYO_RETURN_IF_ERROR(PublishFile(temporary_, path_));
    published_ = true;
    return static_cast<uint64_t>(info.st_size);
  }
  int fd() const { return fd_; }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
  const std::string temporary_;
  int fd_ = -1;
  bool published_ = false;
};

class NpyFiles final : public ArrayFile {
 public:
  NpyFiles(std::string folder, std::string number)
      : folder_(std::move(folder)), number_(std::move(number)) {}

  absl::Status Begin(const std::string& name, const std::string& type,
                     const std::vector<uint64_t>& shape) override {
    const std::string path = absl::StrCat(folder_, "/", name, "_", number_, ".npy");
    files_.push_back(std::make_unique<PendingFile>(path));
    MOYO_RETURN_IF_ERROR(files_.back()->Open());
    return files_.back()->Write(shard::NpyHeader(type, shape));
  }
  absl::Status Write(std::string_view bytes) override { return files_.back()->Write(bytes); }
  absl::StatusOr<uint64_t> Publish() override {
    uint64_t bytes = 0;
    for (const auto& file : files_) {
      MOYO_ASSIGN_OR_RETURN(const uint64_t file_bytes, file->Publish());
      bytes += file_bytes;
    }
    return bytes;
  }

 private:
  const std::string folder_;
  const std::string number_;
  std::vector<std::unique_ptr<PendingFile>> files_;
};

class NpzFile final : public ArrayFile {
 public:
  explicit NpzFile(const std::string& path) : file_(path), zip_(archive_write_new()) {}
  ~NpzFile() override { archive_write_free(zip_); }

  absl::Status Open() {
    MOYO_RETURN_IF_ERROR(file_.Open());
    // The fastest level: planes are so regular that the others save little.
    if (archive_write_set_format_zip(zip_) != ARCHIVE_OK ||
        archive_write_set_options(zip_, "zip:compression=deflate,zip:compression-level=1") !=
            ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(zip_, 1) != ARCHIVE_OK ||
        archive_write_open_fd(zip_, file_.fd()) != ARCHIVE_OK) {
      return Failed();
    }
    return absl::OkStatus();
  }

  absl::Status Begin(const std::string& name, const std::string& type,
                     const std::vector<uint64_t>& shape) override {
    const std::string header = shard::NpyHeader(type, shape);
    uint64_t data_bytes = type.back() - '0';
    for (const uint64_t extent : shape) data_bytes *= extent;
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, (name + ".npy").c_str());
    archive_entry_set_size(entry, static_cast<int64_t>(header.size() + data_bytes));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    const int result = archive_write_header(zip_, entry);
    archive_entry_free(entry);
    return result == ARCHIVE_OK ? Write(header) : Failed();
  }
  absl::Status Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const la_ssize_t written = archive_write_data(zip_, bytes.data(), bytes.size());
      if (written <= 0) return Failed();
      bytes.remove_prefix(written);
    }
    return absl::OkStatus();
  }
  absl::StatusOr<uint64_t> Publish() override {
    if (archive_write_close(zip_) != ARCHIVE_OK) return Failed();
    return file_.Publish();
  }

 private:
  absl::Status Failed() const {
    const int error = archive_errno(zip_);
    if (error == ENOSPC || error == EDQUOT) return ErrnoStatus(error, "write", file_.path());
    const char* text = archive_error_string(zip_);
    return absl::InternalError(absl::StrCat("cannot write '", file_.path(),
                                            "': ", text == nullptr ? "unknown error" : text));
  }

  PendingFile file_;
  archive* zip_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ArrayFile>> ArrayFile::Create(const std::string& folder,
                                                             const std::string& number,
                                                             Container container) {
  if (container == Container::kNpy) return std::make_unique<NpyFiles>(folder, number);
  auto file = std::make_unique<NpzFile>(absl::StrCat(folder, "/batch_", number, ".npz"));
  MOYO_RETURN_IF_ERROR(file->Open());
  return file;
}

}  // namespace moyo::cli
