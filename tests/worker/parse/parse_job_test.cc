#include "worker/parse/parse_job.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/go/game_hash.h"

namespace moyo::worker {
namespace {

// A legal 19x19 game of `moves` moves in columns of one colour, without captures.
std::string Moves(int moves) {
  std::string text;
  for (int i = 0; i < moves; ++i) {
    text += i % 2 == 0 ? ";B[" : ";W[";
    text += static_cast<char>('a' + i % 18);
    text += static_cast<char>('a' + i / 18);
    text += ']';
  }
  return text;
}
std::string Game(int moves, const std::string& tail = "") {
  return "(;GM[1]SZ[19]RE[B+R]" + Moves(moves) + tail + ")";
}

LedgerRow OnlyRow(const std::string& source, const ParseOptions& options = {}) {
  ParseJob job(options);
  job.AddSource(source, 7, 1);
  EXPECT_EQ(job.rows().size(), 1u);
  EXPECT_EQ(job.rows()[0].game_id, 7u);
  EXPECT_EQ(job.columns().games(), job.rows()[0].state == GameState::kAccepted ? 1u : 0u);
  return job.rows()[0];
}

TEST(ParseJob, LegalGameIsAcceptedWithItsHash) {
  const LedgerRow row = OnlyRow(Game(40));
  EXPECT_EQ(row.state, GameState::kAccepted);
  EXPECT_EQ(row.reason, "");
  EXPECT_EQ(row.detail, "");
  EXPECT_EQ(row.moves, 40u);
  EXPECT_EQ(row.byte_offset, 0u);
  go::GameRecord game;
  sgf::GameReader().Read(Game(40), game);
  EXPECT_EQ(row.identity.hash, go::GameHash(game));
}

TEST(ParseJob, ShortGameWithoutDamageIsAccepted) {
  EXPECT_EQ(OnlyRow(Game(1)).state, GameState::kAccepted);
}

TEST(ParseJob, GameWithoutMovesIsRejected) {
  const LedgerRow row = OnlyRow(Game(0));
  EXPECT_EQ(row.state, GameState::kRejected);
  EXPECT_EQ(row.reason, "NO_MOVES");
}

TEST(ParseJob, IllegalMoveTruncatesTheGame) {
  const std::string source = "text " + Game(40, ";B[aa];W[ss]");
  const LedgerRow row = OnlyRow(source);
  EXPECT_EQ(row.state, GameState::kAccepted);
  EXPECT_EQ(row.reason, "MOVE_OCCUPIED");
  EXPECT_EQ(row.moves, 40u);
  EXPECT_EQ(source.substr(row.byte_offset, 5), "B[aa]");
  EXPECT_EQ(row.detail, "the move is on an occupied point: B[aa]");
}

TEST(ParseJob, TruncatedGameWithTooFewMovesIsRejected) {
  EXPECT_EQ(OnlyRow(Game(29, ";B[aa]")).state, GameState::kRejected);
  EXPECT_EQ(OnlyRow(Game(30, ";B[aa]")).state, GameState::kAccepted);
  const LedgerRow row = OnlyRow(Game(29, ";B[aa]"));
  EXPECT_EQ(row.reason, "MOVE_OCCUPIED");
  EXPECT_EQ(row.moves, 0u);
}

TEST(ParseJob, UnterminatedValueTruncatesTheGame) {
  const LedgerRow row = OnlyRow("(;GM[1]" + Moves(40) + ";B[a");
  EXPECT_EQ(row.state, GameState::kAccepted);
  EXPECT_EQ(row.reason, "UNTERMINATED_VALUE");
  EXPECT_EQ(row.moves, 40u);
}

TEST(ParseJob, SetupChainWithoutLibertyIsRejected) {
  EXPECT_EQ(OnlyRow("(;SZ[9]AB[aa]AW[ba][ab];B[ee])").reason, "SETUP_NO_LIBERTY");
}

TEST(ParseJob, LongGameAndOtherBoardAreFiltered) {
  const ParseOptions at_most_40 = {.filter = {.max_moves = 40}};
  const LedgerRow longer = OnlyRow(Game(41), at_most_40);
  EXPECT_EQ(longer.state, GameState::kFiltered);
  EXPECT_EQ(longer.reason, "FILTER_MAX_MOVES");
  EXPECT_EQ(longer.detail, "the game has more moves than --max-moves: 41");
  EXPECT_EQ(longer.moves, 0u);
  EXPECT_EQ(OnlyRow(Game(40), at_most_40).state, GameState::kAccepted);
  const LedgerRow other = OnlyRow("(;SZ[9];B[aa])", {.filter = {.board_size = 19}});
  EXPECT_EQ(other.state, GameState::kFiltered);
  EXPECT_EQ(other.reason, "FILTER_BOARD_SIZE");
}

TEST(ParseJob, HeaderFilterGoesIntoTheLedgerWithTheTextThatDecided) {
  const LedgerRow row = OnlyRow("(;BR[5k]WR[9d]" + Moves(40) + ")", {.filter = {.min_rank = 1}});
  EXPECT_EQ(row.state, GameState::kFiltered);
  EXPECT_EQ(row.reason, "FILTER_RANK");
  EXPECT_EQ(row.detail, "a player's rank is unknown or outside the wanted ranks: 5k");
  EXPECT_EQ(row.moves, 0u);
}

TEST(ParseJob, MovesThatRemainAfterACutAreFiltered) {
  const ParseOptions options = {.filter = {.min_moves = 50}};
  EXPECT_EQ(OnlyRow(Game(40, ";B[aa]"), options).reason, "FILTER_MIN_MOVES");
  EXPECT_EQ(OnlyRow(Game(29, ";B[aa]"), options).reason, "MOVE_OCCUPIED");
  EXPECT_EQ(OnlyRow(Game(50), options).state, GameState::kAccepted);
}

TEST(ParseJob, NotesOfAnAcceptedGameStandInItsDetail) {
  EXPECT_EQ(OnlyRow(Game(40, ";W[ss](;B[rr])(;B[qq](;W[pp])(;W[oo]))")).detail,
            "same colour twice: 1; variations left aside: 3");
  const LedgerRow cut = OnlyRow(Game(40, ";W[ss];B[aa]"));
  EXPECT_EQ(cut.reason, "MOVE_OCCUPIED");
  EXPECT_EQ(cut.detail, "the move is on an occupied point: B[aa]; same colour twice: 1");
  // Suicide of one stone, where the ruleset allows it, gives the position before it again.
  EXPECT_EQ(OnlyRow("(;SZ[9]RU[NZ]AW[ba][ab];B[aa];W[ee])").detail, "position repeated: 1");
}

TEST(ParseJob, Utf16GameIsReadAndItsDamageFoundInItsOwnBytes) {
  const std::string plain = "(;GM[1]" + Moves(40) + ";B[aa])";
  std::string wide("\xff\xfe", 2);
  for (char c : plain) wide += std::string({c, '\0'});
  const LedgerRow row = OnlyRow(wide);
  EXPECT_EQ(row.state, GameState::kAccepted);
  EXPECT_EQ(row.moves, 40u);
  EXPECT_EQ(row.reason, "MOVE_OCCUPIED");
  EXPECT_EQ(row.byte_offset, 2 + 2 * plain.find(";B[aa])") + 2);
  EXPECT_EQ(row.detail, "the move is on an occupied point: B[aa]");
}

TEST(ParseJob, MoreMovesThanAShardCountsAreFiltered) {
  std::string source = "(;GM[1]";
  for (int i = 0; i < 70000; ++i) source += ";B[]";
  EXPECT_EQ(OnlyRow(source, {.filter = {.max_moves = 1000000}}).reason, "FILTER_MAX_MOVES");
}

TEST(ParseJob, GameOverTheSizeLimitIsRejected) {
  EXPECT_EQ(OnlyRow(Game(40), {.max_game_bytes = 100}).reason, "GAME_TOO_LARGE");
}

TEST(ParseJob, GameAtTheSizeLimitIsRead) {
  const std::string game = Game(40);
  EXPECT_EQ(OnlyRow(game, {.max_game_bytes = game.size()}).state, GameState::kAccepted);
  EXPECT_EQ(OnlyRow(game, {.max_game_bytes = game.size() - 1}).reason, "GAME_TOO_LARGE");
}

TEST(ParseJob, CutGameWithJustEnoughMovesIsAccepted) {
  const std::string source = Game(40, ";B[aa]");
  EXPECT_EQ(OnlyRow(source, {.min_moves = 40}).state, GameState::kAccepted);
  EXPECT_EQ(OnlyRow(source, {.min_moves = 41}).state, GameState::kRejected);
  EXPECT_EQ(OnlyRow("(;B[aa];B[aa])", {.min_moves = 0}).state, GameState::kAccepted);
}

TEST(ParseJob, SourceWithoutGamesGivesOneRow) {
  const LedgerRow row = OnlyRow("\xff\x01 nothing here");
  EXPECT_EQ(row.state, GameState::kRejected);
  EXPECT_EQ(row.reason, "NO_GAME");
  EXPECT_EQ(row.detail, "there is no game record in it: \\xff\\x01 nothing here");
}

TEST(ParseJob, DamagedGameDoesNotCostItsNeighbours) {
  ParseJob job({});
  job.AddSource(Game(40) + "(;GM[2])" + Game(50), 1, 3);
  ASSERT_EQ(job.rows().size(), 3u);
  EXPECT_EQ(job.rows()[0].state, GameState::kAccepted);
  EXPECT_EQ(job.rows()[1].reason, "NOT_GO");
  EXPECT_EQ(job.rows()[2].state, GameState::kAccepted);
  EXPECT_EQ(job.rows()[2].shard_row, 1u);
  EXPECT_EQ(job.columns().positions(), 90u);
}

TEST(ParseJob, ChangedSourceIsRejectedWhole) {
  std::atomic<uint64_t> games_parsed{0};
  ParseJob job({}, &games_parsed);
  job.AddSource(Game(40), 1, 3);
  job.AddSource(Game(40) + Game(41), 4, 1);
  job.AddSource("", 5, 2);
  ASSERT_EQ(job.rows().size(), 6u);
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(job.rows()[i].game_id, i + 1);
    EXPECT_EQ(job.rows()[i].reason, "SOURCE_CHANGED");
  }
  EXPECT_EQ(job.columns().games(), 0u);
  EXPECT_EQ(games_parsed, 6u);
}

TEST(ParseJob, UnreadableSourceIsRejectedWithItsCause) {
  ParseJob job({});
  job.AddUnreadableSource(3, 2, "cannot open 'x'\n" + std::string(400, '\xff'));
  ASSERT_EQ(job.rows().size(), 2u);
  EXPECT_EQ(job.rows()[1].game_id, 4u);
  EXPECT_EQ(job.rows()[1].reason, "SOURCE_UNREADABLE");
  EXPECT_EQ(job.rows()[1].detail.substr(0, 17), "cannot open \\'x\\'");
  EXPECT_LE(job.rows()[1].detail.size(), 200u);
}

TEST(ParseJob, PiecesOfASourceDecideNothing) {
  const std::string source = "text " + Game(40) + "(;GM[2])" + Game(50, ";B[aa]") + "(;GM[1]";
  ParseJob whole({});
  whole.AddSource(source, 1, 4);
  for (const size_t piece_bytes : {1u, 7u, 100u}) {
    ParseJob job({});
    job.BeginSource(1, 4);
    for (size_t at = 0; at < source.size(); at += piece_bytes) {
      job.Feed(std::string_view(source).substr(at, piece_bytes));
    }
    job.EndSource();
    EXPECT_EQ(shard::DigestOf(job.columns()), shard::DigestOf(whole.columns()));
    ASSERT_EQ(job.rows().size(), 4u);
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(job.rows()[i].reason, whole.rows()[i].reason);
      EXPECT_EQ(job.rows()[i].byte_offset, whole.rows()[i].byte_offset);
      EXPECT_EQ(job.rows()[i].detail, whole.rows()[i].detail);
    }
  }
}

TEST(ParseJob, DroppedSourceLeavesNothing) {
  std::atomic<uint64_t> games_parsed{0};
  ParseJob job({}, &games_parsed), other({});
  for (ParseJob* each : {&job, &other}) each->AddSource(Game(40), 1, 1);
  job.BeginSource(2, 2);
  job.Feed("(;SZ[19]AB[aa][bb];W[cc])" + Game(60));
  job.DropSource();
  EXPECT_EQ(job.rows().size(), 1u);
  for (ParseJob* each : {&job, &other}) each->AddSource(Game(50), 2, 1);
  EXPECT_EQ(job.rows().size(), 2u);
  EXPECT_EQ(shard::DigestOf(job.columns()), shard::DigestOf(other.columns()));
  EXPECT_EQ(games_parsed, 3u);  // progress never falls
}

TEST(ParseJob, GameOverTheSizeLimitCostsNoNeighbour) {
  ParseJob job({.max_game_bytes = 1000});
  job.AddSource(Game(40) + Game(300) + Game(50), 1, 3);
  ASSERT_EQ(job.rows().size(), 3u);
  EXPECT_EQ(job.rows()[1].reason, "GAME_TOO_LARGE");
  EXPECT_EQ(job.rows()[1].byte_offset, Game(40).size());
  EXPECT_EQ(job.columns().positions(), 90u);
}

TEST(ParseJob, ListLinesAreGames) {
  ParseJob job({});
  job.AddSource("1\t" + Moves(40) + "\n2\t" + Moves(35) + "\n", 1, 2);
  EXPECT_EQ(job.columns().games(), 2u);
}

TEST(ParseJob, SameBytesGiveTheSameDigest) {
  ParseJob one({}), two({});
  for (ParseJob* job : {&one, &two}) job->AddSource(Game(40) + Game(50), 1, 2);
  EXPECT_EQ(shard::DigestOf(one.columns()), shard::DigestOf(two.columns()));
}

// A worker parses on several threads at once, each with its own job.
TEST(ParseJob, DigestDoesNotDependOnTheNumberOfThreads) {
  std::string source;
  for (int i = 0; i < 60; ++i) source += Game(30 + i);
  const auto digest = [&] {
    ParseJob job({});
    job.AddSource(source, 1, 60);
    EXPECT_EQ(job.columns().games(), 60u);
    return shard::DigestOf(job.columns());
  };
  const Digest alone = digest();
  std::vector<Digest> digests(8);
  std::vector<std::thread> threads;
  for (Digest& each : digests) threads.emplace_back([&] { each = digest(); });
  for (std::thread& thread : threads) thread.join();
  for (const Digest& each : digests) EXPECT_EQ(each, alone);
}

}  // namespace
}  // namespace moyo::worker
