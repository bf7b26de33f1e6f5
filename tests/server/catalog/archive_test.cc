#include "server/catalog/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "server/catalog/cataloguer.h"
#include "server/catalog/source_reader.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::catalog {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

const std::string kGame = "(;GM[1]SZ[19];B[pd];W[dp])\n";

void WriteArchive(const std::string& path, const Members& members) {
  archive* writer = archive_write_new();
  if (path.ends_with(".zip")) {
    archive_write_set_format_zip(writer);
  } else if (path.ends_with(".7z")) {
    archive_write_set_format_7zip(writer);
  } else {
    archive_write_set_format_pax_restricted(writer);
  }
  if (path.ends_with(".gz")) archive_write_add_filter_gzip(writer);
  if (path.ends_with(".zst")) archive_write_add_filter_zstd(writer);
  if (path.ends_with(".xz")) archive_write_add_filter_xz(writer);
  if (path.ends_with("bz2")) archive_write_add_filter_bzip2(writer);
  ASSERT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
  for (const auto& [name, bytes] : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }
  archive_write_free(writer);
}

class ArchiveTest : public testing::Test {
 protected:
  ArchiveTest() { store_ = *store::Store::Open(state_.path(), {}, clock_); }

  std::vector<store::Source> Catalogue(const std::string& path) {
    Cataloguer cataloguer(*store_, {3, ""});
    EXPECT_TRUE(cataloguer.Scan({path}, 0).ok());
    EXPECT_EQ(cataloguer.Scan({path}, 0)->sources, 0u);
    std::vector<store::Source> sources;
    while (auto granted = *store_->LeaseNext("w")) {
      sources.insert(sources.end(), granted->sources.begin(), granted->sources.end());
    }
    return sources;
  }

  absl::StatusOr<std::string> Read(const store::Source& source) {
    std::string bytes;
    const absl::Status status = reader_.Read(source, [&](std::string_view more, bool) {
      bytes += more;
      return true;
    });
    if (!status.ok()) return status;
    return bytes;
  }

  test::TempFolder folder_;
  test::TempFolder state_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_;
  SourceReader reader_;
};

TEST_F(ArchiveTest, MembersOfEveryKindAreSources) {
  const Members members = {{"one.sgf", kGame},
                           {"../../etc/two.sgf", kGame + kGame + kGame + kGame},
                           {"dir/.hidden.sgf", kGame},
                           {"notes.txt", "no game"}};
  for (const std::string name :
       {"a.zip", "a.7z", "a.tar", "a.tar.gz", "a.tar.zst", "a.tar.xz", "a.tbz2"}) {
    SCOPED_TRACE(name);
    const std::string path = folder_.path() + "/" + name;
    WriteArchive(path, members);
    const std::vector<store::Source> sources = Catalogue(path);
    ASSERT_EQ(sources.size(), 4u);  // the second member gives two
    EXPECT_EQ(sources[0].member, "one.sgf");
    EXPECT_EQ(sources[1].games, 3u);
    EXPECT_EQ(sources[2].games, 1u);
    // Backwards and forwards: with and without a cursor to go on from.
    for (const size_t i : {3u, 2u, 1u, 0u, 1u, 2u, 3u}) {
      const auto bytes = Read(sources[i]);
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      EXPECT_EQ(Hash128Of(*bytes), sources[i].content_hash);
    }
  }
}

TEST_F(ArchiveTest, DamagedArchiveIsOneSourceWithAReason) {
  const std::string path = folder_.Write("broken.zip", "PK\x03\x04 but no zip");
  const std::vector<store::Source> sources = Catalogue(path);
  ASSERT_EQ(sources.size(), 1u);
  EXPECT_EQ(sources[0].games, 1u);
  EXPECT_TRUE(absl::IsDataLoss(Read(sources[0]).status()));
}

TEST_F(ArchiveTest, CutArchiveKeepsWhatComesBefore) {
  const std::string path = folder_.path() + "/a.tar";
  WriteArchive(path, {{"one.sgf", kGame}, {"two.sgf", std::string(5000, ' ') + kGame}});
  std::filesystem::resize_file(path, 2048 + 600);
  const std::vector<store::Source> sources = Catalogue(path);
  ASSERT_GE(sources.size(), 2u);
  EXPECT_TRUE(Read(sources[0]).ok());
  EXPECT_FALSE(sources.back().error.empty());
}

TEST_F(ArchiveTest, ArchiveThatExpandsWithoutBoundIsCutOff) {
  const std::string path = folder_.path() + "/bomb.tar.zst";
  WriteArchive(path, {{"zeros.sgf", std::string(300u << 20, '\0')}});
  const std::vector<store::Source> sources = Catalogue(path);
  ASSERT_FALSE(sources.empty());
  EXPECT_NE(sources.back().error.find("limits"), std::string::npos);
}

TEST(ArchiveNameTest, EndingsDecide) {
  EXPECT_TRUE(IsArchiveName("x.TAR.GZ"));
  EXPECT_TRUE(IsArchiveName("x.zip"));
  EXPECT_FALSE(IsArchiveName("x.sgf"));
  EXPECT_FALSE(IsArchiveName("zip"));
}

}  // namespace
}  // namespace moyo::catalog
