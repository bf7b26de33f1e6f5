// The bytes of sources as they are when a worker asks, which is later than the catalogue.
#include "server/catalog/source_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/archive_writer.h"
#include "tests/support/temp_folder.h"

namespace moyo::catalog {
namespace {

class SourceReaderTest : public testing::Test {
 protected:
  std::string PathOf(const std::string& name) const { return folder_.path() + "/" + name; }

  absl::StatusOr<std::string> Read(const store::Source& source) {
    std::string bytes;
    int ends = 0;
    const absl::Status status = reader_.Read(source, [&](std::string_view more, bool last) {
      bytes += more;
      ends += last;
      return true;
    });
    if (!status.ok()) return status;
    EXPECT_EQ(ends, 1);
    return bytes;
  }

  store::Source Member(int64_t index, uint64_t offset, uint64_t length_bytes) const {
    store::Source source;
    source.path = PathOf("a.tar.gz");
    source.member_index = index;
    source.offset = offset;
    source.length_bytes = length_bytes;
    return source;
  }

  store::Source Plain(uint64_t offset, uint64_t length_bytes) const {
    store::Source source = Member(-1, offset, length_bytes);
    source.path = PathOf("a.sgf");
    return source;
  }

  test::TempFolder folder_;
  SourceReader reader_;
};

TEST_F(SourceReaderTest, MembersAreReadInAnyOrder) {
  test::WriteArchive(PathOf("a.tar.gz"), {{"0.sgf", "abcdef"}, {"1.sgf", ""}, {"2.sgf", "xyz"}});
  // Forwards, where an open archive goes on; backwards, where it cannot.
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(*Read(Member(0, 0, 2)), "ab");
    EXPECT_EQ(*Read(Member(0, 4, 2)), "ef");
    EXPECT_EQ(*Read(Member(1, 0, 0)), "");
    EXPECT_EQ(*Read(Member(2, 1, 2)), "yz");
    EXPECT_EQ(*Read(Member(0, 2, 2)), "cd");
    EXPECT_EQ(*Read(Member(2, 0, 1)), "x");
  }
}

TEST_F(SourceReaderTest, ManyReadersAtDifferentPlacesDoNotDisturbEachOther) {
  test::ArchiveMembers members;
  for (int i = 0; i < 12; ++i)
    members.emplace_back(std::to_string(i) + ".sgf", "game " + std::to_string(i));
  test::WriteArchive(PathOf("a.tar.gz"), members);
  for (int i = 11; i >= 0; --i) EXPECT_EQ(*Read(Member(i, 0, 6)), members[i].second.substr(0, 6));
  for (int i = 0; i < 12; ++i) EXPECT_EQ(*Read(Member(i, 5, 1)), members[i].second.substr(5, 1));
}

TEST_F(SourceReaderTest, ArchiveThatBecameShorterIsSaid) {
  test::WriteArchive(PathOf("a.tar.gz"), {{"0.sgf", "abc"}});
  for (const store::Source& source : {Member(1, 0, 1), Member(0, 4, 1), Member(0, 1, 9)}) {
    const absl::Status status = Read(source).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(status.message(), testing::HasSubstr("became shorter"));
  }
}

// An archive that is open from before must not answer for the new one.
TEST_F(SourceReaderTest, ArchiveThatWasWrittenAnewIsOpenedAnew) {
  const std::string path = PathOf("a.tar.gz");
  test::WriteArchive(path, {{"0.sgf", "old"}, {"1.sgf", "old"}});
  EXPECT_EQ(*Read(Member(0, 0, 3)), "old");
  const auto before = std::filesystem::last_write_time(path);
  std::filesystem::remove(path);
  test::WriteArchive(path, {{"0.sgf", "new"}, {"1.sgf", "new"}});
  std::filesystem::last_write_time(path, before + std::chrono::seconds(1));
  EXPECT_EQ(*Read(Member(1, 0, 3)), "new");
}

TEST_F(SourceReaderTest, FileThatIsGoneShorterOrUnreadableFromTheStartIsSaid) {
  EXPECT_TRUE(absl::IsNotFound(Read(Plain(0, 1)).status()));
  EXPECT_TRUE(absl::IsNotFound(Read(Member(0, 0, 1)).status()));
  folder_.Write("a.sgf", "abcdef");
  EXPECT_EQ(*Read(Plain(2, 3)), "cde");
  EXPECT_EQ(*Read(Plain(6, 0)), "");
  EXPECT_TRUE(absl::IsDataLoss(Read(Plain(5, 2)).status()));
  store::Source unreadable = Plain(0, 1);
  unreadable.error = "cannot read it";
  EXPECT_EQ(Read(unreadable).status(), absl::DataLossError("cannot read it"));
  folder_.Write("a.tar.gz", "no archive");
  EXPECT_TRUE(absl::IsDataLoss(Read(Member(0, 0, 1)).status()));
}

TEST_F(SourceReaderTest, ReaderThatWentAwayEndsIt) {
  folder_.Write("a.sgf", std::string(600'000, 'x'));
  test::WriteArchive(PathOf("a.tar.gz"), {{"0.sgf", std::string(600'000, 'x')}});
  for (const store::Source& source :
       {Plain(0, 600'000), Plain(0, 0), Member(0, 0, 600'000), Member(0, 0, 0)}) {
    int calls = 0;
    const absl::Status status = reader_.Read(source, [&](std::string_view, bool) {
      ++calls;
      return false;
    });
    EXPECT_TRUE(absl::IsCancelled(status)) << status;
    EXPECT_EQ(calls, 1);
  }
}

}  // namespace
}  // namespace moyo::catalog
