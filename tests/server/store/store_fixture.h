// A store in a folder of its own with made-up sources, and short ways to say what a worker does.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/digest.h"
#include "server/store/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::store {

inline std::string HashOf(const std::string& game) { return ToBytes(Hash128Of(game)); }
inline std::string DigestOfText(const std::string& text) { return ToBytes(Sha256Of(text)); }

class StoreFixture : public testing::Test {
 protected:
  StoreFixture() { Reopen(); }

  // As a server that was killed and started again.
  void Reopen() {
    store_ = nullptr;
    auto opened = Store::Open(path_, options_, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  // One unit for each entry: the games of its sources.
  void AddUnits(const std::vector<std::vector<uint32_t>>& units) {
    CatalogueBatch batch;
    File file;
    file.file_id = *store_->NextFileId();
    file.path = "/games/" + std::to_string(file.file_id);
    file.complete = true;
    for (const auto& games : units) {
      for (const uint32_t count : games) {
        Source source;
        source.file_id = file.file_id;
        source.games = count;
        source.offset = 100 * file.sources++;
        file.games += count;
        batch.sources.push_back(source);
      }
      batch.unit_sources.push_back(games.size());
    }
    batch.files.push_back(file);
    ASSERT_TRUE(store_->AddBatch(batch).ok());
  }

  GrantedUnit Lease(const std::string& worker = "w") {
    auto granted = store_->LeaseNext(worker);
    EXPECT_TRUE(granted.ok() && *granted);
    return **granted;
  }

  absl::Status Upload(const work::Unit& unit, const std::string& digest) {
    const std::string bytes = "shard " + std::to_string(unit.id.value);
    auto upload = store_->BeginUpload(unit.id, unit.token, bytes.size());
    if (!upload.ok()) return upload.status();
    if (*upload == nullptr) return absl::OkStatus();
    if (absl::Status status = (*upload)->Append(bytes); !status.ok()) return status;
    return store_->FinishUpload(unit.id, unit.token, digest, bytes.size(), *std::move(upload));
  }

  // All games accepted; game i of the unit is the game named by `games[i]`.
  static CommitRequest Accepting(const work::Unit& unit, const std::vector<std::string>& games) {
    CommitRequest request{unit.id, unit.token, unit.worker, "", {}};
    std::string text;
    for (size_t i = 0; i < games.size(); ++i) {
      Game game;
      game.game_id = unit.first_game.value + i;
      game.state = GameState::kAccepted;
      game.moves = 100;
      game.shard_row = i;
      game.game_hash = HashOf(games[i]);
      request.games.push_back(game);
      text += games[i] + ",";
    }
    request.digest = DigestOfText(text);
    return request;
  }

  absl::Status UploadAndCommit(const work::Unit& unit, const std::vector<std::string>& games) {
    const CommitRequest request = Accepting(unit, games);
    if (absl::Status status = Upload(unit, request.digest); !status.ok()) return status;
    return store_->Commit(request).status();
  }

  LedgerCounts Counts() {
    const LedgerCounts counts = store_->GetStatus().ledger;
    EXPECT_TRUE(counts.Balances());
    return counts;
  }

  test::TempFolder folder_;
  std::string path_ = folder_.path();  // of the store
  test::FakeClock clock_;
  StoreOptions options_;
  std::unique_ptr<Store> store_;
};

}  // namespace moyo::store
