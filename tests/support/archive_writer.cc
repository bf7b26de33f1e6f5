#include "tests/support/archive_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <cstdio>
#include <cstdlib>

namespace moyo::test {
namespace {

void Check(archive* writer, int code) {
  if (code >= ARCHIVE_WARN) return;
  std::fprintf(stderr, "archive_writer: %s\n", archive_error_string(writer));
  std::abort();
}

}  // namespace

void WriteArchive(const std::string& path, const ArchiveMembers& members) {
  // For names beyond ASCII.
  const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const locale_t before = uselocale(utf8);
  archive* writer = archive_write_new();
  if (path.ends_with(".zip")) {
    Check(writer, archive_write_set_format_zip(writer));
  } else if (path.ends_with(".7z")) {
    Check(writer, archive_write_set_format_7zip(writer));
  } else {
    Check(writer, archive_write_set_format_pax_restricted(writer));
  }
  if (path.ends_with(".gz")) Check(writer, archive_write_add_filter_gzip(writer));
  if (path.ends_with(".bz2")) Check(writer, archive_write_add_filter_bzip2(writer));
  if (path.ends_with(".xz")) Check(writer, archive_write_add_filter_xz(writer));
  if (path.ends_with(".zst")) Check(writer, archive_write_add_filter_zstd(writer));
  Check(writer, archive_write_open_filename(writer, path.c_str()));
  for (const auto& [name, bytes] : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname_utf8(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    Check(writer, archive_write_header(writer, entry));
    if (archive_write_data(writer, bytes.data(), bytes.size()) < 0) Check(writer, ARCHIVE_FATAL);
    archive_entry_free(entry);
  }
  Check(writer, archive_write_close(writer));
  archive_write_free(writer);
  uselocale(before);
  freelocale(utf8);
}

}  // namespace moyo::test
