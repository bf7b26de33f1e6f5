#include "server/catalog/source_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::catalog {
namespace {

constexpr size_t kPieceBytes = 256 * 1024;
constexpr size_t kMaxIdleArchives = 8;

absl::Status Shorter(const store::Source& source) {
  return absl::DataLossError(
      absl::StrCat("'", source.path, "' became shorter since it was catalogued"));
}

absl::Status Cancelled() { return absl::CancelledError("the reader went away"); }

}  // namespace

absl::Status SourceReader::Read(const store::Source& source, const Sink& sink) {
  if (!source.error.empty()) return absl::DataLossError(source.error);
  return source.member_index < 0 ? ReadPlain(source, sink) : ReadMember(source, sink);
}

absl::Status SourceReader::ReadPlain(const store::Source& source, const Sink& sink) {
  uint64_t done = 0;
  const absl::Status status =
      ReadFileRange(source.path, source.offset, source.length_bytes, [&](std::string_view bytes) {
        done += bytes.size();
        return sink(bytes, done == source.length_bytes);
      });
  if (absl::IsOutOfRange(status)) return Shorter(source);
  if (!status.ok() || source.length_bytes > 0) return status;
  return sink({}, true) ? absl::OkStatus() : Cancelled();
}

absl::Status SourceReader::ReadMember(const store::Source& source, const Sink& sink) {
  MOYO_ASSIGN_OR_RETURN(OpenArchive archive, Take(source));
  source::ArchiveCursor& cursor = *archive.cursor;
  while (cursor.index() < source.member_index) {
    MOYO_ASSIGN_OR_RETURN(const std::optional<source::Member> member, cursor.Next());
    if (!member) return Shorter(source);
  }
  if (cursor.index() != source.member_index) return Shorter(source);
  while (cursor.offset() < source.offset) {
    MOYO_ASSIGN_OR_RETURN(
        const std::string_view skipped,
        cursor.Read(std::min<uint64_t>(source.offset - cursor.offset(), kPieceBytes)));
    if (skipped.empty()) return Shorter(source);
  }
  const uint64_t end = source.offset + source.length_bytes;
  bool is_wanted = true;
  if (source.length_bytes == 0) is_wanted = sink({}, true);
  while (is_wanted && cursor.offset() < end) {
    MOYO_ASSIGN_OR_RETURN(const std::string_view bytes,
                          cursor.Read(std::min<uint64_t>(end - cursor.offset(), kPieceBytes)));
    if (bytes.empty()) return Shorter(source);
    is_wanted = sink(bytes, cursor.offset() == end);
  }
  PutBack(std::move(archive));
  return is_wanted ? absl::OkStatus() : Cancelled();
}

absl::StatusOr<SourceReader::OpenArchive> SourceReader::Take(const store::Source& source) {
  struct stat info;
  if (stat(source.path.c_str(), &info) != 0) return ErrnoStatus(errno, "open", source.path);
  const uint64_t modified_ns = info.st_mtim.tv_sec * 1'000'000'000ull + info.st_mtim.tv_nsec;
  const std::pair<int64_t, uint64_t> wanted{source.member_index, source.offset};
  {
    absl::MutexLock lock(&mutex_);
    // The one that stands closest before the wanted place.
    auto best = idle_.end();
    std::pair<int64_t, uint64_t> best_place{-2, 0};
    for (auto archive = idle_.begin(); archive != idle_.end(); ++archive) {
      if (archive->path != source.path || archive->modified_ns != modified_ns) continue;
      const std::pair<int64_t, uint64_t> place{archive->cursor->index(), archive->cursor->offset()};
      if (place > wanted || place <= best_place) continue;
      best = archive;
      best_place = place;
    }
    if (best != idle_.end()) {
      OpenArchive taken = std::move(*best);
      idle_.erase(best);
      return taken;
    }
  }
  MOYO_ASSIGN_OR_RETURN(std::unique_ptr<source::ArchiveCursor> cursor,
                        source::ArchiveCursor::Open(source.path));
  return OpenArchive{source.path, modified_ns, std::move(cursor)};
}

void SourceReader::PutBack(OpenArchive archive) {
  absl::MutexLock lock(&mutex_);
  idle_.push_front(std::move(archive));
  if (idle_.size() > kMaxIdleArchives) idle_.pop_back();
}

}  // namespace moyo::catalog
