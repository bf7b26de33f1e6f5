// The files of tests/data/golden, written once and kept: every later version must read them, find
// the same columns, and give the same digest. Never regenerate one; add the next version's beside
// it.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/go/game_hash.h"
#include "common/go/replay.h"
#include "common/shard/column_list.h"
#include "common/shard/shard.h"

namespace moyo::shard {
namespace {

struct Golden {
  const char* name;
  const char* digest;
};

constexpr Golden kTiny = {"tiny-v1",
                          "4c72521404b77c2e3f6e2e8fb48bb7af2b897eaf59fc4be9a30110e183e90ff3"};
constexpr Golden kMixed = {"mixed-v1",
                           "bcb19022404f672d9401ed8eb422ca62862ed30b356e4e4e7ee351de35809846"};
// The columns of mixed-v1 as NumPy's savez and savez_compressed wrote them.
constexpr const char* kNumpyFiles[] = {"mixed-v1-savez", "mixed-v1-savez-compressed"};

std::string GoldenFile(absl::string_view name) {
  const auto bytes = ReadFile(absl::StrCat(MOYO_SOURCE_DIR, "/tests/data/golden/", name));
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.value_or("");
}

Columns ReadGolden(absl::string_view name) {
  const auto columns = ReadNpz(GoldenFile(absl::StrCat(name, ".npz")));
  EXPECT_TRUE(columns.ok()) << columns.status();
  return columns.value_or(Columns());
}

std::string DigestText(const Columns& columns) { return Hex(ToBytes(DigestOf(columns))); }

// A line a column: its name, then its entries.
std::string ColumnsText(const Columns& columns) {
  std::ostringstream text;
  ForEachColumn(columns, [&](const char* name, const auto& column, Owner, uint32_t) {
    text << name;
    for (const auto entry : column) text << ' ' << static_cast<int>(entry);
    text << '\n';
  });
  return text.str();
}

TEST(GoldenShardTest, TinyShardHoldsTheGameOfTheDocument) {
  const Columns columns = ReadGolden(kTiny.name);
  ASSERT_EQ(columns.games(), 1u);
  go::GameRecord game;
  ReadGame(columns, 0, 0, 0, game);
  EXPECT_EQ(game.info.board_size, 9);
  EXPECT_EQ(game.info.komi_half_points, 13);
  EXPECT_EQ(game.info.winner, go::Winner::kBlack);
  EXPECT_EQ(game.info.year, 2015);
  const std::vector<go::Move> moves = {{{2, 3}, go::Color::kBlack}, {go::kPass, go::Color::kWhite}};
  EXPECT_EQ(game.moves, moves);
  EXPECT_EQ(DigestText(columns), kTiny.digest);
}

// The text was made by NumPy from the file, so the two readers agree.
TEST(GoldenShardTest, RealShardHoldsTheKnownColumns) {
  const Columns columns = ReadGolden(kMixed.name);
  EXPECT_EQ(ColumnsText(columns), GoldenFile("mixed-v1.txt"));
  EXPECT_EQ(DigestText(columns), kMixed.digest);
}

TEST(GoldenShardTest, GamesOfTheRealShardAreLegalAndHaveTheirHash) {
  const Columns columns = ReadGolden(kMixed.name);
  go::Replayer replayer;
  go::GameRecord game;
  size_t first_move = 0;
  size_t first_setup = 0;
  for (size_t row = 0; row < columns.games(); ++row) {
    ReadGame(columns, row, first_move, first_setup, game);
    EXPECT_EQ(replayer.Replay(game).legal_moves, columns.game_moves[row]) << row;
    const Hash128 hash = go::GameHash(game);
    EXPECT_TRUE(std::equal(hash.begin(), hash.end(), columns.game_hash.begin() + row * kHashBytes))
        << row;
    first_move += columns.game_moves[row];
    first_setup += columns.game_setup[row];
  }
  EXPECT_GT(first_setup, 0u);
}

TEST(GoldenShardTest, WritingAgainGivesTheSameDigest) {
  for (const Golden& golden : {kTiny, kMixed}) {
    const auto again = ReadNpz(WriteNpz(ReadGolden(golden.name)));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(DigestText(*again), golden.digest) << golden.name;
  }
}

TEST(GoldenShardTest, FilesThatNumpyWroteGiveTheSameDigest) {
  for (const char* name : kNumpyFiles) EXPECT_EQ(DigestText(ReadGolden(name)), kMixed.digest);
}

}  // namespace
}  // namespace moyo::shard
