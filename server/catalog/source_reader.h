// Reads sources' bytes for workers that cannot read the files themselves.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/source/archive.h"
#include "server/store/rows.h"

namespace moyo::catalog {

// Thread-safe. Keeps a few archives open where the last reader left them, so that units read in
// order do not unpack an archive from its beginning again.
class SourceReader {
 public:
  // Takes the next bytes; `last` ends the source. False ends the reading (CANCELLED).
  using Sink = std::function<bool(std::string_view bytes, bool last)>;

  // What the catalogue knew to be unreadable gives its error again (DATA_LOSS). UNAVAILABLE: not
  // the source is at fault but the machine (ErrnoStatus).
  absl::Status Read(const store::Source& source, const Sink& sink);

 private:
  struct OpenArchive {
    std::string path;
    uint64_t modified_ns = 0;
    std::unique_ptr<source::ArchiveCursor> cursor;
  };
  absl::Status ReadPlain(const store::Source& source, const Sink& sink);
  absl::Status ReadMember(const store::Source& source, const Sink& sink);
  absl::StatusOr<OpenArchive> Take(const store::Source& source);
  void PutBack(OpenArchive archive);

  absl::Mutex mutex_;
  std::list<OpenArchive> idle_ ABSL_GUARDED_BY(mutex_);  // latest first
};

}  // namespace moyo::catalog
