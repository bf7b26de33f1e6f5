#include "common/source/roots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace moyo::source {
namespace {

using testing::ElementsAre;

class RootsTest : public testing::Test {
 protected:
  RootsTest() {
    for (const char* name : {"a.sgf", "sub/b.sgf", "sub-2/c.sgf", ".hidden/d.sgf", "run/e.sgf"}) {
      folder_.Write(name, "");
    }
    std::filesystem::create_directory_symlink(At("sub"), At("link"));
  }

  std::string At(const std::string& name) const { return folder_.path() + "/" + name; }

  test::TempFolder folder_;
};

TEST_F(RootsTest, PathIsComparedAbsoluteWithoutDotsAndTrailingSlash) {
  EXPECT_EQ(NormalPath("/a/./b/../c//"), "/a/c");
  EXPECT_EQ(NormalPath("/"), "/");
  EXPECT_EQ(NormalPath("a"), (std::filesystem::current_path() / "a").string());
}

TEST_F(RootsTest, PathNamedTwiceIsWalkedOnce) {
  EXPECT_THAT(DistinctRoots({At("sub"), At("a.sgf"), At("sub/"), At("./sub")}, {}),
              ElementsAre(0, 1));
}

TEST_F(RootsTest, PathBelowAnotherIsLeftOutWhateverTheirOrder) {
  EXPECT_THAT(DistinctRoots({folder_.path(), At("a.sgf"), At("sub/b.sgf")}, {}), ElementsAre(0));
  EXPECT_THAT(DistinctRoots({At("sub/b.sgf"), At("sub"), folder_.path()}, {}), ElementsAre(2));
  EXPECT_THAT(DistinctRoots({"/", "/usr"}, {}), ElementsAre(0));
}

TEST_F(RootsTest, NameThatOnlyBeginsAlikeIsNotBelow) {
  EXPECT_THAT(DistinctRoots({At("sub"), At("sub-2")}, {}), ElementsAre(0, 1));
}

// Else their games would be lost.
TEST_F(RootsTest, WhatNoWalkOfTheOthersComesToStays) {
  EXPECT_THAT(DistinctRoots({folder_.path(), At(".hidden"), At("link")}, {}), ElementsAre(0, 1, 2));
  EXPECT_THAT(DistinctRoots({folder_.path(), At(".hidden/d.sgf"), At("link/b.sgf")}, {}),
              ElementsAre(0, 1, 2));
  EXPECT_THAT(DistinctRoots({At(".hidden"), At(".hidden/d.sgf")}, {}), ElementsAre(0));
  EXPECT_THAT(
      DistinctRoots({folder_.path(), At("run/e.sgf")}, {.skipped_folder = NormalPath(At("run"))}),
      ElementsAre(0, 1));
}

}  // namespace
}  // namespace moyo::source
