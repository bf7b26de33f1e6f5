// Archives that somebody made to do harm.
#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "common/base/files.h"
#include "common/source/archive.h"
#include "tests/support/archive_writer.h"
#include "tests/support/temp_folder.h"

namespace moyo::source {
namespace {

constexpr uint64_t kMiB = 1u << 20;

class HostileArchiveTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  // Names of the members, or of those before the error, which goes to `end`.
  static std::vector<std::string> Drain(ArchiveCursor& cursor, absl::Status& end,
                                        uint64_t& expanded_bytes) {
    std::vector<std::string> names;
    for (;;) {
      const auto member = cursor.Next();
      end = member.status();
      if (!member.ok() || !member->has_value()) return names;
      names.push_back((*member)->name);
      for (bool goes_on = true; goes_on;) {
        const auto bytes = cursor.Read(kMiB);
        end = bytes.status();
        if (!bytes.ok()) return names;
        expanded_bytes += bytes->size();
        goes_on = !bytes->empty();
      }
    }
  }

  test::TempFolder folder_;
};

struct Special {
  const char* name;
  unsigned type;
  const char* link;
};

// A tar with what is no file, each with a name or target outside.
void WriteSpecials(const std::string& path, const std::vector<Special>& specials) {
  archive* writer = archive_write_new();
  archive_write_set_format_pax_restricted(writer);
  archive_write_open_filename(writer, path.c_str());
  for (const Special& special : specials) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, special.name);
    archive_entry_set_filetype(entry, special.type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, 0);
    if (special.type == AE_IFLNK) archive_entry_set_symlink(entry, special.link);
    if (special.type == AE_IFREG) archive_entry_set_hardlink(entry, special.link);
    archive_write_header(writer, entry);
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
}

TEST_F(HostileArchiveTest, LinksAndDevicesAreNotFollowed) {
  const std::string secret = folder_.Write("secret.sgf", "(;C[secret];B[aa])");
  const std::string path = Path("links.tar");
  WriteSpecials(path, {{"link.sgf", AE_IFLNK, secret.c_str()},
                       {"hard.sgf", AE_IFREG, secret.c_str()},
                       {"../../up.sgf", AE_IFLNK, "../secret.sgf"},
                       {"device.sgf", AE_IFCHR, ""},
                       {"pipe.sgf", AE_IFIFO, ""},
                       {"folder.sgf/", AE_IFDIR, ""}});
  auto cursor = ArchiveCursor::Open(path);
  ASSERT_TRUE(cursor.ok()) << cursor.status();
  absl::Status end;
  uint64_t bytes = 0;
  Drain(**cursor, end, bytes);
  EXPECT_TRUE(end.ok()) << end;
  EXPECT_EQ(bytes, 0u);
  const std::filesystem::directory_iterator there(folder_.path()), none;
  EXPECT_EQ(std::distance(there, none), 2);
}

// The header of a tar's member of 1 GiB.
std::string HeaderOfAGibibyte() {
  std::string header(512, '\0');
  header.replace(0, 9, "zeros.sgf");
  header.replace(100, 7, "0000644");
  header.replace(124, 11, "10000000000");  // octal
  header.replace(148, 8, "        ");      // the checksum counts as blanks
  header[156] = '0';
  header.replace(257, 8, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char octal[8];
  std::snprintf(octal, sizeof(octal), "%06o", sum);
  header.replace(148, 7, std::string(octal, 7));
  return header;
}

// Header and 1 GiB of zeros as one zstd frame.
void WriteFrame(const std::string& path) {
  archive* writer = archive_write_new();
  archive_write_set_format_raw(writer);
  archive_write_add_filter_zstd(writer);
  archive_write_set_bytes_in_last_block(writer, 1);
  archive_write_open_filename(writer, path.c_str());
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_write_header(writer, entry);
  const std::string header = HeaderOfAGibibyte(), zeros(kMiB, '\0');
  archive_write_data(writer, header.data(), header.size());
  for (int i = 0; i < 1024; ++i) archive_write_data(writer, zeros.data(), zeros.size());
  archive_entry_free(entry);
  archive_write_close(writer);
  archive_write_free(writer);
}

// Frames of zstd follow one another, so one that was made once can be there a hundred times.
TEST_F(HostileArchiveTest, TenMegabytesThatExpandToAHundredGigabytesAreCutOff) {
  WriteFrame(Path("frame"));
  const std::string frame = *ReadFile(Path("frame"));
  const std::string path = Path("bomb.tar.zst");
  {
    std::ofstream bomb(path, std::ios::binary);
    for (int i = 0; i < 100; ++i) bomb << frame;
  }
  ASSERT_LT(std::filesystem::file_size(path), 10 * kMiB);
  std::filesystem::resize_file(path, 10 * kMiB);
  auto cursor = ArchiveCursor::Open(path);
  ASSERT_TRUE(cursor.ok());
  absl::Status end;
  uint64_t bytes = 0;
  EXPECT_GT(Drain(**cursor, end, bytes).size(), 1u);
  EXPECT_TRUE(absl::IsResourceExhausted(end)) << end;
  EXPECT_LE(bytes, ArchiveLimits().expansion * 10 * kMiB);
}

// Names are kept in memory and in the database, whatever stands behind them.
TEST_F(HostileArchiveTest, NamesCountForTheLimits) {
  const ArchiveLimits small{.expansion = 20, .free_bytes = 200'000};
  test::ArchiveMembers members;
  for (int i = 0; i < 100; ++i) members.emplace_back(std::string(4'000, 'a' + i % 26), "");
  for (const char* name : {"a.tar.gz", "a.tar.zst", "a.7z"}) {
    test::WriteArchive(Path(name), members);
    ASSERT_LT(std::filesystem::file_size(Path(name)), 10'000u);
    auto cursor = ArchiveCursor::Open(Path(name), small);
    ASSERT_TRUE(cursor.ok()) << cursor.status();
    absl::Status end;
    uint64_t bytes = 0;
    EXPECT_LE(Drain(**cursor, end, bytes).size(), 50u);
    EXPECT_TRUE(absl::IsResourceExhausted(end)) << end;
  }
}

TEST_F(HostileArchiveTest, EmptyEntriesCountForTheLimits) {
  const std::vector<Special> folders(4'000, {"f/", AE_IFDIR, ""});
  WriteSpecials(Path("a.tar"), folders);
  auto cursor = ArchiveCursor::Open(Path("a.tar"), {.expansion = 0, .free_bytes = 200'000});
  ASSERT_TRUE(cursor.ok()) << cursor.status();
  absl::Status end;
  uint64_t bytes = 0;
  Drain(**cursor, end, bytes);
  EXPECT_TRUE(absl::IsResourceExhausted(end)) << end;
}

// Hardly anything honest packs better than tiny records that are copies of one.
TEST_F(HostileArchiveTest, CopiesOfATinyRecordStayWithinTheLimits) {
  std::string record = "(;GM[1]FF[4]SZ[19]";
  for (int i = 0; i < 40; ++i) {
    record += std::string(i % 2 == 0 ? ";B[" : ";W[") + static_cast<char>('a' + i * 7 % 19) +
              static_cast<char>('a' + i * 5 % 19) + "]";
  }
  test::ArchiveMembers members;
  for (int i = 0; i < 5'000; ++i) members.emplace_back(std::to_string(i) + ".sgf", record + ")");
  for (const char* name : {"a.zip", "a.tar.gz", "a.tar.zst"}) {
    test::WriteArchive(Path(name), members);
    auto cursor = ArchiveCursor::Open(Path(name), {.free_bytes = 0});
    ASSERT_TRUE(cursor.ok()) << cursor.status();
    absl::Status end;
    uint64_t bytes = 0;
    EXPECT_EQ(Drain(**cursor, end, bytes).size(), members.size()) << name;
    EXPECT_TRUE(end.ok()) << end;
  }
}

}  // namespace
}  // namespace moyo::source
