#include "common/sgf/splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/common/sgf/utf16_text.h"

namespace moyo::sgf {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Games(std::string_view bytes) {
  std::vector<std::string> games;
  for (const GameSpan& span : SplitGames(bytes)) {
    games.emplace_back(bytes.substr(span.begin, span.end - span.begin));
  }
  return games;
}

TEST(Splitter, TextBetweenGamesIsIgnored) {
  EXPECT_THAT(Games("\xef\xbb\xbf"
                    "Hello (x) )) (;GM[1];B[aa]) and\n( ;W[bb])\n)"),
              ElementsAre("(;GM[1];B[aa])", "( ;W[bb])"));
}

TEST(Splitter, SeveralOpeningParenthesesBeginOneGame) {
  EXPECT_THAT(Games("x((\n(;B[aa])))"), ElementsAre("((\n(;B[aa])))"));
}

TEST(Splitter, ParenthesesAndEscapedBracketsInValuesDoNotCount) {
  EXPECT_THAT(Games("(;C[:-) \\] ) \\\\];B[aa])(;C[(;])"),
              ElementsAre("(;C[:-) \\] ) \\\\];B[aa])", "(;C[(;])"));
}

TEST(Splitter, VariationsBelongToTheirGame) {
  EXPECT_THAT(Games("(;GM[1](;B[aa])\n(;B[bb](;W[cc])))(;GM[1])"),
              ElementsAre("(;GM[1](;B[aa])\n(;B[bb](;W[cc])))", "(;GM[1])"));
}

TEST(Splitter, MissingParenthesisDoesNotEatTheNextGame) {
  EXPECT_THAT(Games("(;GM[1];B[aa]\n(;FF[4]GM[1];B[bb])(;GM[1])"),
              ElementsAre("(;GM[1];B[aa]\n", "(;FF[4]GM[1];B[bb])", "(;GM[1])"));
}

TEST(Splitter, CutValueDoesNotEatTheNextGame) {
  EXPECT_THAT(Games("(;GM[1];B[a\n(;GaMe[1]SZ[9];B[bb])"),
              ElementsAre("(;GM[1];B[a\n", "(;GaMe[1]SZ[9];B[bb])"));
}

TEST(Splitter, QuotedSgfInACommentIsNoGame) {
  const std::string quoted = "(;GM[1]C[see\n(;GM[1\\]FF[4\\])];B[aa])";
  EXPECT_THAT(Games(quoted), ElementsAre(quoted));
}

TEST(Splitter, CollectionInOnePairOfParenthesesIsSplit) {
  EXPECT_THAT(Games("((;GM[1];B[aa])(;GM[1];B[bb]))"),
              ElementsAre("((;GM[1];B[aa])", "(;GM[1];B[bb])"));
}

TEST(Splitter, EndOfSourceEndsTheGame) {
  EXPECT_THAT(Games("(;GM[1];B[aa];W[b"), ElementsAre("(;GM[1];B[aa];W[b"));
}

TEST(Splitter, NulBytesAreWhiteSpace) {
  const std::string bytes("(\0\0;\0B[aa])", 11);
  EXPECT_THAT(Games(bytes), ElementsAre(bytes));
}

TEST(Splitter, Utf16IsSplitIntoWholeCodeUnits) {
  // U+285d has the byte of ']' and that of '(' in it, U+5d29 that of ')'.
  const std::u16string one = u"(;GM[1]PB[\u285d\u5d29(];B[aa](;W[bb]))";
  const std::u16string two = u"(;GM[1]\n;B[cc])";
  const std::u16string all = u"\ufefftext " + one + u"\r\n" + two + u"\r\n";
  for (const bool big : {false, true}) {
    EXPECT_THAT(Games(Utf16(all, big)), ElementsAre(Utf16(one, big), Utf16(two, big)));
    // Without a mark, as where a range begins.
    EXPECT_THAT(Games(Utf16(one + two, big)), ElementsAre(Utf16(one, big), Utf16(two, big)));
  }
}

TEST(Splitter, MissingParenthesisInUtf16DoesNotEatTheNextGame) {
  for (const bool big : {false, true}) {
    EXPECT_THAT(Games(Utf16(u"(;GM[1];B[aa]\n(;FF[4];B[bb])", big)),
                ElementsAre(Utf16(u"(;GM[1];B[aa]\n", big), Utf16(u"(;FF[4];B[bb])", big)));
  }
}

TEST(Splitter, LittleEndianGameAmongOthersIsFound) {
  const std::string wide = Utf16(u"(;GM[1]PB[\u5d29];B[aa])", false);
  EXPECT_THAT(Games("(;B[bb])\n\xff\xfe" + wide + "\n(;B[cc])"),
              ElementsAre("(;B[bb])", wide, "(;B[cc])"));
}

TEST(Splitter, ListLinesAreGames) {
  EXPECT_THAT(Games("\nid one\t;B[aa];W[bb]\r\nnot a game\n2\t;W[]\n\n3\t;B[cc]"),
              ElementsAre("id one\t;B[aa];W[bb]", "2\t;W[]", "3\t;B[cc]"));
}

TEST(Splitter, ListLinesMayEndWithLoneCarriageReturns) {
  EXPECT_THAT(Games("1\t;B[aa]\r2\t;B[bb]\r"), ElementsAre("1\t;B[aa]", "2\t;B[bb]"));
}

TEST(Splitter, IndexOfGamesHoldsNoGame) {
  EXPECT_THAT(Games("948521704\tC2017.05.08\tname\t2\tB+Resign\n\t;B[aa]\n"), IsEmpty());
}

TEST(Splitter, SgfOnAListLineIsSgf) {
  EXPECT_THAT(Games("17\t(;GM[1];B[aa])\n18\t;B[aa]"), ElementsAre("(;GM[1];B[aa])"));
}

// Games with NULs that are, or almost are, UTF-16.
const std::vector<std::string>& WidePieces() {
  static const auto* const pieces = [] {
    auto* result = new std::vector<std::string>();
    for (const bool big : {false, true}) {
      for (std::u16string_view text :
           {u"(;GM[1]", u"(;", u"\ufeff", u";B[aa])", u"(", u")", u"[\u285d\u5d29]", u"\n"}) {
        result->push_back(Utf16(text, big));
      }
    }
    result->push_back(std::string("1\0\t;B[aa]\n", 10));
    return result;
  }();
  return *pieces;
}

std::string RandomBytes(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"(",
                                                   ")",
                                                   "[",
                                                   "]",
                                                   ";",
                                                   "\\",
                                                   "\n",
                                                   "\r",
                                                   "\t",
                                                   " ",
                                                   "B",
                                                   "GM",
                                                   "GaMe[1]",
                                                   "FF[4]",
                                                   "(;GM[1]",
                                                   "(;",
                                                   ";B[aa]",
                                                   ";W[]",
                                                   "7\t;B[cc]",
                                                   "\n(;SZ[9]",
                                                   std::string(1, '\0'),
                                                   "\xef\xbb\xbf",
                                                   "x",
                                                   "C[a\\]b)]",
                                                   std::string(70, 'y')};
  std::string bytes;
  const bool wide = random() % 2 == 0;
  for (int n = random() % 60; n > 0; --n) {
    const bool from_wide = wide && random() % 3 != 0;
    const std::vector<std::string>& pieces = from_wide ? WidePieces() : kPieces;
    bytes += pieces[random() % pieces.size()];
  }
  return bytes;
}

bool Same(const std::vector<GameSpan>& a, const std::vector<GameSpan>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const GameSpan& x, const GameSpan& y) { return x.begin == y.begin && x.end == y.end; });
}

TEST(SplitterProperty, SpansDoNotDependOnThePieces) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    const std::string bytes = RandomBytes(random);
    const std::vector<GameSpan> whole = SplitGames(bytes);
    Splitter splitter;
    const size_t longest = round % 3 == 0 ? 1 : 9;
    for (size_t at = 0; at < bytes.size();) {
      const size_t length = 1 + random() % longest;
      splitter.Feed(std::string_view(bytes).substr(at, length));
      at += length;
    }
    splitter.Finish();
    ASSERT_TRUE(Same(whole, splitter.spans())) << bytes;
  }
}

TEST(SplitterProperty, SplittingFromAGameOnFindsTheSameGames) {
  std::mt19937 random(2);
  for (int round = 0; round < 20000; ++round) {
    const std::string bytes = RandomBytes(random);
    const std::vector<GameSpan> whole = SplitGames(bytes);
    if (whole.empty()) continue;
    const size_t first = random() % whole.size();
    const size_t last = first + random() % (whole.size() - first);
    const uint64_t from = whole[first].begin;
    std::vector<GameSpan> again =
        SplitGames(std::string_view(bytes).substr(from, whole[last].end - from));
    for (GameSpan& span : again) span = {span.begin + from, span.end + from};
    ASSERT_TRUE(Same({whole.begin() + first, whole.begin() + last + 1}, again)) << bytes;
  }
}

TEST(SplitterProperty, SpansAscendAndDoNotOverlap) {
  std::mt19937 random(3);
  for (int round = 0; round < 20000; ++round) {
    const std::string bytes = RandomBytes(random);
    uint64_t at = 0;
    for (const GameSpan& span : SplitGames(bytes)) {
      ASSERT_LE(at, span.begin) << bytes;
      ASSERT_LT(span.begin, span.end) << bytes;
      at = span.end;
    }
    ASSERT_LE(at, bytes.size());
  }
}

}  // namespace
}  // namespace moyo::sgf
