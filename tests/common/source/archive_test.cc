#include "common/source/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/archive_writer.h"
#include "tests/support/temp_folder.h"

namespace moyo::source {
namespace {

using test::ArchiveMembers;

constexpr size_t kPieceBytes = 1000;

// All members, or why the archive could not be read to its end.
absl::StatusOr<ArchiveMembers> ReadAll(const std::string& path, const ArchiveLimits& limits = {}) {
  auto cursor = ArchiveCursor::Open(path, limits);
  if (!cursor.ok()) return cursor.status();
  ArchiveMembers members;
  while (true) {
    const auto member = (*cursor)->Next();
    if (!member.ok()) return member.status();
    if (!member->has_value()) return members;
    members.emplace_back((*member)->name, "");
    while (true) {
      const auto bytes = (*cursor)->Read(kPieceBytes);
      if (!bytes.ok()) return bytes.status();
      if (bytes->empty()) break;
      members.back().second += *bytes;
    }
  }
}

class ArchiveKindTest : public testing::TestWithParam<const char*> {
 protected:
  std::string Path() const { return folder_.path() + "/" + GetParam(); }
  test::TempFolder folder_;
};

TEST_P(ArchiveKindTest, MembersComeInOrderWithTheirBytes) {
  const ArchiveMembers written = {{"one.sgf", "(;B[aa])"},
                                  {"games/two.sgf", std::string(3'000, 'x')},
                                  {"棋譜/三.sgf", "(;B[cc])"},
                                  {"empty.sgf", ""}};
  test::WriteArchive(Path(), written);
  ASSERT_TRUE(IsArchiveName(Path()));
  const auto read = ReadAll(Path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, testing::UnorderedElementsAreArray(written));  // 7z puts empty ones last
}

TEST_P(ArchiveKindTest, HiddenMembersAreLeftOut) {
  test::WriteArchive(Path(), {{".one.sgf", "(;B[aa])"}, {"a/.b/.c", "x"}, {"two.sgf", "(;B[bb])"}});
  const auto read = ReadAll(Path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, (ArchiveMembers{{"two.sgf", "(;B[bb])"}}));
}

// As in the folder that was packed. "." and ".." hide nothing.
TEST_P(ArchiveKindTest, MembersOfHiddenFoldersAreLeftOut) {
  test::WriteArchive(Path(), {{".trash/old.sgf", "(;B[aa])"},
                              {"games/.trash/new/old.sgf", "(;B[aa])"},
                              {"/.trash/old.sgf", "(;B[aa])"},
                              {"...", "(;B[aa])"},
                              {"./one.sgf", "(;B[bb])"},
                              {"games/../two.sgf", "(;B[cc])"},
                              {"games/a.b/three.sgf", "(;B[dd])"}});
  const auto read = ReadAll(Path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, (ArchiveMembers{{"./one.sgf", "(;B[bb])"},
                                   {"games/../two.sgf", "(;B[cc])"},
                                   {"games/a.b/three.sgf", "(;B[dd])"}}));
}

TEST_P(ArchiveKindTest, NameLongerThanAnyPathIsDamage) {
  const std::string longest(4096, 'a');
  test::WriteArchive(Path(), {{longest, "(;B[aa])"}});
  EXPECT_EQ(*ReadAll(Path()), (ArchiveMembers{{longest, "(;B[aa])"}}));
  test::WriteArchive(Path(), {{"one.sgf", "(;B[aa])"}, {longest + "a", "(;B[bb])"}});
  const absl::Status status = ReadAll(Path()).status();
  ASSERT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(status.message().find("the name of member 1 has 4097 bytes"), std::string::npos);
}

// The name is handed on for people to see; no file of that name appears anywhere.
TEST_P(ArchiveKindTest, NamesNeverBecomePaths) {
  const std::string outside = folder_.path() + "/outside.sgf";
  test::WriteArchive(Path(), {{"../outside.sgf", "(;B[aa])"}, {outside, "(;B[bb])"}});
  const auto read = ReadAll(Path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->size(), 2u);
  EXPECT_FALSE(std::filesystem::exists(outside));
}

TEST_P(ArchiveKindTest, ArchiveBeyondItsLimitsIsCutOff) {
  const ArchiveLimits small{.member_bytes = 1 << 20, .expansion = 2, .free_bytes = 100'000};
  test::WriteArchive(Path(), {{"a.sgf", "(;B[aa])"}, {"zeros.sgf", std::string(500'000, '\0')}});
  const bool is_packed = std::filesystem::file_size(Path()) < 250'000;
  const auto read = ReadAll(Path(), small);
  if (is_packed) {
    ASSERT_TRUE(absl::IsResourceExhausted(read.status())) << read.status();
    EXPECT_NE(read.status().message().find(Path()), std::string::npos);
  } else {
    EXPECT_TRUE(read.ok()) << read.status();  // a plain tar is as large as what it holds
  }
}

TEST_P(ArchiveKindTest, HiddenMemberCountsForTheLimits) {
  const ArchiveLimits small{.member_bytes = 100'000, .expansion = 1000, .free_bytes = 1 << 30};
  test::WriteArchive(Path(), {{".zeros", std::string(500'000, '\0')}, {"a.sgf", "(;B[aa])"}});
  EXPECT_TRUE(absl::IsResourceExhausted(ReadAll(Path(), small).status()));
}

TEST_P(ArchiveKindTest, OneMemberMayBeTooLarge) {
  const ArchiveLimits small{.member_bytes = 100'000, .expansion = 1000, .free_bytes = 1 << 30};
  test::WriteArchive(Path(), {{"zeros.sgf", std::string(500'000, '\0')}});
  EXPECT_TRUE(absl::IsResourceExhausted(ReadAll(Path(), small).status()));
}

TEST_P(ArchiveKindTest, CutArchiveIsDamaged) {
  std::string noise(200'000, ' ');
  uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  test::WriteArchive(Path(), {{"a.sgf", noise}, {"b.sgf", noise}});
  std::filesystem::resize_file(Path(), std::filesystem::file_size(Path()) / 2);
  EXPECT_TRUE(absl::IsDataLoss(ReadAll(Path()).status()));
}

INSTANTIATE_TEST_SUITE_P(EveryKind, ArchiveKindTest,
                         testing::Values("a.zip", "a.7z", "a.tar", "a.tar.gz", "a.tar.bz2",
                                         "a.tar.xz", "a.tar.zst"),
                         [](const testing::TestParamInfo<const char*>& info) {
                           std::string name = std::string(info.param).substr(2);
                           name.erase(std::remove(name.begin(), name.end(), '.'), name.end());
                           return name;
                         });

TEST(ArchiveTest, FileThatIsNoArchiveIsDamaged) {
  const test::TempFolder folder;
  const std::string path = folder.Write("a.7z", "no archive at all");
  EXPECT_TRUE(absl::IsDataLoss(ReadAll(path).status()));
}

TEST(ArchiveTest, MissingFileIsNamed) {
  const auto read = ReadAll("/no/such.zip");
  ASSERT_TRUE(absl::IsNotFound(read.status()));
  EXPECT_NE(read.status().message().find("/no/such.zip"), std::string::npos);
}

TEST(ArchiveNameTest, EndingsDecide) {
  for (const char* name : {"x.TAR.GZ", "x.zip", "x.7z", "x.tgz", "x.tbz", "x.txz", "x.tzst"}) {
    EXPECT_TRUE(IsArchiveName(name)) << name;
  }
  for (const char* name : {"x.sgf", "zip", "x.zip.sgf", ""}) EXPECT_FALSE(IsArchiveName(name));
}

}  // namespace
}  // namespace moyo::source
