// What a second scan makes of files that changed, went away or came back.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/base/digest.h"
#include "server/catalog/cataloguer.h"
#include "server/store/database.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::catalog {
namespace {

// `count` games that differ from those of another letter.
std::string Games(int count, char letter = 'a') {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += std::string("(;GM[1]SZ[19];B[p") + letter + "])\n";
  return bytes;
}

class RescanTest : public testing::Test {
 protected:
  RescanTest() { Restart(); }

  void Restart(uint32_t games_per_shard = 10) {
    cataloguer_ = nullptr;
    store_ = nullptr;
    store_ = *store::Store::Open(state_.path(), {}, clock_);
    cataloguer_ = std::make_unique<Cataloguer>(
        *store_, CatalogOptions{games_per_shard, games_.path() + "/run"});
  }

  ScanResult Scan(uint64_t limit = 0) {
    const auto result = cataloguer_->Scan({games_.path()}, limit);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : ScanResult{};
  }

  // A file of `games` games gets four more: they are new, and its `ranges` are known.
  void ExpectOnlyAppendedIsNew(int games, uint64_t ranges) {
    Write("a.sgf", Games(games));
    Scan();
    Write("a.sgf", Games(games) + Games(4, 'b'));
    const ScanResult result = Scan();
    EXPECT_EQ(result.games, 4u);
    EXPECT_EQ(result.known, ranges);
    EXPECT_EQ(result.removed, 0u);
  }

  uint64_t RemovedGames() { return store_->GetStatus().removed_games; }
  uint64_t MarkedRows() {
    uint64_t marked = 0;
    for (const work::Unit& unit : store_->UnitsInOrder()) {
      const std::vector<store::LedgerEntry> entries = *store_->ReadLedger(unit);
      for (const store::LedgerEntry& entry : entries) {
        marked += entry.source_removed;
      }
    }
    return marked;
  }
  // Leases the next unit and commits it; all its games are accepted.
  void CommitNext() {
    const auto granted = store_->LeaseNext("w");
    ASSERT_TRUE(granted.ok() && *granted);
    const work::Unit& unit = (*granted)->unit;
    const std::string bytes = "shard " + std::to_string(unit.id.value);
    store::CommitRequest request{unit.id, unit.token, unit.worker, ToBytes(Sha256Of(bytes)), {}};
    for (uint32_t i = 0; i < unit.games; ++i) {
      store::Game game;
      game.game_id = unit.first_game.value + i;
      game.state = store::GameState::kAccepted;
      game.moves = 100;
      game.shard_row = i;
      game.game_hash = ToBytes(Hash128Of(std::to_string(game.game_id)));
      request.games.push_back(game);
    }
    auto upload = store_->BeginUpload(unit.id, unit.token, bytes.size());
    ASSERT_TRUE(upload.ok()) << upload.status();
    ASSERT_TRUE((*upload)->Append(bytes).ok());
    ASSERT_TRUE(
        store_->FinishUpload(unit.id, unit.token, request.digest, bytes.size(), *std::move(upload))
            .ok());
    const absl::Status committed = store_->Commit(request).status();
    ASSERT_TRUE(committed.ok()) << committed;
  }
  // Writes, and sees to it that the file's time is another.
  std::string Write(const std::string& name, const std::string& bytes) {
    const std::string path = games_.Write(name, bytes);
    std::filesystem::last_write_time(path, begun_ + std::chrono::seconds(++writes_));
    return path;
  }

  const std::filesystem::file_time_type begun_ = std::filesystem::file_time_type::clock::now();
  int writes_ = 0;
  test::TempFolder games_;
  test::TempFolder state_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Cataloguer> cataloguer_;
};

TEST_F(RescanTest, FileThatIsGoneIsMarkedUntilItComesBack) {
  const std::string path = Write("a/gone.sgf", Games(25));
  Write("a.sgf", Games(3));  // beside the folder a, before it in no order
  Write("stays.sgf", Games(2));
  EXPECT_EQ(Scan().removed, 0u);
  std::filesystem::rename(path, state_.path() + "/elsewhere");
  EXPECT_EQ(Scan().removed, 3u);
  EXPECT_EQ(RemovedGames(), 25u);
  EXPECT_EQ(MarkedRows(), 25u);
  EXPECT_EQ(Scan().removed, 0u);  // it is known by now
  Restart();
  EXPECT_EQ(RemovedGames(), 25u);
  std::filesystem::rename(state_.path() + "/elsewhere", path);
  const ScanResult back = Scan();
  EXPECT_EQ(back.sources, 0u);
  EXPECT_EQ(back.known, 5u);
  EXPECT_EQ(RemovedGames(), 0u);
  EXPECT_EQ(MarkedRows(), 0u);
  EXPECT_EQ(store_->GetStatus().ledger.found, 30u);
  EXPECT_EQ(Scan().known, 5u);
}

TEST_F(RescanTest, WhatWasAppendedIsNewAndTheRestKnown) { ExpectOnlyAppendedIsNew(20, 2); }

// The last range had room for more.
TEST_F(RescanTest, RangeThatWasNotFullStaysWhenMoreIsAppended) { ExpectOnlyAppendedIsNew(25, 3); }

TEST_F(RescanTest, TouchedFileIsCutWhereALimitCutIt) {
  Write("a.sgf", Games(34));
  EXPECT_EQ(Scan(25).games, 25u);
  Write("a.sgf", Games(34));
  const ScanResult result = Scan();
  EXPECT_EQ(result.games, 9u);
  EXPECT_EQ(result.known, 3u);
  EXPECT_EQ(result.removed, 0u);
}

TEST_F(RescanTest, TouchedFileIsKnownWhateverTheGamesAShard) {
  Write("a.sgf", Games(25));
  Scan();
  Restart(7);
  Write("a.sgf", Games(25));
  const ScanResult result = Scan();
  EXPECT_EQ(result.sources, 0u);
  EXPECT_EQ(result.known, 3u);
  EXPECT_EQ(result.removed, 0u);
}

// Here a new range begins where an old one began that was cut after five games.
TEST_F(RescanTest, FileChangedInItsMiddleHasEachGameOnce) {
  Write("a.sgf", Games(10) + Games(10, 'b') + Games(5, 'c'));
  Scan();
  Write("a.sgf", Games(10) + Games(11, 'x') + Games(15, 'c'));
  const ScanResult result = Scan();
  EXPECT_EQ(result.known, 1u);
  EXPECT_EQ(result.removed, 2u);
  EXPECT_EQ(result.sources, 4u);  // 10, 5, 10 and 1 games
  EXPECT_EQ(result.games, 26u);
  EXPECT_EQ(RemovedGames(), 15u);
}

// As while it is copied anew.
TEST_F(RescanTest, FileThatWasShorterForATimeIsKnownAgain) {
  Write("a.sgf", Games(25));
  Scan();
  Write("a.sgf", Games(8));
  EXPECT_EQ(Scan().removed, 3u);
  Write("a.sgf", Games(25));
  const ScanResult restored = Scan();
  EXPECT_EQ(restored.sources, 0u);
  EXPECT_EQ(restored.known, 3u);
  EXPECT_EQ(restored.removed, 1u);
  EXPECT_EQ(RemovedGames(), 8u);
}

TEST_F(RescanTest, ChangedRangeIsMarkedAndItsSuccessorAdded) {
  Write("a.sgf", Games(10) + Games(10, 'b'));
  Scan();
  Write("a.sgf", Games(10) + Games(10, 'c'));
  const ScanResult changed = Scan();
  EXPECT_EQ(changed.games, 10u);
  EXPECT_EQ(changed.known, 1u);
  EXPECT_EQ(changed.removed, 1u);
  EXPECT_EQ(RemovedGames(), 10u);
  // As it was at first: the former range counts again, the latter no more.
  Write("a.sgf", Games(10) + Games(10, 'b'));
  const ScanResult restored = Scan();
  EXPECT_EQ(restored.sources, 0u);
  EXPECT_EQ(restored.known, 2u);
  EXPECT_EQ(restored.removed, 1u);
  EXPECT_EQ(RemovedGames(), 10u);
  EXPECT_EQ(store_->GetStatus().ledger.found, 30u);
}

TEST_F(RescanTest, FileThatBecameShorterMarksItsEnd) {
  Write("a.sgf", Games(10) + Games(10, 'b'));
  Scan();
  Write("a.sgf", Games(10));
  EXPECT_EQ(Scan().removed, 1u);
  EXPECT_EQ(RemovedGames(), 10u);
}

TEST_F(RescanTest, ScanThatALimitCutMarksNothing) {
  Write("a.sgf", Games(10));
  const std::string path = Write("b.sgf", Games(10));
  Scan();
  std::filesystem::remove(path);
  EXPECT_EQ(Scan(5).removed, 0u);
  EXPECT_EQ(RemovedGames(), 0u);
  EXPECT_EQ(Scan().removed, 1u);
}

TEST_F(RescanTest, OnlyWhatLiesBelowTheScannedPathIsMarked) {
  Write("a/x.sgf", Games(1));
  const std::string other = Write("b/y.sgf", Games(1));
  Scan();
  std::filesystem::remove(other);
  const auto scanned = cataloguer_->Scan({games_.path() + "/a"}, 0);
  ASSERT_TRUE(scanned.ok());
  EXPECT_EQ(scanned->removed, 0u);
  EXPECT_EQ(Scan().removed, 1u);
}

TEST_F(RescanTest, FolderThatIsGoneIsRefusedAndMarksNothing) {
  Write("a/x.sgf", Games(1));
  EXPECT_TRUE(cataloguer_->Scan({games_.path() + "/a"}, 0).ok());
  std::filesystem::remove_all(games_.path() + "/a");
  EXPECT_TRUE(absl::IsNotFound(cataloguer_->Scan({games_.path() + "/a"}, 0).status()));
  EXPECT_EQ(RemovedGames(), 0u);
}

TEST_F(RescanTest, DatasetStaysAsItIs) {
  const std::string path = Write("a.sgf", Games(10));
  Write("b.sgf", Games(10, 'b'));
  Scan();
  const std::string empty = store_->GetManifest()->digest;
  CommitNext();  // a.sgf's unit
  const std::string digest = store_->GetManifest()->digest;
  ASSERT_NE(digest, empty);
  std::filesystem::remove(path);
  EXPECT_EQ(Scan().removed, 1u);
  const auto manifest = store_->GetManifest();
  EXPECT_EQ(manifest->digest, digest);
  ASSERT_EQ(manifest->shards.size(), 1u);
  EXPECT_TRUE(manifest->shards[0].left_out_rows.empty());
  EXPECT_EQ(RemovedGames(), 10u);
  EXPECT_EQ(store_->GetStatus().ledger.accepted, 10u);
  EXPECT_EQ(store_->GetStatus().units.pending, 1u);
}

// A folder that cannot be looked into (here a name that is too long) says nothing of its files.
TEST_F(RescanTest, WhatCannotBeAskedIsNotMarked) {
  const std::string path = Write("a.sgf", Games(3));
  Scan();
  const std::string unaskable = games_.path() + "/" + std::string(300, 'x');
  const auto database = *store::Database::Open(state_.path() + "/moyo.db");
  ASSERT_TRUE(
      database->Execute("UPDATE files SET path = '" + unaskable + "' WHERE path = '" + path + "'")
          .ok());
  Scan();
  EXPECT_EQ(RemovedGames(), 0u);
}

}  // namespace
}  // namespace moyo::catalog
