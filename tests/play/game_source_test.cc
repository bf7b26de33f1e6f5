#include "play/game_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/archive_writer.h"
#include "tests/support/temp_folder.h"

namespace moyo::play {
namespace {

// A game of that many moves.
std::string Game(int moves) {
  std::string text = "(;GM[1]SZ[19]";
  for (int i = 0; i < moves; ++i) {
    absl::StrAppend(&text, i % 2 == 0 ? ";B[" : ";W[", std::string(1, static_cast<char>('a' + i)),
                    "c]");
  }
  return text + ")";
}

class GameSourceTest : public testing::Test {
 protected:
  // Moves of each game that was visited, in order; stops after so many games.
  std::vector<size_t> Walk(const std::vector<std::string>& paths, size_t most = 100) {
    std::vector<size_t> moves;
    const auto counts = WalkGames(
        paths,
        [&](const go::GameRecord& game, const WalkProgress& at) -> absl::StatusOr<play::Walk> {
          EXPECT_LE(at.done_bytes, at.total_bytes);
          moves.push_back(game.moves.size());
          return moves.size() < most ? play::Walk::kContinue : play::Walk::kStop;
        });
    EXPECT_TRUE(counts.ok()) << counts.status();
    if (counts.ok()) counts_ = *counts;
    return moves;
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  test::TempFolder folder_;
  WalkCounts counts_;
};

TEST_F(GameSourceTest, FoldersFilesAndArchivesAreWalkedInOrder) {
  folder_.Write("a/b.sgf", Game(2));
  folder_.Write("a.sgf", Game(1));
  folder_.Write("a/.hidden.sgf", Game(9));
  for (const char* name : {"c.tar", "d.tar.bz2", "e.zip"}) {
    test::WriteArchive(Path(name), {{"x.sgf", Game(3) + Game(4)}, {"y.txt", "no game"}});
  }
  EXPECT_EQ(Walk({folder_.path()}), (std::vector<size_t>{1, 2, 3, 4, 3, 4, 3, 4}));
  EXPECT_EQ(counts_.files, 5u);
  EXPECT_EQ(counts_.games, 8u);
  EXPECT_EQ(Walk({Path("e.zip"), Path("a.sgf")}), (std::vector<size_t>{3, 4, 1}));
}

TEST_F(GameSourceTest, VisitorMayStopInTheMiddleOfAFile) {
  EXPECT_EQ(Walk({folder_.Write("a.sgf", Game(1) + Game(2) + Game(3))}, 2).size(), 2u);
  EXPECT_EQ(counts_.games, 2u);
}

TEST_F(GameSourceTest, ErrorOfTheVisitorEndsTheWalk) {
  const std::string path = folder_.Write("a.sgf", Game(1) + Game(2));
  int visited = 0;
  const absl::Status status =
      WalkGames({path},
                [&](const go::GameRecord&, const WalkProgress&) -> absl::StatusOr<play::Walk> {
                  ++visited;
                  return absl::AbortedError("enough");
                })
          .status();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_EQ(visited, 1);
}

TEST_F(GameSourceTest, WhatCannotBeReadIsCounted) {
  folder_.Write("a.sgf", Game(1));
  folder_.Write("broken.zip", "PK\x03\x04 but no zip");
  folder_.Write("long.sgf", absl::StrCat("(;GM[1]SZ[19]C[", std::string(5 << 20, 'x'), "];B[aa])"));
  EXPECT_EQ(Walk({folder_.path()}), std::vector<size_t>{1});
  EXPECT_EQ(counts_.skipped_files, 1u);
  EXPECT_EQ(counts_.unreadable_games, 1u);
}

TEST_F(GameSourceTest, MissingPathAndPipeAreRefused) {
  const GameVisitor never = [](const go::GameRecord&, const WalkProgress&) {
    return play::Walk::kContinue;
  };
  EXPECT_TRUE(absl::IsNotFound(WalkGames({Path("none")}, never).status()));
  ASSERT_EQ(mkfifo(Path("pipe.sgf").c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsInvalidArgument(WalkGames({Path("pipe.sgf")}, never).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(WalkGames({"/dev/zero"}, never).status()));
}

}  // namespace
}  // namespace moyo::play
