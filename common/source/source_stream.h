// The bytes of one file: the file itself or, for an archive, each of its members, in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/source/archive.h"

namespace moyo::source {

// Takes what a file holds. Each call that returns bool says whether to go on; after a false nothing
// more is called but EndSource, when a source was begun.
class SourceSink {
 public:
  virtual ~SourceSink() = default;
  // A plain file is one source without a name and with index -1.
  virtual bool BeginSource(const Member& member) = 0;
  // The next bytes, at most 256 KiB, valid during the call.
  virtual bool Feed(std::string_view bytes) = 0;
  // How much of the file itself has been read: of an archive, packed bytes. For progress.
  virtual void AtFileOffset(uint64_t offset) {}
  // The source is over; OK, or why no more of it can be read. What was fed before is good.
  virtual void EndSource(const absl::Status& status) = 0;
};

// Reads the file at `path`, an archive by its name. Holds one piece in memory (and what libarchive
// needs to unpack). Returns why the rest could not be read, after EndSource: as ArchiveCursor, or
// errno's status.
absl::Status ReadSources(const std::string& path, SourceSink& sink);

}  // namespace moyo::source
