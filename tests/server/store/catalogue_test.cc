#include "tests/server/store/store_fixture.h"

namespace moyo::store {
namespace {

using CatalogueStoreTest = StoreFixture;

TEST_F(CatalogueStoreTest, GameIdsAreContiguousInCatalogueOrder) {
  AddUnits({{2, 3}, {4}});
  AddUnits({{1}});
  const GrantedUnit first = Lease(), second = Lease(), third = Lease();
  EXPECT_EQ(first.sources[1].first_game, 3u);
  EXPECT_EQ(second.unit.first_game.value, 6u);
  EXPECT_EQ(third.unit.first_game.value, 10u);
  Reopen();
  AddUnits({{1}});
  EXPECT_EQ(Lease().unit.first_game.value, 11u);
}

TEST_F(CatalogueStoreTest, PendingGamesAreListedFromTheirSources) {
  AddUnits({{2}, {1}});
  ASSERT_TRUE(UploadAndCommit(Lease().unit, {"a", "b"}).ok());
  std::vector<GameState> states;
  for (const work::Unit& unit : store_->UnitsInOrder()) {
    const std::vector<LedgerEntry> entries = *store_->ReadLedger(unit);
    for (const LedgerEntry& entry : entries) {
      EXPECT_EQ(entry.path, "/games/1");
      states.push_back(entry.game.state);
    }
  }
  EXPECT_EQ(states, (std::vector<GameState>{GameState::kAccepted, GameState::kAccepted,
                                            GameState::kPending}));
}

TEST_F(CatalogueStoreTest, UnitsWithoutAGameInTheStateNeedNotBeRead) {
  AddUnits({{2}, {1}});
  ASSERT_TRUE(UploadAndCommit(Lease().unit, {"a", "a"}).ok());
  const std::vector<work::Unit> units = store_->UnitsInOrder();
  ASSERT_EQ(units.size(), 2u);
  EXPECT_TRUE(*store_->HasGames(units[0], GameState::kAccepted));
  EXPECT_TRUE(*store_->HasGames(units[0], GameState::kDuplicate));
  EXPECT_FALSE(*store_->HasGames(units[0], GameState::kRejected));
  EXPECT_FALSE(*store_->HasGames(units[0], GameState::kPending));
  EXPECT_FALSE(*store_->HasGames(units[1], GameState::kAccepted));
  EXPECT_TRUE(*store_->HasGames(units[1], GameState::kPending));
}

TEST_F(CatalogueStoreTest, TokensRiseOverManyGrantsAndRestarts) {
  AddUnits({{1}});
  work::FencingToken last;
  for (int i = 0; i < 2500; ++i) {
    const work::Unit unit = Lease().unit;
    ASSERT_GT(unit.token, last);
    last = unit.token;
    ASSERT_TRUE(store_->Release(unit.id, {unit.token, work::Leaving::kWilling, ""}).ok());
    if (i % 500 == 250) Reopen();
  }
}

TEST_F(CatalogueStoreTest, ScanIsRememberedUntilFinished) {
  const Scan scan = *store_->BeginScan({"/a", "/b"}, 7);
  EXPECT_EQ(store_->BeginScan({"/a", "/b"}, 7)->scan_id, scan.scan_id);
  EXPECT_NE(store_->BeginScan({"/a"}, 7)->scan_id, scan.scan_id);
  Reopen();
  ASSERT_EQ(store_->UnfinishedScans()->size(), 2u);
  EXPECT_EQ(store_->UnfinishedScans()->front().paths, (std::vector<std::string>{"/a", "/b"}));
  ASSERT_TRUE(store_->FinishScan(scan.scan_id).ok());
  EXPECT_EQ(store_->UnfinishedScans()->size(), 1u);
}

}  // namespace
}  // namespace moyo::store
