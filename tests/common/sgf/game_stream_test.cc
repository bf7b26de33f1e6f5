#include "common/sgf/game_stream.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace moyo::sgf {
namespace {

constexpr uint64_t kMaxGameBytes = 100;

struct Game {
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string text;
  friend bool operator==(const Game&, const Game&) = default;
};

std::ostream& operator<<(std::ostream& out, const Game& game) {
  return out << game.begin << ".." << game.end << " '" << game.text << "'";
}

// What a stream that comes in pieces of one size gives.
std::vector<Game> Stream(const std::string& bytes, size_t piece_bytes) {
  std::vector<Game> games;
  GameStream stream(kMaxGameBytes, [&](const GameSpan& span, std::string_view text) {
    games.push_back({span.begin, span.end, std::string(text)});
  });
  for (size_t at = 0; at < bytes.size(); at += piece_bytes) {
    // A string of its own: what is held on to longer than the call would be seen.
    const std::string piece = bytes.substr(at, piece_bytes);
    stream.Feed(piece);
  }
  stream.Finish();
  EXPECT_EQ(stream.games(), games.size());
  EXPECT_EQ(stream.size_bytes(), bytes.size());
  return games;
}

// The splitter's spans with their bytes, whatever the pieces; none where a game is too long.
void ExpectGames(const std::string& bytes, size_t games, size_t too_long = 0) {
  std::vector<Game> expected;
  for (const GameSpan& span : SplitGames(bytes)) {
    const bool fits = span.end - span.begin <= kMaxGameBytes;
    too_long -= fits ? 0 : 1;
    expected.push_back(
        {span.begin, span.end, fits ? bytes.substr(span.begin, span.end - span.begin) : ""});
  }
  EXPECT_EQ(too_long, 0u);
  ASSERT_EQ(expected.size(), games);
  for (size_t piece = 1; piece < 130; ++piece) {
    ASSERT_EQ(Stream(bytes, piece), expected) << "pieces of " << piece;
  }
  ASSERT_EQ(Stream(bytes, bytes.size() + 1), expected);
}

const std::string kGame = "(;GM[1]SZ[19];B[pd];W[dp])";

TEST(GameStream, GamesComeWithTheirBytes) {
  ExpectGames("text " + kGame + kGame + "\n\n" + kGame + " text", 3);
}

TEST(GameStream, StreamWithoutGameGivesNone) {
  ExpectGames("no game here", 0);
  ExpectGames("", 0);
}

TEST(GameStream, GameWithoutEndIsTheLast) { ExpectGames(kGame + "(;GM[1];B[aa]", 2); }

TEST(GameStream, LinesOfAListAreGames) {
  ExpectGames("1\t;B[aa];W[bb]\n2\t;B[cc]\r\nnothing\n3\t;B[dd]", 3);
}

TEST(GameStream, GameOverTheLimitComesWithoutBytes) {
  const std::string longer = "(;GM[1]C[" + std::string(200, 'x') + "])";
  ExpectGames(kGame + longer + kGame, 3, 1);
  ExpectGames(longer + longer, 2, 2);
  ExpectGames("1\t;B[aa]\n2\t;B[bb]C[" + std::string(200, 'x') + "]\n3\t;B[cc]\n", 3, 1);
}

TEST(GameStream, GameAtTheLimitComesWhole) {
  const std::string frame = "(;GM[1]C[])";
  for (const int over : {-1, 0, 1}) {
    const std::string text(kMaxGameBytes - frame.size() + over, 'x');
    ExpectGames("(;GM[1]C[" + text + "])" + kGame, 2, over > 0 ? 1 : 0);
  }
}

// A game that lacks its end is over where the next one opens. Its bytes must not be lost while the
// opening, which may be as long as it likes, is not yet known to be one.
TEST(GameStream, OpeningOfAnyLengthCostsNoGameBefore) {
  const std::string without_end = "(;GM[1]C[" + std::string(80, 'x') + "];B[aa]";
  for (const size_t length : {0u, 5u, 50u, 90u, 110u, 300u}) {
    SCOPED_TRACE(length);
    const std::string opening = "(" + std::string(length, ' ') + ";GM[1];B[bb])";
    ExpectGames(without_end + opening + kGame, 3, opening.size() > kMaxGameBytes ? 1 : 0);
  }
}

// Wherever the pieces end: within a code unit, within the mark before the first one.
TEST(GameStream, Utf16GamesComeWhole) {
  const std::string games = "(;GM[1];B[aa])\n(;GM[1];W[bb])";
  std::string little, big;
  for (const char c : games) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  ExpectGames(little, 2);
  ExpectGames("\xff\xfe" + little, 2);
  ExpectGames(kGame + little + kGame, 4);
  ExpectGames(big, 2);
  ExpectGames("\xfe\xff" + big, 2);
}

TEST(GameStream, FalseOpeningsBelongToTheGame) {
  const std::string variation = "(" + std::string(60, ' ') + ";W[cc])";
  ExpectGames("(;GM[1];B[aa]" + variation + ")" + kGame, 2);
  ExpectGames("(;GM[1];B[aa]" + variation + variation + ")" + kGame, 2, 1);
}

}  // namespace
}  // namespace moyo::sgf
