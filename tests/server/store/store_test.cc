#include <fstream>
#include <set>

#include "tests/server/store/store_fixture.h"

namespace moyo::store {
namespace {

using StoreTest = StoreFixture;

TEST_F(StoreTest, CommitMovesGamesFromPendingToAccepted) {
  AddUnits({{1, 1}});
  EXPECT_EQ(Counts().pending, 2u);
  const GrantedUnit granted = Lease();
  ASSERT_EQ(granted.sources.size(), 2u);
  EXPECT_EQ(granted.sources[1].first_game, 2u);
  ASSERT_TRUE(UploadAndCommit(granted.unit, {"a", "b"}).ok());
  EXPECT_EQ(Counts().accepted, 2u);
  EXPECT_EQ(Counts().pending, 0u);
  EXPECT_EQ(Counts().positions, 200u);
  EXPECT_EQ(store_->GetManifest()->shards.size(), 1u);
}

TEST_F(StoreTest, StaleFencingTokenIsRefused) {
  AddUnits({{1}});
  const GrantedUnit first = Lease("slow");
  ASSERT_TRUE(Upload(first.unit, DigestOfText("a,")).ok());
  clock_.Advance(absl::Seconds(61));
  EXPECT_EQ(*store_->Reap(), 1);
  const GrantedUnit second = Lease("fast");
  EXPECT_GT(second.unit.token, first.unit.token);
  EXPECT_TRUE(absl::IsFailedPrecondition(UploadAndCommit(first.unit, {"a"})));
  EXPECT_TRUE(absl::IsFailedPrecondition(store_->Commit(Accepting(first.unit, {"a"})).status()));
  EXPECT_FALSE(*store_->Progress(first.unit.id, first.unit.token, 1));
  EXPECT_TRUE(UploadAndCommit(second.unit, {"a"}).ok());
  EXPECT_EQ(Counts().accepted, 1u);
}

TEST_F(StoreTest, LateShardIsTakenWhileNobodyElseHasTheUnit) {
  AddUnits({{1}});
  const GrantedUnit granted = Lease();
  clock_.Advance(absl::Seconds(61));
  EXPECT_EQ(*store_->Reap(), 1);
  EXPECT_TRUE(UploadAndCommit(granted.unit, {"a"}).ok());
  EXPECT_EQ(store_->GetStatus().units.done, 1u);
}

TEST_F(StoreTest, RepeatedCommitGetsTheFirstAnswer) {
  AddUnits({{1}});
  const GrantedUnit granted = Lease();
  ASSERT_TRUE(UploadAndCommit(granted.unit, {"a"}).ok());
  Reopen();
  EXPECT_TRUE(*store_->Commit(Accepting(granted.unit, {"a"})));
  EXPECT_EQ(Counts().accepted, 1u);
}

TEST_F(StoreTest, OtherDigestIsAnAlarmThatNamesBothWorkers) {
  AddUnits({{1}});
  const GrantedUnit granted = Lease("anna");
  ASSERT_TRUE(UploadAndCommit(granted.unit, {"a"}).ok());
  CommitRequest other = Accepting(granted.unit, {"b"});
  other.worker = "bert";
  EXPECT_TRUE(absl::IsDataLoss(store_->Commit(other).status()));
  Reopen();
  const std::vector<std::string> alarms = store_->GetStatus().alarms;
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_NE(alarms[0].find("anna"), std::string::npos);
  EXPECT_NE(alarms[0].find("bert"), std::string::npos);
}

// A worker at fault may repeat its commit, or make another digest, for ever.
TEST_F(StoreTest, AlarmsAreBoundedInMemoryAndInTheDatabase) {
  AddUnits({{1}});
  const GrantedUnit granted = Lease("anna");
  ASSERT_TRUE(UploadAndCommit(granted.unit, {"a"}).ok());
  for (int i = 0; i < 130; ++i) {
    const CommitRequest other = Accepting(granted.unit, {"other " + std::to_string(i)});
    EXPECT_TRUE(absl::IsDataLoss(store_->Commit(other).status()));
    EXPECT_TRUE(absl::IsDataLoss(store_->Commit(other).status()));
  }
  const std::vector<std::string> alarms = store_->GetStatus().alarms;
  EXPECT_EQ(alarms.size(), 100u);
  EXPECT_EQ(std::set<std::string>(alarms.begin(), alarms.end()).size(), 100u);
  EXPECT_EQ(*(*Database::Open(path_ + "/moyo.db"))->QueryInteger("SELECT count(*) FROM alarms"),
            100u);
  Reopen();
  EXPECT_EQ(store_->GetStatus().alarms, alarms);
}

TEST_F(StoreTest, CommitWithoutUploadIsNotFound) {
  AddUnits({{1}});
  EXPECT_TRUE(absl::IsNotFound(store_->Commit(Accepting(Lease().unit, {"a"})).status()));
}

TEST_F(StoreTest, RowsThatAreNotTheUnitsGamesAreRefused) {
  AddUnits({{2}});
  const GrantedUnit granted = Lease();
  EXPECT_TRUE(absl::IsInvalidArgument(UploadAndCommit(granted.unit, {"a"})));
  CommitRequest twice = Accepting(granted.unit, {"a", "b"});
  twice.games[1].shard_row = 0;
  ASSERT_TRUE(Upload(granted.unit, twice.digest).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(store_->Commit(twice).status()));
  EXPECT_EQ(Counts().pending, 2u);
}

// What the dataset is must not depend on which unit came first.
TEST_F(StoreTest, FirstCopyInCatalogueOrderIsKeptWhicheverArrivesFirst) {
  std::vector<std::string> digests;
  for (const bool later_first : {false, true}) {
    test::TempFolder folder;
    store_ = *Store::Open(folder.path(), options_, clock_);
    AddUnits({{2}, {2}, {1}});
    const GrantedUnit units[] = {Lease(), Lease(), Lease()};
    const std::vector<std::vector<std::string>> games = {{"x", "a"}, {"a", "b"}, {"a"}};
    for (int i = 0; i < 3; ++i) {
      const int unit = later_first ? 2 - i : i;
      ASSERT_TRUE(UploadAndCommit(units[unit].unit, games[unit]).ok());
      Counts();
    }
    EXPECT_EQ(Counts().accepted, 3u);
    EXPECT_EQ(Counts().duplicate, 2u);
    EXPECT_EQ(Counts().positions, 300u);
    const auto manifest = store_->GetManifest();
    EXPECT_EQ(manifest->shards[1].left_out_rows, std::vector<uint32_t>{0});
    EXPECT_EQ(manifest->shards[2].left_out_rows, std::vector<uint32_t>{0});
    for (const work::Unit& unit : store_->UnitsInOrder()) {
      const std::vector<LedgerEntry> entries = *store_->ReadLedger(unit);
      for (const LedgerEntry& entry : entries) {
        if (entry.game.state == GameState::kDuplicate) {
          EXPECT_EQ(entry.game.duplicate_of, 2u);
        }
      }
    }
    digests.push_back(manifest->digest);
    store_ = *Store::Open(folder.path(), options_, clock_);
    EXPECT_EQ(store_->GetManifest()->digest, digests.back());
    store_ = nullptr;
  }
  EXPECT_EQ(digests[0], digests[1]);
}

TEST_F(StoreTest, KeepDuplicatesKeepsThem) {
  path_ += "/keep";
  options_.duplicates = Duplicates::kKeep;
  Reopen();
  AddUnits({{2}});
  ASSERT_TRUE(UploadAndCommit(Lease().unit, {"a", "a"}).ok());
  EXPECT_EQ(Counts().accepted, 2u);
}

TEST_F(StoreTest, DuplicatesAreTreatedAsTheStoreBeganThem) {
  EXPECT_TRUE(absl::IsFailedPrecondition(
      Store::Open(path_, {.duplicates = Duplicates::kKeep}, clock_).status()));
  EXPECT_TRUE(Store::Open(path_, {.duplicates = Duplicates::kDrop}, clock_).ok());
}

TEST_F(StoreTest, UnitThatKeepsFailingIsSplitUntilOneSourceIsQuarantined) {
  AddUnits({{1, 3, 1}});
  // The source at fault is the second.
  while (true) {
    const auto granted = store_->LeaseNext("w");
    ASSERT_TRUE(granted.ok());
    if (!*granted) break;
    const work::Unit& unit = (*granted)->unit;
    const bool is_bad = unit.first_source.value <= 2 && unit.first_source.value + unit.sources > 2;
    if (is_bad) {
      ASSERT_TRUE(
          store_->Release(unit.id, {unit.token, work::Leaving::kFailed, "it crashed"}).ok());
    } else {
      ASSERT_TRUE(UploadAndCommit(unit, {"game " + std::to_string(unit.id.value)}).ok());
    }
  }
  EXPECT_EQ(Counts().quarantined, 3u);
  EXPECT_EQ(Counts().accepted, 2u);
  EXPECT_EQ(store_->GetStatus().units.split, 2u);
  Reopen();
  EXPECT_EQ(Counts().quarantined, 3u);
}

TEST_F(StoreTest, LiveLeaseGetsOneGracePeriodAfterARestart) {
  AddUnits({{1}});
  const GrantedUnit granted = Lease();
  clock_.Advance(absl::Hours(5));
  Reopen();
  EXPECT_EQ(*store_->Reap(), 0);
  EXPECT_TRUE(*store_->Progress(granted.unit.id, granted.unit.token, 1));
  clock_.Advance(absl::Seconds(61));
  EXPECT_EQ(*store_->Reap(), 1);
}

TEST_F(StoreTest, TokensRiseAcrossRestarts) {
  AddUnits({{1}, {1}});
  const work::FencingToken before = Lease().unit.token;
  Reopen();
  EXPECT_GT(Lease().unit.token, before);
}

TEST_F(StoreTest, OrphansAreSweptAndTheirUnitsAreUploadedAgain) {
  AddUnits({{1}});
  const GrantedUnit granted = Lease();
  ASSERT_TRUE(Upload(granted.unit, DigestOfText("a,")).ok());
  std::ofstream(folder_.path() + "/shards/unit-00000009-t9.npz.1.tmp") << "torn";
  Reopen();
  EXPECT_TRUE(absl::IsNotFound(store_->Commit(Accepting(granted.unit, {"a"})).status()));
  EXPECT_FALSE(std::ifstream(folder_.path() + "/shards/unit-00000009-t9.npz.1.tmp").good());
  ASSERT_TRUE(UploadAndCommit(granted.unit, {"a"}).ok());
  Reopen();
  EXPECT_TRUE(std::ifstream(store_->FindShard(granted.unit.id)->first).good());
}

TEST_F(StoreTest, UnitWithoutAcceptedGamesHasNoShard) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  CommitRequest request{unit.id, unit.token, "w", "", {}};
  Game game;
  game.game_id = unit.first_game.value;
  game.state = GameState::kRejected;
  game.reason = "NO_GAME";
  request.games = {game};
  EXPECT_FALSE(*store_->Commit(request));
  EXPECT_TRUE(*store_->Commit(request));
  EXPECT_EQ(Counts().rejected, 1u);
  EXPECT_TRUE(store_->GetManifest()->shards.empty());
}

TEST_F(StoreTest, DamagedDatabaseIsRefusedWithWhatToDo) {
  AddUnits(std::vector<std::vector<uint32_t>>(500, {1, 1}));
  store_ = nullptr;
  {
    std::fstream file(path_ + "/moyo.db", std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 4; page < 8; ++page) {
      file.seekp(page * 4096);
      file << std::string(600, '\x7f');
    }
  }
  const absl::Status opened = Store::Open(path_, options_, clock_).status();
  EXPECT_TRUE(absl::IsDataLoss(opened)) << opened;
  EXPECT_NE(opened.message().find("is damaged"), absl::string_view::npos);
  EXPECT_NE(opened.message().find("backup"), absl::string_view::npos);
}

}  // namespace
}  // namespace moyo::store
