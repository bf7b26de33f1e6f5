#include "common/source/file_walker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/no_free_descriptor.h"
#include "tests/support/temp_folder.h"

namespace moyo::source {
namespace {

using testing::ElementsAre;

// Paths visited, relative to `path`.
std::vector<std::string> Walk(const std::string& path, const WalkOptions& options = {}) {
  std::vector<std::string> visited;
  EXPECT_TRUE(WalkFiles(path, options, [&](const std::string& file) {
                visited.push_back(file.substr(path.size()));
                return absl::OkStatus();
              }).ok());
  return visited;
}

TEST(FileWalker, FilesComeInTheOrderOfTheirPaths) {
  const test::TempFolder folder;
  for (const char* name : {"b.sgf", "a/z.sgf", "a/y/x.sgf", "a.sgf"}) folder.Write(name, "");
  EXPECT_THAT(Walk(folder.path()), ElementsAre("/a.sgf", "/a/y/x.sgf", "/a/z.sgf", "/b.sgf"));
}

TEST(FileWalker, HiddenFilesLinksAndTheSkippedFolderAreLeftOut) {
  const test::TempFolder folder;
  for (const char* name : {".a.sgf", ".git/b.sgf", "run/c.sgf", "d.sgf"}) folder.Write(name, "");
  std::filesystem::create_symlink(folder.path(), folder.path() + "/loop");
  std::filesystem::create_symlink(folder.path() + "/d.sgf", folder.path() + "/link.sgf");
  EXPECT_THAT(Walk(folder.path(), {.skipped_folder = folder.path() + "/run"}),
              ElementsAre("/d.sgf"));
}

TEST(FileWalker, FileItselfIsVisitedWhateverItsName) {
  const test::TempFolder folder;
  EXPECT_THAT(Walk(folder.Write(".hidden", "")), ElementsAre(""));
}

TEST(FileWalker, MissingPathIsNamed) {
  const absl::Status status =
      WalkFiles("/no/such", {}, [](const std::string&) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_NE(status.message().find("/no/such"), std::string::npos);
}

TEST(FileWalker, WantOfDescriptorsIsNoFoldersFault) {
  const test::TempFolder folder;
  folder.Write("a.sgf", "");
  const test::NoFreeDescriptor none;
  EXPECT_TRUE(absl::IsUnavailable(WalkFiles(folder.path(), {}, [](const std::string& path) {
    ADD_FAILURE() << path;
    return absl::OkStatus();
  })));
}

TEST(FileWalker, ErrorOfTheVisitorEndsTheWalk) {
  const test::TempFolder folder;
  folder.Write("a.sgf", "");
  folder.Write("b.sgf", "");
  int visited = 0;
  EXPECT_TRUE(absl::IsCancelled(WalkFiles(folder.path(), {}, [&](const std::string&) {
    ++visited;
    return absl::CancelledError("enough");
  })));
  EXPECT_EQ(visited, 1);
}

}  // namespace
}  // namespace moyo::source
