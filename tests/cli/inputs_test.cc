#include "cli/run/inputs.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

constexpr char kGame[] = "(;GM[1]SZ[19];B[pd];W[dp])";

TEST(InputsTest, FolderWithAGameSomewhereIsFine) {
  const test::TempFolder folder;
  folder.Write("readme.txt", "hello");
  folder.Write("a/b/game.sgf", kGame);
  EXPECT_TRUE(CheckInputs({folder.path()}).ok());
  EXPECT_TRUE(CheckInputs({folder.Path("a/b/game.sgf")}).ok());
}

TEST(InputsTest, ArchiveCountsAsGames) {
  const test::TempFolder folder;
  EXPECT_TRUE(CheckInputs({folder.Write("games.zip", "PK\3\4rest")}).ok());
}

// Packed alone it is no archive to the server, which would find no game in it.
TEST(InputsTest, PackedFileThatIsNoArchiveHoldsNoGame) {
  const test::TempFolder folder;
  EXPECT_TRUE(absl::IsNotFound(CheckInputs({folder.Write("game.sgf.gz", "\x1f\x8b\x08rest")})));
  EXPECT_TRUE(CheckInputs({folder.Write("games.tar.gz", "\x1f\x8b\x08rest")}).ok());
}

TEST(InputsTest, MissingPathIsNamed) {
  const absl::Status status = CheckInputs({"/no/such/folder"});
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_NE(status.message().find("'/no/such/folder' does not exist"), std::string::npos);
}

TEST(InputsTest, DeviceIsRefusedBeforeItIsRead) {
  EXPECT_TRUE(absl::IsInvalidArgument(CheckInputs({"/dev/zero"})));
}

TEST(InputsTest, EmptyFolderIsSaidToBeEmpty) {
  const test::TempFolder folder;
  const absl::Status status = CheckInputs({folder.path()});
  EXPECT_NE(status.message().find("is empty"), std::string::npos) << status;
}

// A server passes over what is hidden and does not follow links: nor may this look.
TEST(InputsTest, HiddenFilesAndLinksAreNoGames) {
  const test::TempFolder folder, elsewhere;
  folder.Write(".hidden.sgf", kGame);
  std::filesystem::create_symlink(elsewhere.Write("game.sgf", kGame), folder.Path("link.sgf"));
  std::filesystem::create_symlink("/no/such/file", folder.Path("nowhere.sgf"));
  const absl::Status status = CheckInputs({folder.path()});
  EXPECT_NE(status.message().find("is empty"), std::string::npos) << status;
}

TEST(InputsTest, FilesWithoutAGameAreCounted) {
  const test::TempFolder folder;
  folder.Write("a.txt", "hello");
  folder.Write("b.txt", "");
  const absl::Status status = CheckInputs({folder.path()});
  EXPECT_NE(status.message().find("no game found in the 2 files"), std::string::npos) << status;
}

}  // namespace
}  // namespace moyo::cli
