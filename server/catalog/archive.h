// Members of zip, 7z, tar and compressed tar archives as streams, in archive order, by libarchive.
// Member names are only shown to people; they never become paths.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct archive;

namespace moyo::catalog {

// By its name: .zip .7z .tar .tgz .tar.gz .tar.zst .tar.xz .tar.bz2 and their short forms.
bool IsArchiveName(std::string_view name);

struct Member {
  std::string name;
  int64_t index = 0;  // among all entries, from 0
};

// A reading position. Not thread-safe. DATA_LOSS: damaged or encrypted; RESOURCE_EXHAUSTED: it
// expands beyond the limits (4 GiB a member; 1000 times its size and 256 MiB altogether).
class ArchiveCursor {
 public:
  static absl::StatusOr<std::unique_ptr<ArchiveCursor>> Open(const std::string& path);
  ~ArchiveCursor();

  // The next regular member; nullopt at the end.
  absl::StatusOr<std::optional<Member>> Next();
  // The next bytes of the current member, at most `size_bytes`; empty at its end.
  absl::StatusOr<std::string_view> Read(size_t size_bytes);

  int64_t index() const { return index_; }     // of the current member; -1 before the first
  uint64_t offset() const { return offset_; }  // of the next byte of it

 private:
  ArchiveCursor(archive* handle, std::string path, uint64_t size_bytes)
      : handle_(handle), path_(std::move(path)), size_bytes_(size_bytes) {}
  absl::Status Damaged() const;

  archive* handle_;
  const std::string path_;
  const uint64_t size_bytes_;
  int64_t index_ = -1;
  uint64_t offset_ = 0;
  uint64_t expanded_bytes_ = 0;
  std::string buffer_;
};

}  // namespace moyo::catalog
