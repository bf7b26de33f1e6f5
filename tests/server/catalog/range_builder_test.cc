#include "server/catalog/range_builder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace moyo::catalog {
namespace {

const std::string kGame = "(;GM[1]SZ[19];B[pd];W[dp])";

std::vector<Range> Build(const std::string& bytes, uint32_t games_a_range, size_t piece_bytes) {
  std::vector<Range> ranges;
  RangeBuilder builder([&](uint64_t) { return games_a_range; },
                       [&](const Range& range) { ranges.push_back(range); });
  for (size_t at = 0; at < bytes.size(); at += piece_bytes) {
    builder.Feed(std::string_view(bytes).substr(at, piece_bytes));
  }
  builder.Finish();
  return ranges;
}

TEST(RangeBuilderTest, RangesHoldWholeGamesAndTheirHash) {
  std::string bytes = "text before ";
  for (int i = 0; i < 7; ++i) bytes += kGame + "\n\n";
  for (const size_t piece : {1u, 13u, 100'000u}) {
    const std::vector<Range> ranges = Build(bytes, 3, piece);
    ASSERT_EQ(ranges.size(), 3u);
    EXPECT_EQ(ranges[0].offset, 0u);
    uint32_t games = 0;
    for (const Range& range : ranges) {
      const std::string part = bytes.substr(range.offset, range.length_bytes);
      EXPECT_EQ(range.content_hash, Hash128Of(part));
      EXPECT_EQ(sgf::SplitGames(part).size(), range.games);
      games += range.games;
    }
    EXPECT_EQ(games, 7u);
  }
}

TEST(RangeBuilderTest, StreamWithoutGameIsOneRangeOfAllBytes) {
  const std::vector<Range> ranges = Build("no game here", 3, 5);
  ASSERT_EQ(ranges.size(), 1u);
  EXPECT_EQ(ranges[0].length_bytes, 12u);
  EXPECT_EQ(ranges[0].games, 1u);
  EXPECT_EQ(ranges[0].games_seen, 0u);
  EXPECT_EQ(ranges[0].content_hash, Hash128Of("no game here"));
}

TEST(RangeBuilderTest, EmptyStreamIsOneEmptyRange) {
  const std::vector<Range> ranges = Build("", 3, 1);
  ASSERT_EQ(ranges.size(), 1u);
  EXPECT_EQ(ranges[0].length_bytes, 0u);
  EXPECT_EQ(ranges[0].content_hash, Hash128Of(""));
}

TEST(RangeBuilderTest, GameWithoutEndBelongsToTheLastRange) {
  const std::string bytes = kGame + kGame + "(;GM[1];B[aa]";
  const std::vector<Range> ranges = Build(bytes, 2, 7);
  ASSERT_EQ(ranges.size(), 2u);
  EXPECT_EQ(ranges[1].offset + ranges[1].length_bytes, bytes.size());
}

// More than the builder holds in memory.
TEST(RangeBuilderTest, GapsAndGamesOfAnySizeAreHashedInPieces) {
  const std::string bytes = kGame + std::string(9 << 20, ' ') + kGame + "(;GM[1]C[" +
                            std::string(9 << 20, 'x') + "])" + kGame;
  for (const uint32_t games_a_range : {1u, 2u, 3u, 4u}) {
    uint32_t games = 0;
    for (const Range& range : Build(bytes, games_a_range, 100'000)) {
      const std::string part = bytes.substr(range.offset, range.length_bytes);
      EXPECT_EQ(range.content_hash, Hash128Of(part));
      EXPECT_EQ(sgf::SplitGames(part).size(), range.games);
      games += range.games;
    }
    EXPECT_EQ(games, 4u);
  }
}

// The game before has no end, and the builder hashes it with the piece that exceeds 4 MiB, the
// 17th: never the next game's opening, which that piece's end cuts anywhere.
TEST(RangeBuilderTest, RangeOfAGameWithoutEndStopsBeforeTheNextOpening) {
  constexpr size_t kPiece = 256 << 10;
  const std::string next = "(;GM[1]SZ[19];B[aa])";
  for (const std::string head : {"(;GM[1]C[", "(;GM[1]C[]"}) {  // within a value, and behind one
    for (size_t before = 0; before <= 9; ++before) {
      std::string bytes = head;
      bytes.resize(17 * kPiece - before - 1, 'x');
      bytes += "\n" + next;
      const std::vector<Range> ranges = Build(bytes, 1, kPiece);
      ASSERT_EQ(ranges.size(), 2u);
      EXPECT_EQ(ranges[1].offset, bytes.size() - next.size()) << before;
      for (const Range& range : ranges) {
        const std::string part = bytes.substr(range.offset, range.length_bytes);
        EXPECT_EQ(range.content_hash, Hash128Of(part));
        EXPECT_EQ(sgf::SplitGames(part).size(), 1u);
      }
    }
  }
}

// What never becomes an opening is not waited for.
TEST(RangeBuilderTest, OpeningOfAnyLengthIsHashedInPieces) {
  const std::string bytes = "(;GM[1]C[]\n(" + std::string(9 << 20, ' ') + ";B[aa]))" + kGame;
  const std::vector<Range> ranges = Build(bytes, 1, 100'000);
  ASSERT_EQ(ranges.size(), 2u);
  EXPECT_EQ(ranges[1].offset, bytes.size() - kGame.size());
  for (const Range& range : ranges) {
    EXPECT_EQ(range.content_hash, Hash128Of(bytes.substr(range.offset, range.length_bytes)));
  }
}

TEST(RangeBuilderTest, StopsWhenNoGameIsWanted) {
  int ranges = 0;
  RangeBuilder builder([&](uint64_t) { return ranges == 0 ? 2u : 0u; },
                       [&](const Range&) { ++ranges; });
  builder.Feed(kGame + kGame + kGame);
  builder.Finish();
  EXPECT_TRUE(builder.stopped());
  EXPECT_EQ(ranges, 1);
}

}  // namespace
}  // namespace moyo::catalog
