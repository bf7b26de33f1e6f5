#include "common/shard/shard.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/go/game_hash.h"
#include "common/shard/zip.h"
#include "tests/common/shard/sample_columns.h"

namespace moyo::shard {
namespace {

TEST(ShardTest, ReadingBackGivesTheGamesThatWereAppended) {
  const auto games = SampleGames();
  const auto columns = ReadNpz(WriteNpz(SampleColumns()));
  ASSERT_TRUE(columns.ok()) << columns.status();
  ASSERT_EQ(columns->games(), games.size());
  size_t first_move = 0, first_setup = 0;
  go::GameRecord game;
  for (size_t row = 0; row < games.size(); ++row) {
    ReadGame(*columns, row, first_move, first_setup, game);
    EXPECT_EQ(game.moves, games[row].moves);
    EXPECT_EQ(game.setup, games[row].setup);
    EXPECT_EQ(game.info.komi_half_points, games[row].info.komi_half_points);
    EXPECT_EQ(game.info.winner, games[row].info.winner);
    EXPECT_EQ(game.info.year, games[row].info.year);
    EXPECT_EQ(game.info.black_rank, games[row].info.black_rank);
    first_move += columns->game_moves[row];
    first_setup += columns->game_setup[row];
  }
  EXPECT_EQ(DigestOf(*columns), DigestOf(SampleColumns()));
}

TEST(ShardTest, CutColumnsAreThoseOfTheGamesThatStay) {
  const auto games = SampleGames();
  for (size_t kept = 0; kept <= games.size(); ++kept) {
    Columns cut = SampleColumns(), expected;
    cut.Truncate(kept);
    for (size_t row = 0; row < kept; ++row) expected.Append(games[row], go::GameHash(games[row]));
    EXPECT_EQ(DigestOf(cut), DigestOf(expected)) << kept;
  }
}

TEST(ShardTest, EqualColumnsGiveEqualFiles) {
  EXPECT_EQ(WriteNpz(SampleColumns()), WriteNpz(SampleColumns()));
}

TEST(ShardTest, EveryColumnCountsInTheDigest) {
  const Digest digest = DigestOf(SampleColumns());
  Columns columns = SampleColumns();
  columns.game_komi_half_points[1] += 1;
  EXPECT_NE(DigestOf(columns), digest);
  columns = SampleColumns();
  columns.move_y.back() ^= 1;
  EXPECT_NE(DigestOf(columns), digest);
  columns = SampleColumns();
  columns.game_hash[17] ^= 1;
  EXPECT_NE(DigestOf(columns), digest);
}

// The digest of a fixed shard: it may change only with kFormatVersion.
TEST(ShardTest, DigestOfAFixedShardStaysTheSame) {
  Columns columns;
  go::GameRecord game;
  game.info = {.board_size = 9, .winner = go::Winner::kBlack, .komi_half_points = 13, .year = 2015};
  game.moves = {{{2, 3}, go::Color::kBlack}, {go::kPass, go::Color::kWhite}};
  columns.Append(game, go::GameHash(game));
  EXPECT_EQ(Hex(ToBytes(DigestOf(columns))),
            "4c72521404b77c2e3f6e2e8fb48bb7af2b897eaf59fc4be9a30110e183e90ff3");
}

TEST(ShardTest, DigestDoesNotDependOnTheCompression) {
  std::set<size_t> sizes;
  for (Packing packing : {Packing::kMatches, Packing::kLiterals}) {
    for (int level : {0, 1, 6, 9, 12}) {
      ZipWriter zip(level);
      for (const ZipMember& member : SampleMembers()) zip.Add(member.name, member.bytes, packing);
      const std::string packed = zip.Finish();
      sizes.insert(packed.size());
      const auto columns = ReadNpz(packed);
      ASSERT_TRUE(columns.ok()) << columns.status();
      EXPECT_EQ(DigestOf(*columns), DigestOf(SampleColumns())) << level;
    }
  }
  EXPECT_GT(sizes.size(), 3u);  // the ways to compress do differ
}

TEST(ZipTest, MembersReadBackAtEveryCompressionLevel) {
  const std::string text(10000, 'a');
  for (int level : {0, 1, 6, 12}) {
    ZipWriter zip(level);
    zip.Add("a", text);
    const auto members = ReadZip(zip.Finish(), 1 << 20);
    ASSERT_TRUE(members.ok()) << members.status();
    EXPECT_EQ(members->at(0).bytes, text);
  }
}

TEST(ZipTest, MembersOverTheLimitAreRefused) {
  ZipWriter zip;
  zip.Add("bomb", std::string(1 << 20, '\0'));
  EXPECT_EQ(ReadZip(zip.Finish(), 1 << 19).status().code(), absl::StatusCode::kDataLoss);
}

TEST(ZipTest, TheLimitIsOfAllMembersTogether) {
  ZipWriter zip;
  zip.Add("one", std::string(600, 'a'));
  zip.Add("two", std::string(400, 'b'));
  const std::string archive = zip.Finish();
  EXPECT_EQ(ReadZip(archive, 1000)->size(), 2u);
  EXPECT_EQ(ReadZip(archive, 999).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace moyo::shard
