#include "server/catalog/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::catalog {
namespace {

constexpr uint64_t kMaxMemberBytes = 4ull << 30;
constexpr uint64_t kMaxExpansion = 1000;
constexpr uint64_t kFreeExpansionBytes = 256ull << 20;
constexpr size_t kBlockBytes = 256 * 1024;
constexpr int64_t kMaxMembers = 100'000'000;

}  // namespace

bool IsArchiveName(std::string_view name) {
  static constexpr const char* kEndings[] = {".zip",    ".7z",      ".tar",  ".tgz",
                                             ".tar.gz", ".tar.zst", ".tzst", ".tar.xz",
                                             ".txz",    ".tar.bz2", ".tbz2"};
  const absl::string_view text(name.data(), name.size());
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](const char* ending) { return absl::EndsWithIgnoreCase(text, ending); });
}

absl::StatusOr<std::unique_ptr<ArchiveCursor>> ArchiveCursor::Open(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, "open", path);
  archive* handle = archive_read_new();
  std::unique_ptr<ArchiveCursor> cursor(
      new ArchiveCursor(handle, path, static_cast<uint64_t>(info.st_size)));
  archive_read_support_format_tar(handle);
  archive_read_support_format_gnutar(handle);
  archive_read_support_format_zip(handle);
  archive_read_support_format_7zip(handle);
  archive_read_support_filter_gzip(handle);
  archive_read_support_filter_zstd(handle);
  archive_read_support_filter_xz(handle);
  archive_read_support_filter_bzip2(handle);
  if (archive_read_open_filename(handle, path.c_str(), kBlockBytes) != ARCHIVE_OK) {
    return cursor->Damaged();
  }
  return cursor;
}

ArchiveCursor::~ArchiveCursor() { archive_read_free(handle_); }

absl::Status ArchiveCursor::Damaged() const {
  const char* text = archive_error_string(handle_);
  return absl::DataLossError(
      absl::StrCat("cannot read archive '", path_, "': ", text ? text : "damaged"));
}

absl::StatusOr<std::optional<Member>> ArchiveCursor::Next() {
  while (true) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(handle_, &entry);
    if (code == ARCHIVE_EOF) return std::nullopt;
    if (code < ARCHIVE_WARN) return Damaged();
    ++index_;
    offset_ = 0;
    if (index_ > kMaxMembers) {
      return absl::ResourceExhaustedError(absl::StrCat("archive '", path_, "' has no end"));
    }
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    const char* name = archive_entry_pathname(entry);
    Member member{name ? std::string(name) : absl::StrCat("member ", index_), index_};
    const size_t slash = member.name.find_last_of('/');
    const std::string base =
        slash == std::string::npos ? member.name : member.name.substr(slash + 1);
    if (base.empty() || base[0] == '.') continue;  // hidden, as in folders
    return member;
  }
}

absl::StatusOr<std::string_view> ArchiveCursor::Read(size_t size_bytes) {
  buffer_.resize(size_bytes);
  const la_ssize_t got = archive_read_data(handle_, buffer_.data(), size_bytes);
  if (got < 0) return Damaged();
  offset_ += got;
  expanded_bytes_ += got;
  const uint64_t most_bytes = std::max(kFreeExpansionBytes, size_bytes_ * kMaxExpansion);
  if (offset_ > kMaxMemberBytes || expanded_bytes_ > most_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("archive '", path_, "' expands beyond the limits"));
  }
  return std::string_view(buffer_.data(), got);
}

}  // namespace moyo::catalog
