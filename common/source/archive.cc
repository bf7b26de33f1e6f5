#include "common/source/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/source/archive_file.h"

namespace moyo::source {
namespace {

constexpr size_t kBlockBytes = 256 * 1024;
constexpr int64_t kMaxMembers = 100'000'000;
constexpr size_t kMaxNameBytes = 4096;
// What an entry counts for beside its name and its bytes, so that empty ones have an end, too. Of
// records that are copies of one there may be 200 in so many packed bytes.
constexpr uint64_t kEntryBytes = 64;

// As a walk of the folder that was packed: what lies in a hidden folder is hidden.
bool IsHidden(std::string_view name) {
  while (!name.empty()) {
    const size_t end = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, end);
    if (part.starts_with('.') && part != "." && part != "..") return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

// libarchive converts names to the charset of the thread's locale and gives up on those that do not
// fit it. UTF-8 holds all of them.
class Utf8Names {
 public:
  Utf8Names() : before_(uselocale(Utf8())) {}
  ~Utf8Names() { uselocale(before_); }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  static locale_t Utf8() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;  // null, which changes nothing, where the system has no such locale
  }
  const locale_t before_;
};

// A name that cannot be told costs the member's name, never its games.
std::string NameOf(archive_entry* entry, int64_t index) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  return name == nullptr || *name == '\0' ? absl::StrCat("member ", index) : name;
}

}  // namespace

bool IsArchiveName(std::string_view name) {
  static constexpr const char* kEndings[] = {".zip",    ".7z",      ".tar",     ".tar.gz",
                                             ".tgz",    ".tar.bz2", ".tbz2",    ".tbz",
                                             ".tar.xz", ".txz",     ".tar.zst", ".tzst"};
  const absl::string_view text(name.data(), name.size());
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](const char* ending) { return absl::EndsWithIgnoreCase(text, ending); });
}

absl::StatusOr<std::unique_ptr<ArchiveCursor>> ArchiveCursor::Open(const std::string& path,
                                                                   const ArchiveLimits& limits) {
  MOYO_ASSIGN_OR_RETURN(const int fd, OpenRegularFile(path));
  absl::Cleanup close_fd = [fd] { close(fd); };
  struct stat info;
  if (fstat(fd, &info) != 0) return ErrnoStatus(errno, "stat", path);
  const uint64_t size_bytes = info.st_size;
  auto file = std::make_unique<ArchiveFile>(fd, path, size_bytes);
  std::move(close_fd).Cancel();
  const Utf8Names utf8_names;
  archive* handle = archive_read_new();
  const uint64_t all_bytes = std::max(limits.free_bytes, size_bytes * limits.expansion);
  std::unique_ptr<ArchiveCursor> cursor(
      new ArchiveCursor(std::move(file), handle, path, limits.member_bytes, all_bytes));
  archive_read_support_format_tar(handle);
  archive_read_support_format_gnutar(handle);
  archive_read_support_format_zip(handle);
  archive_read_support_format_7zip(handle);
  archive_read_support_filter_gzip(handle);
  archive_read_support_filter_zstd(handle);
  archive_read_support_filter_xz(handle);
  archive_read_support_filter_bzip2(handle);
  if (cursor->file_->OpenIn(handle) != ARCHIVE_OK) return cursor->Failure();
  return cursor;
}

ArchiveCursor::ArchiveCursor(std::unique_ptr<ArchiveFile> file, archive* handle, std::string path,
                             uint64_t member_bytes, uint64_t all_bytes)
    : file_(std::move(file)),
      handle_(handle),
      path_(std::move(path)),
      most_member_bytes_(member_bytes),
      most_bytes_(all_bytes) {}

ArchiveCursor::~ArchiveCursor() { archive_read_free(handle_); }

uint64_t ArchiveCursor::packed_bytes() const {
  return static_cast<uint64_t>(std::max<la_int64_t>(0, archive_filter_bytes(handle_, -1)));
}

absl::Status ArchiveCursor::Failure() const {
  MOYO_RETURN_IF_ERROR(file_->status());
  const char* reason = archive_error_string(handle_);
  const std::string text =
      absl::StrCat("cannot read archive '", path_, "': ", reason ? reason : "damaged");
  // Whether the machine is short or the archive asks for too much cannot be told. As UNAVAILABLE
  // one such archive would have a scan made again without end.
  if (archive_errno(handle_) == ENOMEM) return absl::InternalError(text);
  return absl::DataLossError(text);
}

absl::Status ArchiveCursor::Count(uint64_t bytes) {
  expanded_bytes_ += bytes;
  if (offset_ <= most_member_bytes_ && expanded_bytes_ <= most_bytes_) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("archive '", path_, "' expands beyond the limits"));
}

absl::StatusOr<std::optional<Member>> ArchiveCursor::Next() {
  const Utf8Names utf8_names;
  while (true) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(handle_, &entry);
    // Whatever libarchive makes of it, a read that failed is neither a member nor the end.
    if (code < ARCHIVE_WARN || !file_->status().ok()) return Failure();
    if (code == ARCHIVE_EOF) return std::nullopt;
    ++index_;
    offset_ = 0;
    if (index_ > kMaxMembers) {
      return absl::ResourceExhaustedError(absl::StrCat("archive '", path_, "' has no end"));
    }
    Member member{NameOf(entry, index_), index_};
    if (member.name.size() > kMaxNameBytes) {
      return absl::DataLossError(
          absl::StrCat("cannot read archive '", path_, "': the name of member ", index_, " has ",
                       member.name.size(), " bytes, more than ", kMaxNameBytes));
    }
    MOYO_RETURN_IF_ERROR(Count(member.name.size() + kEntryBytes));
    const bool is_wanted = archive_entry_filetype(entry) == AE_IFREG && !IsHidden(member.name);
    if (is_wanted) return member;
    MOYO_RETURN_IF_ERROR(PassOver());
  }
}

// Through Read, which counts what is unpacked: libarchive alone would unpack without bound. Damage
// in what nobody wants costs nothing, unless the next member cannot be found after it.
absl::Status ArchiveCursor::PassOver() {
  while (true) {
    const absl::StatusOr<std::string_view> bytes = Read(kBlockBytes);
    if (!bytes.ok() && !absl::IsDataLoss(bytes.status())) return bytes.status();
    if (!bytes.ok() || bytes->empty()) return absl::OkStatus();
  }
}

absl::StatusOr<std::string_view> ArchiveCursor::Read(size_t size_bytes) {
  buffer_.resize(size_bytes);
  const la_ssize_t got = archive_read_data(handle_, buffer_.data(), size_bytes);
  if (got < 0 || !file_->status().ok()) return Failure();
  offset_ += got;
  MOYO_RETURN_IF_ERROR(Count(got));
  return std::string_view(buffer_.data(), got);
}

}  // namespace moyo::source
