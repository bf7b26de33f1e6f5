#include "common/sgf/game_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/common/sgf/utf16_text.h"

namespace moyo::sgf {
namespace {

struct Outcome {
  ReadResult result;
  go::GameRecord game;
};

Outcome ReadOne(std::string_view text) {
  GameReader reader;
  Outcome outcome;
  outcome.result = reader.Read(text, outcome.game);
  return outcome;
}

// "Bdd Wpp B-- ": a pass is two dashes.
std::string Moves(const go::GameRecord& game) {
  std::string text;
  for (const go::Move& move : game.moves) {
    text += move.color == go::Color::kBlack ? 'B' : 'W';
    if (move.point.IsPass()) {
      text += "--";
    } else {
      text += static_cast<char>('a' + move.point.x);
      text += static_cast<char>('a' + move.point.y);
    }
    text += ' ';
  }
  return text;
}

std::string MovesOf(std::string_view text) {
  const Outcome outcome = ReadOne(text);
  EXPECT_EQ(outcome.result.issue.reason, Reason::kNone) << text;
  EXPECT_TRUE(outcome.result.readable);
  return Moves(outcome.game);
}

std::string SetupOf(std::string_view text) {
  std::string setup;
  for (const go::Setup& stone : ReadOne(text).game.setup) {
    setup += stone.color == go::Color::kBlack ? 'B' : 'W';
    setup += static_cast<char>('a' + stone.point.x);
    setup += static_cast<char>('a' + stone.point.y);
    setup += ' ';
  }
  return setup;
}

// "REASON@offset moves": what a damaged game gives.
std::string Cut(std::string_view text) {
  const Outcome outcome = ReadOne(text);
  const std::string where = std::string(ReasonName(outcome.result.issue.reason)) + "@" +
                            std::to_string(outcome.result.issue.offset);
  return outcome.result.readable ? where + " " + Moves(outcome.game) : where + " refused";
}

TEST(GameReader, MovesAreReadInOrderWithTheirColours) {
  EXPECT_EQ(MovesOf("(;GM[1]FF[4]SZ[19];B[dd];W[pp];W[aa]\n;B[ss])"), "Bdd Wpp Waa Bss ");
}

TEST(GameReader, ValuesOfAMoveMayStandApart) {
  for (const char* node :
       {";B[cc][dd]", ";B[cc] [dd]", ";B[cc]\r\n[dd]", ";B [cc] [dd]", ";B[cc][dd] "}) {
    EXPECT_EQ(MovesOf("(;W[aa]" + std::string(node) + ";W[ee])"), "Waa Bcc Bdd Wee ") << node;
    EXPECT_EQ(MovesOf("(;W[aa]" + std::string(node)), "Waa Bcc Bdd ") << node;
  }
}

TEST(GameReader, MainLineIsTheFirstVariationAtEveryBranch) {
  const Outcome outcome = ReadOne("(;B[aa](;W[bb](;B[cc])(;B[dd]C[)(\\](]))(;W[ee](;B[ff])))");
  EXPECT_EQ(Moves(outcome.game), "Baa Wbb Bcc ");
  EXPECT_EQ(outcome.result.variations, 3u);
}

TEST(GameReader, EmptyVariationIsPassedOver) {
  EXPECT_EQ(MovesOf("(;B[aa]()(;W[bb]))"), "Baa Wbb ");
}

TEST(GameReader, DeepNestingIsReadWithoutRecursion) {
  std::string text = "(;GM[1]";
  for (int i = 0; i < 100000; ++i) text += "(;B[aa]";
  EXPECT_EQ(ReadOne(text).game.moves.size(), 100000u);
}

TEST(GameReader, MissingClosingParenthesisIsNoIssue) {
  EXPECT_EQ(MovesOf("(;B[aa];W[bb]"), "Baa Wbb ");
}

TEST(GameReader, EmptyValueAndTtArePasses) {
  EXPECT_EQ(MovesOf("(;B[];W[tt];B[ ])"), "B-- W-- B-- ");
}

TEST(GameReader, TtIsAPointOnLargerBoards) {
  EXPECT_EQ(MovesOf("(;SZ[25];B[tt];W[])"), "Btt W-- ");
}

TEST(GameReader, LongNamesOfFf3AndSmallLettersAreRead) {
  const Outcome outcome = ReadOne("(;GaMe[1]SiZe[9];Black[aa];b[bb];w[cc])");
  EXPECT_EQ(outcome.game.info.board_size, 9);
  EXPECT_EQ(Moves(outcome.game), "Baa Bbb Wcc ");
}

TEST(GameReader, EveryVersionOfTheFormatIsRead) {
  // FF[1]: long names, a property that later versions dropped; FF[3]: long names in one node.
  EXPECT_EQ(MovesOf("(;\nGaMe[1]\nVieW[]\nSiZe[19]\nComment[old]\n;Black[pd]\n;White[dp]\n)"),
            "Bpd Wdp ");
  EXPECT_EQ(MovesOf("(;GM[1]FF[2]SZ[19];B[pd]C[a]L[aa][bb];W[dp]M[cc])"), "Bpd Wdp ");
  const Outcome three = ReadOne(
      "(;GaMe[1]FileFormat[3]SiZe[19]HAndicap[2]AddBlack[dd][pp]PLayer[White];White[cq];Black[qc]"
      ")");
  EXPECT_EQ(Moves(three.game), "Wcq Bqc ");
  EXPECT_EQ(three.game.setup.size(), 2u);
  EXPECT_EQ(three.game.info.handicap, 2);
  EXPECT_EQ(
      MovesOf("(;FF[4]GM[1]SZ[19]CA[UTF-8]AP[x:1]KM[6.5];B[pd]BL[30]OB[5](;W[dp]WL[9])(;W[dd]))"),
      "Bpd Wdp ");
}

TEST(GameReader, FreeHandicapKeepsTheColoursOfItsMoves) {
  EXPECT_EQ(MovesOf("(;HA[3];B[dd];B[pp];B[dp];W[pd])"), "Bdd Bpp Bdp Wpd ");
}

TEST(GameReader, EscapesAndBracketsInValuesDoNotEndThem) {
  EXPECT_EQ(MovesOf("(;C[a\\]b [;W[cc\\];(] PB[x\\\\];B[aa]C[\\]];W[b\\b])"), "Baa Wbb ");
}

TEST(GameReader, SpaceBetweenNameAndValuesIsAllowed) {
  EXPECT_EQ(MovesOf("(;GM [1] \r; B [aa]\r;W\n[b\nb]N[x] [y])"), "Baa Wbb ");
}

TEST(GameReader, TwoMovesInOneNodeKeepTheirOrder) {
  EXPECT_EQ(MovesOf("(;B[aa]W[bb];B[cc][dd])"), "Baa Wbb Bcc Bdd ");
}

TEST(GameReader, SetupMayBeGivenInRectanglesAndSeveralNodes) {
  EXPECT_EQ(SetupOf("(;SZ[9]AB[bb:cc][aa];AW[cc]AE[bb]PL[W];W[ee])"), "Baa Bcb Bbc Wcc ");
  EXPECT_EQ(SetupOf("(;SZ[9]AB[cb:bc])"), "Bbb Bcb Bbc Bcc ");
}

TEST(GameReader, SetupBeforeTheBoardSizeIsCheckedAgainstIt) {
  EXPECT_EQ(SetupOf("(;AB[aa]SZ[9];W[ee])"), "Baa ");
  EXPECT_EQ(Cut("(;AB[aa][pp]SZ[9];W[ee])"), "SETUP_OFF_BOARD@8 refused");
}

TEST(GameReader, SetupAfterAMoveCutsTheGame) {
  EXPECT_EQ(Cut("(;B[aa];W[bb];AE[aa];B[cc])"), "SETUP_AFTER_MOVE@14 Baa Wbb ");
}

TEST(GameReader, MoveOffTheBoardCutsTheGame) {
  EXPECT_EQ(Cut("(;SZ[9];B[aa];W[ja];B[cc])"), "MOVE_OFF_BOARD@14 Baa ");
}

TEST(GameReader, MoveThatIsNoPointCutsTheGame) {
  EXPECT_EQ(Cut("(;B[aa];W[b];B[cc])"), "BAD_MOVE@8 Baa ");
  EXPECT_EQ(Cut("(;B[aa];W[BB];B[cc])"), "BAD_MOVE@8 Baa ");
  EXPECT_EQ(Cut("(;B[aa];W[bb;B[cc];W[dd])"), "BAD_MOVE@8 Baa ");
}

TEST(GameReader, UnterminatedValueCutsTheGame) {
  EXPECT_EQ(Cut("(;B[aa];W[b"), "UNTERMINATED_VALUE@8 Baa ");
  EXPECT_EQ(Cut("(;B[aa]C[b\\]"), "UNTERMINATED_VALUE@7 Baa ");
}

TEST(GameReader, DamageAfterTheFirstMoveCutsTheGame) {
  EXPECT_EQ(Cut("(;B[aa];Wbb];B[cc])"), "PROPERTY_WITHOUT_VALUE@8 Baa ");
  EXPECT_EQ(Cut("(;B[aa];W[bb]5;B[cc])"), "UNEXPECTED_TEXT@13 Baa Wbb ");
}

TEST(GameReader, StrayTextBeforeTheFirstMoveIsSkipped) {
  EXPECT_EQ(MovesOf("(;PB[\x81]]PW[\x81]!5ab]GM[1] [x];B[aa]\xe5\xad;W[bb])"), "Baa Wbb ");
}

TEST(GameReader, OtherGamesAndBoardsAreRefused) {
  EXPECT_EQ(Cut("(;GM[2];B[aa])"), "NOT_GO@4 refused");
  EXPECT_EQ(Cut("(;SZ[13:9];B[aa])"), "BOARD_NOT_SQUARE@4 refused");
  EXPECT_EQ(Cut("(;SZ[26];B[aa])"), "BAD_BOARD_SIZE@4 refused");
  EXPECT_EQ(Cut("(;SZ[1];B[aa])"), "BAD_BOARD_SIZE@4 refused");
  EXPECT_EQ(Cut("(;SZ[nine];B[aa])"), "BAD_BOARD_SIZE@4 refused");
  EXPECT_EQ(Cut("no game"), "NO_GAME@0 refused");
  EXPECT_EQ(Cut(""), "NO_GAME@0 refused");
}

TEST(GameReader, ListLineIsReadAsA19By19Game) {
  const Outcome outcome = ReadOne("964282199\t;B[pp];W[];B[dq]");
  EXPECT_EQ(Moves(outcome.game), "Bpp W-- Bdq ");
  EXPECT_EQ(outcome.game.info.board_size, 19);
  EXPECT_EQ(Moves(ReadOne("12\t;B[pd]C[see (;)];W[dd]").game), "Bpd Wdd ");
}

TEST(GameReader, HeaderFactsAreKept) {
  const go::GameInfo info =
      ReadOne(
          "(;SZ[19:19]KM[750]HA[2]RE[W+3.5]RU[Chinese]BR[P9\xe6\xae\xb5]WR[5k]"
          "DT[2017-03-08]KM[0];B[aa]KO[])")
          .game.info;
  EXPECT_EQ(info.board_size, 19);
  EXPECT_EQ(info.komi_half_points, 15);
  EXPECT_EQ(info.handicap, 2);
  EXPECT_EQ(info.winner, go::Winner::kWhite);
  EXPECT_EQ(info.margin_half_points, 7);
  EXPECT_FALSE(info.by_resignation);
  EXPECT_EQ(info.ruleset, go::Ruleset::kChinese);
  EXPECT_EQ(info.black_rank, 19);
  EXPECT_EQ(info.white_rank, -5);
  EXPECT_EQ(info.year, 2017);
}

TEST(GameReader, MoveOffsetPointsAtTheMove) {
  const std::string text = "(;GM[1]\n;B[aa] ;C[x]W[bb])";
  GameReader reader;
  go::GameRecord game;
  reader.Read(text, game);
  EXPECT_EQ(text.substr(reader.MoveOffset(0), 5), "B[aa]");
  EXPECT_EQ(text.substr(reader.MoveOffset(1), 5), "W[bb]");
}

TEST(GameReader, ReaderCarriesNothingFromOneGameToTheNext) {
  GameReader reader;
  go::GameRecord game;
  reader.Read("(;SZ[9]AB[aa]RE[B+R]BR[9d];W[bb];B[cc])", game);
  reader.Read("(;W[dd])", game);
  EXPECT_EQ(Moves(game), "Wdd ");
  EXPECT_TRUE(game.setup.empty());
  EXPECT_EQ(game.info.board_size, 19);
  EXPECT_EQ(game.info.winner, go::Winner::kUnknown);
}

TEST(GameReader, HeaderHoldsTheFirstNonEmptyTextOfEach) {
  const std::string text =
      "(;PB[]PlayerBlack[A \\] b]PW[W]BR[1d]WR[2k]DT[2001]CA[gb2312]EV[cup]PC[Seoul]KM[6.5]RE[B+R]"
      "RU[aga]HA[2]PB[other]KO[7];B[aa])";
  GameReader reader;
  go::GameRecord game;
  reader.Read(text, game);
  const HeaderTexts& header = reader.header();
  EXPECT_EQ(header.black_name, "A \\] b");
  EXPECT_EQ(header.white_name, "W");
  EXPECT_EQ(header.black_rank, "1d");
  EXPECT_EQ(header.white_rank, "2k");
  EXPECT_EQ(header.date, "2001");
  EXPECT_EQ(header.charset, "gb2312");
  EXPECT_EQ(header.event, "cup");
  EXPECT_EQ(header.place, "Seoul");
  EXPECT_EQ(header.komi, "6.5");
  EXPECT_EQ(header.result, "B+R");
  EXPECT_EQ(header.ruleset, "aga");
  EXPECT_EQ(header.handicap, "2");
  reader.Read("(;KO[7];B[aa]KO[])", game);
  EXPECT_EQ(reader.header().black_name, "");
  EXPECT_EQ(reader.header().komi, "7");
}

TEST(GameReader, FirstValueOfAFactCounts) {
  const go::GameInfo info = ReadOne("(;SZ[19][9]KM[6.5][0]RE[B+R][W+R]HA[2][9];B[ss])").game.info;
  EXPECT_EQ(info.board_size, 19);
  EXPECT_EQ(info.komi_half_points, 13);
  EXPECT_EQ(info.winner, go::Winner::kBlack);
  EXPECT_EQ(info.handicap, 2);
}

TEST(GameReader, Utf16IsReadWithOffsetsInItsOwnBytes) {
  for (const bool big : {false, true}) {
    // A pair of surrogates, and U+5d5c, which has the bytes of ']' and of a backslash.
    const std::string text =
        Utf16(u"(;GM[1]PB[\u5d5c\U00020bb7]RE[\u767d\u80dc];B[aa];W[bb]C[\\]];B[z])", big);
    GameReader reader;
    go::GameRecord game;
    const ReadResult result = reader.Read(text, game);
    EXPECT_EQ(Moves(game), "Baa Wbb ");
    EXPECT_EQ(game.info.winner, go::Winner::kWhite);
    EXPECT_EQ(reader.header().black_name, "\xe5\xb5\x9c\xf0\xa0\xae\xb7");
    EXPECT_EQ(text.substr(reader.MoveOffset(1), 10), Utf16(u"W[bb]", big));
    EXPECT_EQ(reader.MoveBytes(1), "W[bb]");
    EXPECT_EQ(result.issue.reason, Reason::kBadMove);
    EXPECT_EQ(text.substr(result.issue.offset), Utf16(u"B[z])", big));
    EXPECT_EQ(result.issue.bytes, "B[z])");
  }
}

TEST(GameReader, DamagedUtf16IsReadWhereItIsWhole) {
  // A lone surrogate in a name, half a code unit at the end.
  const std::string text = Utf16(u"(;PB[\xd800];B[aa];W[bb]", false) + ";";
  EXPECT_EQ(MovesOf(text), "Baa Wbb ");
  GameReader reader;
  go::GameRecord game;
  reader.Read(text, game);
  EXPECT_EQ(reader.header().black_name, "\xef\xbf\xbd");
}

TEST(GameReader, IssueHoldsAtMostFortyBytes) {
  const Outcome outcome = ReadOne("(;B[" + std::string(100, 'x') + "])");
  EXPECT_EQ(outcome.result.issue.bytes.size(), 40u);
}

// Whatever the bytes: no crash, points on the board, offsets inside the text.
TEST(GameReaderProperty, DamagedGamesGiveOnlyValidMoves) {
  std::mt19937 random(1);
  const std::string good =
      "(;GM[1]SZ[9]KM[3.75]RE[B+2.5]AB[aa:bb]BR[9d];B[dd]C[a\\]b];W[ee](;B[];W[ff])(;B[gg]))";
  GameReader reader;
  go::GameRecord game;
  for (int round = 0; round < 50000; ++round) {
    std::string text = good;
    for (int n = 1 + random() % 4; n > 0; --n) {
      const size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 3);
          break;
        default:
          text.insert(at, 1, "()[];\\:BW"[random() % 9]);
      }
      if (text.empty()) text = "(";
    }
    const ReadResult result = reader.Read(text, game);
    ASSERT_LE(result.issue.offset, text.size());
    ASSERT_GE(game.info.board_size, 2);
    ASSERT_LE(game.info.board_size, 25);
    for (size_t ply = 0; ply < game.moves.size(); ++ply) {
      ASSERT_LT(reader.MoveOffset(ply), text.size());
      const go::Point point = game.moves[ply].point;
      ASSERT_TRUE(point.IsPass() ||
                  (point.x < game.info.board_size && point.y < game.info.board_size))
          << text;
    }
    for (const go::Setup& stone : game.setup) {
      ASSERT_LT(stone.point.x, game.info.board_size);
      ASSERT_LT(stone.point.y, game.info.board_size);
    }
  }
}

}  // namespace
}  // namespace moyo::sgf
