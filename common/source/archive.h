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

namespace moyo::source {

// By its name: .zip .7z .tar .tar.gz .tar.bz2 .tar.xz .tar.zst and their short forms.
bool IsArchiveName(std::string_view name);

struct Member {
  std::string name;
  int64_t index = 0;  // among all entries, from 0
};

// How far an archive may expand before it is taken for a bomb.
struct ArchiveLimits {
  uint64_t member_bytes = 4ull << 30;
  // All members together: the larger of these two.
  uint64_t expansion =
      200;  // times the archive's size; of records it is about 5, of copies of one 50
  uint64_t free_bytes = 256ull << 20;
};

// A reading position. Not thread-safe. DATA_LOSS: damaged or encrypted; RESOURCE_EXHAUSTED: it
// expands beyond the limits. Open fails as OpenRegularFile, too.
class ArchiveCursor {
 public:
  static absl::StatusOr<std::unique_ptr<ArchiveCursor>> Open(const std::string& path,
                                                             const ArchiveLimits& limits = {});
  ~ArchiveCursor();

  // The next regular member that is not hidden; nullopt at the end.
  absl::StatusOr<std::optional<Member>> Next();
  // The next bytes of the current member, at most `size_bytes`; empty at its end.
  absl::StatusOr<std::string_view> Read(size_t size_bytes);

  int64_t index() const { return index_; }     // of the current member; -1 before the first
  uint64_t offset() const { return offset_; }  // of the next byte of it
  uint64_t packed_bytes() const;               // of the archive, read so far

 private:
  ArchiveCursor(int fd, archive* handle, std::string path, uint64_t member_bytes,
                uint64_t all_bytes)
      : fd_(fd),
        handle_(handle),
        path_(std::move(path)),
        most_member_bytes_(member_bytes),
        most_bytes_(all_bytes) {}
  absl::Status Damaged() const;
  absl::Status PassOver();

  const int fd_;
  archive* handle_;
  const std::string path_;
  const uint64_t most_member_bytes_;
  const uint64_t most_bytes_;
  int64_t index_ = -1;
  uint64_t offset_ = 0;
  uint64_t expanded_bytes_ = 0;
  std::string buffer_;
};

}  // namespace moyo::source
