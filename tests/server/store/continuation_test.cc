// Games that go on where another one ends, with true shards: which stays, and what the others are.
#include <algorithm>
#include <numeric>

#include "common/go/game_hash.h"
#include "common/go/symmetry.h"
#include "common/shard/shard.h"
#include "tests/server/store/store_fixture.h"

namespace moyo::store {
namespace {

// `moves` moves of one long game, or of another `branch` of it from move 100 on, under a symmetry.
go::GameRecord GameOf(size_t moves, int symmetry = 0, int branch = 0) {
  go::GameRecord game;
  for (size_t i = 0; i < moves; ++i) {
    const size_t at = i < 100 ? i : i + 20 * branch;
    const go::Point point{static_cast<uint8_t>(at * 7 % 19), static_cast<uint8_t>(at / 19)};
    game.moves.push_back(
        {go::Transform(point, symmetry, 19), i % 2 == 0 ? go::Color::kBlack : go::Color::kWhite});
  }
  return game;
}

class ContinuationTest : public StoreFixture {
 protected:
  static CommitRequest Committing(const work::Unit& unit, const std::vector<go::GameRecord>& games,
                                  shard::Columns& columns) {
    CommitRequest request{unit.id, unit.token, "w", "", {}};
    go::GameIdentity identity;
    for (size_t i = 0; i < games.size(); ++i) {
      go::Identify(games[i], identity);
      columns.Append(games[i], identity.hash);
      Game game;
      game.game_id = unit.first_game.value + i;
      game.state = GameState::kAccepted;
      game.moves = games[i].moves.size();
      game.shard_row = i;
      game.game_hash = ToBytes(identity.hash);
      game.symmetry = identity.symmetry;
      game.marks = identity.marks;
      request.games.push_back(game);
    }
    request.digest = ToBytes(shard::DigestOf(columns));
    return request;
  }

  void Commit(const work::Unit& unit, const std::vector<go::GameRecord>& games) {
    shard::Columns columns;
    const CommitRequest request = Committing(unit, games, columns);
    for (int i = 0; i < hidden_games_; ++i) columns.Append(games[0], {});
    const std::string bytes = damaged_ ? "no shard" : shard::WriteNpz(columns);
    auto upload = store_->BeginUpload(unit.id, unit.token, bytes.size());
    ASSERT_TRUE(upload.ok());
    ASSERT_TRUE((*upload)->Append(bytes).ok());
    ASSERT_TRUE(
        store_->FinishUpload(unit.id, unit.token, request.digest, bytes.size(), *std::move(upload))
            .ok());
    ASSERT_TRUE(store_->Commit(request).ok());
  }

  bool damaged_ = false;
  int hidden_games_ = 0;  // in the shard, of which its commit says nothing
};

TEST_F(ContinuationTest, TheLongestStaysInWhateverOrderTheyCome) {
  // The fifth goes on from the first, second, fourth and sixth; the third leaves it at move 100,
  // and the seventh is a mirror image of that.
  const std::vector<go::GameRecord> games = {GameOf(120),       GameOf(150, 3), GameOf(150, 0, 1),
                                             GameOf(64, 5),     GameOf(200),    GameOf(120, 6),
                                             GameOf(150, 2, 1), GameOf(31)};
  std::string digest;
  // Every rotation, forwards and backwards.
  for (size_t turn = 0; turn < 2 * games.size(); ++turn) {
    std::vector<size_t> order(games.size());
    std::iota(order.begin(), order.end(), 0);
    std::rotate(order.begin(), order.begin() + turn % games.size(), order.end());
    if (turn >= games.size()) std::reverse(order.begin(), order.end());
    test::TempFolder folder;
    store_ = *Store::Open(folder.path(), options_, clock_);
    AddUnits(std::vector<std::vector<uint32_t>>(games.size(), {1}));
    std::vector<work::Unit> units;
    for (size_t i = 0; i < games.size(); ++i) units.push_back(Lease().unit);
    for (const size_t i : order) Commit(units[i], {games[i]});
    LedgerCounts counts = Counts();
    EXPECT_EQ(counts.accepted, 3u);  // the third, the fifth, and the one too short to have a mark
    EXPECT_EQ(counts.positions, 150u + 200u + 31u);
    EXPECT_EQ(counts.duplicate, 5u);
    EXPECT_EQ(counts.identical, 0u);
    EXPECT_EQ(counts.symmetric, 1u);
    EXPECT_EQ(counts.continued, 4u);
    if (digest.empty()) digest = store_->GetManifest()->digest;
    ASSERT_EQ(store_->GetManifest()->digest, digest);
    store_ = *Store::Open(folder.path(), options_, clock_);
    EXPECT_EQ(Counts().continued, 4u);
    EXPECT_EQ(Counts().symmetric, 1u);
    EXPECT_EQ(store_->GetManifest()->digest, digest);
    store_ = nullptr;
  }
}

TEST_F(ContinuationTest, CopiesAreJudgedByTheOneThatStays) {
  AddUnits({{1}, {1}, {1}, {1}});
  const work::Unit units[] = {Lease().unit, Lease().unit, Lease().unit, Lease().unit};
  Commit(units[3], {GameOf(80, 1)});
  Commit(units[2], {GameOf(80, 1)});
  Commit(units[1], {GameOf(80)});
  EXPECT_EQ(Counts().symmetric, 2u);
  Commit(units[0], {GameOf(80, 1)});
  EXPECT_EQ(Counts().identical, 2u);
  EXPECT_EQ(Counts().symmetric, 1u);
}

TEST_F(ContinuationTest, WithinOneUnit) {
  AddUnits({{3}});
  Commit(Lease().unit, {GameOf(200), GameOf(120), GameOf(201)});
  EXPECT_EQ(Counts().accepted, 1u);
  EXPECT_EQ(store_->GetManifest()->shards[0].left_out_rows, (std::vector<uint32_t>{0, 1}));
}

TEST_F(ContinuationTest, WhereAShardCannotBeReadBothStayAndAnAlarmSaysSo) {
  AddUnits({{1}, {1}});
  damaged_ = true;
  Commit(Lease().unit, {GameOf(200)});
  damaged_ = false;
  Commit(Lease().unit, {GameOf(120)});
  EXPECT_EQ(Counts().accepted, 2u);
  ASSERT_EQ(store_->GetStatus().alarms.size(), 1u);
  EXPECT_NE(store_->GetStatus().alarms[0].find("unit-00000001"), std::string::npos);
}

// A few kilobytes may unpack to gigabytes, and they would be read while every other call waits.
TEST_F(ContinuationTest, ShardThatUnpacksToMoreThanItsCommitSaysIsNotUnpacked) {
  AddUnits({{1}, {1}});
  hidden_games_ = 1000;
  Commit(Lease().unit, {GameOf(200)});
  hidden_games_ = 0;
  Commit(Lease().unit, {GameOf(120)});
  EXPECT_EQ(Counts().accepted, 2u);
  ASSERT_EQ(store_->GetStatus().alarms.size(), 1u);
  EXPECT_NE(store_->GetStatus().alarms[0].find("limit"), std::string::npos);
}

TEST_F(ContinuationTest, ShardThatCannotBeReadIsAnAlarmOnceACommit) {
  AddUnits({{1}, {3}});
  damaged_ = true;
  Commit(Lease().unit, {GameOf(200)});
  damaged_ = false;
  Commit(Lease().unit, {GameOf(120), GameOf(130), GameOf(140)});
  EXPECT_EQ(store_->GetStatus().alarms.size(), 1u);
}

}  // namespace
}  // namespace moyo::store
