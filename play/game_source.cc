#include "play/game_source.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/sgf/game_reader.h"
#include "common/sgf/splitter.h"

namespace moyo::play {
namespace {

namespace fs = std::filesystem;

constexpr size_t kReadBytes = size_t{64} << 10;
// Of one archive, unpacked: a small file that claims to be endless ends here.
constexpr uint64_t kMaxArchiveBytes = uint64_t{16} << 30;

struct File {
  std::string path;
  uint64_t size_bytes = 0;
};

bool IsArchive(const std::string& path) {
  for (const char* ending : {".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst", ".7z"}) {
    if (absl::EndsWithIgnoreCase(path, ending)) return true;
  }
  return false;
}

absl::Status AddFiles(const std::string& path, std::vector<File>& files) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    return absl::NotFoundError(absl::StrCat("no file or folder '", path, "'; check --games"));
  }
  if (!fs::is_directory(path, error)) {
    const uint64_t size_bytes = fs::file_size(path, error);
    files.push_back({path, error ? 0 : size_bytes});
    return absl::OkStatus();
  }
  const size_t first = files.size();
  fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored)) continue;
    const uint64_t size_bytes = entry->file_size(ignored);
    files.push_back({entry->path().string(), ignored ? 0 : size_bytes});
  }
  if (error) {
    return absl::UnavailableError(absl::StrCat("cannot list '", path, "': ", error.message()));
  }
  std::sort(files.begin() + first, files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return absl::OkStatus();
}

// One walk over all files.
class Walker {
 public:
  Walker(const GameVisitor& visit, uint64_t total_bytes) : visit_(visit) {
    progress_.total_bytes = total_bytes;
  }

  absl::StatusOr<Walk> Visit(const File& file) {
    ++counts_.files;
    const uint64_t begin_bytes = progress_.done_bytes;
    Walk walk = Walk::kContinue;
    if (IsArchive(file.path)) {
      MOYO_ASSIGN_OR_RETURN(walk, VisitArchive(file.path, begin_bytes));
    } else {
      absl::StatusOr<std::string> bytes = ReadFile(file.path, kMaxFileBytes);
      if (bytes.ok()) {
        MOYO_ASSIGN_OR_RETURN(walk, VisitText(*bytes));
      } else {
        ++counts_.skipped_files;
      }
    }
    progress_.done_bytes = begin_bytes + file.size_bytes;
    return walk;
  }

  const WalkCounts& counts() const { return counts_; }

 private:
  absl::StatusOr<Walk> VisitText(std::string_view bytes) {
    for (const sgf::GameSpan& span : sgf::SplitGames(bytes)) {
      const std::string_view text = bytes.substr(span.begin, span.end - span.begin);
      ++counts_.games;
      if (!reader_.Read(text, game_).readable) {
        ++counts_.unreadable_games;
        continue;
      }
      MOYO_ASSIGN_OR_RETURN(const Walk walk, visit_(game_, progress_));
      if (walk == Walk::kStop) return Walk::kStop;
    }
    return Walk::kContinue;
  }

  // A damaged archive gives the members before the damage.
  absl::StatusOr<Walk> VisitArchive(const std::string& path, uint64_t begin_bytes) {
    const std::unique_ptr<archive, int (*)(archive*)> in(archive_read_new(), archive_read_free);
    archive_read_support_filter_all(in.get());
    archive_read_support_format_all(in.get());
    if (archive_read_open_filename(in.get(), path.c_str(), kReadBytes) != ARCHIVE_OK) {
      ++counts_.skipped_files;
      return Walk::kContinue;
    }
    archive_entry* entry = nullptr;
    uint64_t unpacked_bytes = 0;
    while (archive_read_next_header(in.get(), &entry) >= ARCHIVE_WARN) {
      if (archive_entry_filetype(entry) != AE_IFREG) continue;
      std::string bytes;
      if (!ReadMember(in.get(), bytes) || (unpacked_bytes += bytes.size()) > kMaxArchiveBytes) {
        ++counts_.skipped_files;
        return Walk::kContinue;
      }
      progress_.done_bytes = begin_bytes + archive_filter_bytes(in.get(), -1);
      MOYO_ASSIGN_OR_RETURN(const Walk walk, VisitText(bytes));
      if (walk == Walk::kStop) return Walk::kStop;
    }
    return Walk::kContinue;
  }

  static bool ReadMember(archive* in, std::string& bytes) {
    for (;;) {
      const size_t before = bytes.size();
      bytes.resize(before + kReadBytes);
      const la_ssize_t got = archive_read_data(in, bytes.data() + before, kReadBytes);
      bytes.resize(before + std::max<la_ssize_t>(got, 0));
      if (got == 0) return true;
      if (got < 0 || bytes.size() > kMaxFileBytes) return false;
    }
  }

  const GameVisitor& visit_;
  WalkProgress progress_;
  WalkCounts counts_;
  sgf::GameReader reader_;
  go::GameRecord game_;
};

}  // namespace

absl::StatusOr<WalkCounts> WalkGames(const std::vector<std::string>& paths,
                                     const GameVisitor& visit) {
  std::vector<File> files;
  for (const std::string& path : paths) MOYO_RETURN_IF_ERROR(AddFiles(path, files));
  uint64_t total_bytes = 0;
  for (const File& file : files) total_bytes += file.size_bytes;
  Walker walker(visit, total_bytes);
  for (const File& file : files) {
    MOYO_ASSIGN_OR_RETURN(const Walk walk, walker.Visit(file));
    if (walk == Walk::kStop) break;
  }
  return walker.counts();
}

}  // namespace moyo::play
