// Writer, splitter and reader together are the identity, whatever stands in the names.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "common/sgf/game_reader.h"
#include "common/sgf/game_writer.h"
#include "common/sgf/splitter.h"
#include "tests/common/sgf/random_record.h"

namespace moyo::sgf {
namespace {

// Text as people and servers put it into names and comments, escaped as SGF asks for.
std::string RandomValue(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {
      "]",  "\\",  "[",  "(", ")",  ";",        ":",        "\n", "\r\n", "\t", " ",
      "B[", "(;B", "x-", "9", "吴", "\xb0\xd7", "\x81\x5d", "ü",  "GM",   "tt", "\x01"};
  std::string value;
  for (int n = random() % 12; n > 0; --n) {
    for (char c : kPieces[random() % kPieces.size()]) {
      if (c == ']' || c == '\\') value += '\\';
      value += c;
    }
  }
  return value;
}

// Names and comments put into text of the writer's: after the root's first property and each node.
std::string WithTexts(const std::string& written, std::mt19937& random) {
  std::string text;
  size_t at = written.find("FF[4]");
  text = written.substr(0, at) + "PB[" + RandomValue(random) + "]PW [" + RandomValue(random) +
         "]EV[" + RandomValue(random) + "]GN[" + RandomValue(random) + "]";
  for (; at < written.size(); ++at) {
    text += written[at];
    if (written[at] == ']' && written[at + 1] == ';' && random() % 8 == 0) {
      text += "C[" + RandomValue(random) + "]N\n[" + RandomValue(random) + "]";
    }
  }
  return text;
}

// Reads the only game of the text.
go::GameRecord ReadOnly(const std::string& text) {
  const std::vector<GameSpan> spans = SplitGames(text);
  EXPECT_EQ(spans.size(), 1u) << text;
  go::GameRecord game;
  if (spans.empty()) return game;
  const ReadResult result = GameReader().Read(
      std::string_view(text).substr(spans[0].begin, spans[0].end - spans[0].begin), game);
  EXPECT_TRUE(result.readable) << text;
  EXPECT_EQ(result.issue.reason, Reason::kNone) << text;
  EXPECT_EQ(result.variations, 0u) << text;
  return game;
}

TEST(RoundTripProperty, WrittenGamesReadBackTheSame) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const go::GameRecord game = RandomRecord(random);
    const std::string text = WriteSgf(game);
    ASSERT_TRUE(SameRecord(ReadOnly(text), game)) << text;
  }
}

TEST(RoundTripProperty, EscapedNamesAndCommentsChangeNothing) {
  std::mt19937 random(2);
  for (int round = 0; round < 2000; ++round) {
    const go::GameRecord game = RandomRecord(random);
    const std::string text = WithTexts(WriteSgf(game), random);
    ASSERT_TRUE(SameRecord(ReadOnly(text), game)) << text;
  }
}

TEST(RoundTripProperty, ManyGamesInAFileAreFoundAgain) {
  std::mt19937 random(3);
  std::vector<go::GameRecord> games;
  std::string text = "\xef\xbb\xbf games ) of one file\n";
  for (int i = 0; i < 300; ++i) {
    games.push_back(RandomRecord(random));
    text += WithTexts(WriteSgf(games.back()), random);
    if (random() % 2) text += "\n between: (them) \n";
  }
  const std::vector<GameSpan> spans = SplitGames(text);
  ASSERT_EQ(spans.size(), games.size());
  GameReader reader;
  go::GameRecord game;
  for (size_t i = 0; i < games.size(); ++i) {
    reader.Read(std::string_view(text).substr(spans[i].begin, spans[i].end - spans[i].begin), game);
    ASSERT_TRUE(SameRecord(game, games[i])) << i;
  }
}

}  // namespace
}  // namespace moyo::sgf
