// Archives through cataloguer and reader.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "server/catalog/cataloguer.h"
#include "server/catalog/source_reader.h"
#include "tests/support/archive_writer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::catalog {
namespace {

const std::string kGame = "(;GM[1]SZ[19];B[pd];W[dp])\n";

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
  const test::ArchiveMembers members = {{"one.sgf", kGame},
                                        {"../../etc/two.sgf", kGame + kGame + kGame + kGame},
                                        {"dir/.hidden.sgf", kGame},
                                        {"notes.txt", "no game"}};
  for (const std::string name :
       {"a.zip", "a.tar", "a.tar.gz", "a.tar.zst", "a.tar.xz", "a.tar.bz2", "a.7z"}) {
    SCOPED_TRACE(name);
    const std::string path = folder_.path() + "/" + name;
    test::WriteArchive(path, members);
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
  test::WriteArchive(path, {{"one.sgf", kGame}, {"two.sgf", std::string(5000, ' ') + kGame}});
  std::filesystem::resize_file(path, 2048 + 600);
  const std::vector<store::Source> sources = Catalogue(path);
  ASSERT_GE(sources.size(), 2u);
  EXPECT_TRUE(Read(sources[0]).ok());
  EXPECT_FALSE(sources.back().error.empty());
}

TEST_F(ArchiveTest, ArchiveThatExpandsWithoutBoundIsCutOff) {
  const std::string path = folder_.path() + "/bomb.tar.zst";
  test::WriteArchive(path, {{"zeros.sgf", std::string(300u << 20, '\0')}});
  const std::vector<store::Source> sources = Catalogue(path);
  ASSERT_FALSE(sources.empty());
  EXPECT_NE(sources.back().error.find("limits"), std::string::npos);
}

}  // namespace
}  // namespace moyo::catalog
