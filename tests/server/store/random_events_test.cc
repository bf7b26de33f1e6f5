// Tens of thousands of random events against the store: workers that hang, repeat, come late, back
// each other up and check each other, and a server that is killed. What must hold, holds at every
// step; in the end the dataset is always the same.
#include <random>

#include "tests/server/store/store_fixture.h"

namespace moyo::store {
namespace {

constexpr int kUnits = 120;
constexpr int kGamesPerUnit = 4;
constexpr int kEvents = 10'000;

class RandomEventsTest : public StoreFixture {
 protected:
  RandomEventsTest() {
    // Splitting and quarantine would make the end depend on luck.
    options_.policy.max_attempts = 1'000'000;
    options_.policy.recheck_percent = 30;
  }

  // Games repeat between units, so that duplicates come in every order.
  static std::vector<std::string> GamesOf(const work::Unit& unit) {
    std::vector<std::string> games;
    for (uint64_t i = 0; i < unit.games; ++i) {
      games.push_back("game " + std::to_string((unit.first_game.value + i) * 7 % 300));
    }
    return games;
  }

  void Step(std::mt19937& random) {
    const auto pick = [&](int n) { return static_cast<int>(random() % n); };
    if (held_.empty() || pick(5) == 0) {
      auto granted = store_->LeaseNext("w" + std::to_string(pick(5)));
      ASSERT_TRUE(granted.ok());
      if (*granted) {
        EXPECT_GT((*granted)->unit.token, last_token_);
        last_token_ = (*granted)->unit.token;
        held_.push_back((*granted)->unit);
      }
      return;
    }
    const size_t which = random() % held_.size();
    const work::Unit unit = held_[which];  // maybe long stale
    switch (pick(12)) {
      case 0:
        clock_.Advance(absl::Seconds(pick(90)));
        ASSERT_TRUE(store_->Reap().ok());
        break;
      case 1:
        ASSERT_TRUE(store_->Progress(unit.id, unit.token, pick(5)).ok());
        break;
      case 2:
        store_->Release(unit.id, {unit.token, work::Leaving(pick(2)), "e"}).IgnoreError();
        break;
      case 3:
        if (pick(20) == 0) Reopen();
        break;
      case 4:
        EXPECT_FALSE(absl::IsInternal(store_->Commit(Accepting(unit, GamesOf(unit))).status()));
        break;
      case 5:
      case 6:
        CheckCommit(unit);
        break;
      default:
        clock_.Advance(absl::Seconds(1));
    }
    if (held_.size() > 60) held_.erase(held_.begin());
  }

  void CheckCommit(const work::Unit& unit) {
    const absl::Status status = UploadAndCommit(unit, GamesOf(unit));
    EXPECT_TRUE(status.ok() || absl::IsFailedPrecondition(status)) << status;
  }

  // Runs to the end; returns the dataset digest.
  std::string Run(uint32_t seed) {
    std::mt19937 random(seed);
    AddUnits(std::vector<std::vector<uint32_t>>(kUnits, {kGamesPerUnit / 2, kGamesPerUnit / 2}));
    for (int i = 0; i < kEvents && !HasFatalFailure(); ++i) {
      Step(random);
      const LedgerCounts counts = Counts();
      EXPECT_EQ(counts.found, uint64_t{kUnits} * kGamesPerUnit);
      const UnitCounts units = store_->GetStatus().units;
      EXPECT_EQ(units.pending + units.leased + units.done, uint64_t{kUnits});
    }
    clock_.Advance(absl::Hours(1));
    EXPECT_TRUE(store_->Reap().ok());
    while (auto granted = *store_->LeaseNext("last")) CheckCommit(granted->unit);
    EXPECT_EQ(Counts().pending, 0u);
    EXPECT_EQ(Counts().accepted, 300u);
    EXPECT_EQ(store_->GetStatus().unchecked_units, 0u);
    EXPECT_TRUE(store_->GetStatus().alarms.empty());
    return store_->GetManifest()->digest;
  }

  std::vector<work::Unit> held_;
  work::FencingToken last_token_;
};

TEST_F(RandomEventsTest, LedgerBalancesAndTheDatasetIsTheSame) {
  std::string first;
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    path_ = folder_.path() + "/" + std::to_string(seed);
    held_.clear();
    last_token_ = {};
    Reopen();
    const std::string digest = Run(seed);
    store_ = nullptr;
    if (first.empty()) first = digest;
    EXPECT_EQ(digest, first);
  }
}

}  // namespace
}  // namespace moyo::store
