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

class ArchiveFile;

// By its name: .zip .7z .tar .tar.gz .tar.bz2 .tar.xz .tar.zst and their short forms.
bool IsArchiveName(std::string_view name);

struct Member {
  std::string name;
  int64_t index = 0;  // among all entries, from 0
};

// How far an archive may expand before it is taken for a bomb.
struct ArchiveLimits {
  uint64_t member_bytes = 4ull << 30;
  // All members together, with their names: the larger of these two.
  uint64_t expansion =
      200;  // times the archive's size; of records it is about 5, of copies of one 50
  uint64_t free_bytes = 256ull << 20;
};

// A reading position. Not thread-safe. DATA_LOSS: damaged or encrypted, or a name of more than 4096
// bytes; RESOURCE_EXHAUSTED: it expands beyond the limits. Where the disk fails: as ErrnoStatus;
// where memory does: INTERNAL. Neither says anything about the archive. Open fails as
// OpenRegularFile, too. After an error nothing more can be read.
class ArchiveCursor {
 public:
  static absl::StatusOr<std::unique_ptr<ArchiveCursor>> Open(const std::string& path,
                                                             const ArchiveLimits& limits = {});
  ~ArchiveCursor();

  // The next regular member that is not hidden, nor in a hidden folder; nullopt at the end.
  absl::StatusOr<std::optional<Member>> Next();
  // The next bytes of the current member, at most `size_bytes`; empty at its end.
  absl::StatusOr<std::string_view> Read(size_t size_bytes);

  int64_t index() const { return index_; }     // of the current member; -1 before the first
  uint64_t offset() const { return offset_; }  // of the next byte of it
  uint64_t packed_bytes() const;               // of the archive, read so far

 private:
  ArchiveCursor(std::unique_ptr<ArchiveFile> file, archive* handle, std::string path,
                uint64_t member_bytes, uint64_t all_bytes);
  // Why libarchive's last call failed.
  absl::Status Failure() const;
  // Adds to what the archive expands to.
  absl::Status Count(uint64_t bytes);
  absl::Status PassOver();

  const std::unique_ptr<ArchiveFile> file_;
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
