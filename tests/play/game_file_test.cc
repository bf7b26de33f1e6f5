#include "play/game_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/base/files.h"
#include "tests/support/temp_folder.h"

namespace moyo::play {
namespace {

using ::testing::HasSubstr;

constexpr char kTwoGames[] = "(;GM[1]SZ[19];B[pd];W[dp])\n(;GM[1]SZ[13];B[dd])\n";

class GameFileTest : public testing::Test {
 protected:
  absl::Status ErrorOf(const std::string& path, size_t index = 0) const {
    return LoadGame(path, index).status();
  }

  test::TempFolder folder_;
};

TEST_F(GameFileTest, GamesAreNumberedInTheirOrder) {
  const std::string path = folder_.Write("two.sgf", kTwoGames);
  EXPECT_EQ(LoadGame(path)->moves.size(), 2u);
  EXPECT_EQ(LoadGame(path, 1)->info.board_size, 13);
  const absl::Status status = ErrorOf(path, 2);
  EXPECT_TRUE(absl::IsOutOfRange(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("'" + path + "' holds 2 games"));
}

TEST_F(GameFileTest, DamagedGameKeepsTheMovesBefore) {
  const std::string path = folder_.Write("damaged.sgf", "(;GM[1]SZ[19];B[pd];W[dp];B[");
  const absl::StatusOr<go::GameRecord> game = LoadGame(path);
  ASSERT_TRUE(game.ok()) << game.status();
  EXPECT_EQ(game->moves.size(), 2u);
}

TEST_F(GameFileTest, GameThatCannotBeReadIsNamedWithItsPlace) {
  const std::string path = folder_.Write("chess.sgf", "\n\n(;GM[3];B[pd];W[dp])");
  const absl::Status status = ErrorOf(path);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("'" + path + "' at byte "));
}

TEST_F(GameFileTest, FileWithoutAGameSaysSo) {
  const absl::Status status = ErrorOf(folder_.Write("empty.sgf", "nothing here"));
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("give an SGF file"));
  EXPECT_TRUE(absl::IsNotFound(ErrorOf(folder_.path() + "/none.sgf")));
}

TEST_F(GameFileTest, WhatIsSavedIsLoadedAgain) {
  const go::GameRecord game = *LoadGame(folder_.Write("two.sgf", kTwoGames));
  const std::string path = folder_.Write("saved.sgf", "what was there before");
  ASSERT_TRUE(SaveGame(game, path).ok());
  const absl::StatusOr<go::GameRecord> again = LoadGame(path);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->moves, game.moves);
  EXPECT_EQ(again->info.board_size, game.info.board_size);
}

TEST_F(GameFileTest, FolderThatIsNotThereIsAnError) {
  const std::string path = folder_.path() + "/none/game.sgf";
  const absl::Status status = SaveGame({}, path);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(folder_.path() + "/none"));
}

}  // namespace
}  // namespace moyo::play
