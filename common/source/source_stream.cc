#include "common/source/source_stream.h"

#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::source {
namespace {

constexpr size_t kPieceBytes = 256 * 1024;

absl::Status ReadPlain(const std::string& path, SourceSink& sink) {
  MOYO_ASSIGN_OR_RETURN(const int fd, OpenRegularFile(path));
  const absl::Cleanup close_fd = [fd] { close(fd); };
  bool go_on = sink.BeginSource({.name = "", .index = -1});
  // Not cleared: most files are far smaller.
  const std::unique_ptr<char[]> buffer(new char[kPieceBytes]);
  absl::Status status;
  uint64_t offset = 0;
  while (go_on) {
    const ssize_t got = read(fd, buffer.get(), kPieceBytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) status = ErrnoStatus(errno, "read", path);
    if (got <= 0) break;
    sink.AtFileOffset(offset += got);
    go_on = sink.Feed(std::string_view(buffer.get(), got));
  }
  sink.EndSource(status);
  return status;
}

absl::Status ReadMembers(const std::string& path, SourceSink& sink) {
  MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveCursor> cursor, ArchiveCursor::Open(path));
  bool go_on = true;
  while (go_on) {
    MOYO_ASSIGN_OR_RETURN(const std::optional<Member> member, cursor->Next());
    if (!member) break;
    go_on = sink.BeginSource(*member);
    absl::Status status;
    while (go_on) {
      const absl::StatusOr<std::string_view> bytes = cursor->Read(kPieceBytes);
      if (!bytes.ok()) status = bytes.status();
      if (!bytes.ok() || bytes->empty()) break;
      sink.AtFileOffset(cursor->packed_bytes());
      go_on = sink.Feed(*bytes);
    }
    sink.EndSource(status);
    MOYO_RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadSources(const std::string& path, SourceSink& sink) {
  return IsArchiveName(path) ? ReadMembers(path, sink) : ReadPlain(path, sink);
}

}  // namespace moyo::source
