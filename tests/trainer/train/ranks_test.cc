// Several trainers as one, over loopback: each rank in a thread, as in a process of its own.
#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "tests/trainer/train/free_address.h"
#include "tests/trainer/train/training_fixture.h"

namespace moyo::trainer {
namespace {

// Where the passes do not share out evenly, sums are rounded otherwise, and training makes that
// grow.
constexpr double kRounding = 1e-3;

class RanksTest : public TrainingTest {
 protected:
  RanksTest() : address_(FreeAddress()) { signal(SIGPIPE, SIG_IGN); }

  TrainingOptions RankOptions(const std::string& name, int ranks, int rank) const {
    TrainingOptions options = Options(name);
    options.precision = Precision::kFp32;
    options.micro_batch = 8;
    options.loss_log = options.run_dir + ".losses";
    options.group = {.ranks = ranks, .rank = rank, .rendezvous = address_};
    options.group.patience = absl::Minutes(2);
    return options;
  }

  // One rank, in the background.
  struct Rank {
    TrainingOptions options;
    MadeSource source;
    LastReport observer;
    absl::Status status;
    std::thread thread;
    void Start() {
      thread = std::thread([this] { status = Train(options, source, observer); });
    }
  };
  std::vector<std::unique_ptr<Rank>> MakeRanks(const std::string& name, int ranks) const {
    std::vector<std::unique_ptr<Rank>> all;
    for (int rank = 0; rank < ranks; ++rank) {
      all.push_back(std::make_unique<Rank>());
      all.back()->options = RankOptions(name, ranks, rank);
      all.back()->source.Add(MakeShards(4, 10));
    }
    return all;
  }
  static void RunAll(std::vector<std::unique_ptr<Rank>>& ranks) {
    for (const auto& rank : ranks) rank->Start();
    for (const auto& rank : ranks) rank->thread.join();
  }

  // Policy and value loss of each step.
  static std::vector<std::pair<double, double>> Losses(const TrainingOptions& options) {
    std::vector<std::pair<double, double>> losses;
    const std::string text = ReadFile(options.loss_log).value_or("");
    for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      const std::vector<std::string> fields = absl::StrSplit(line, ' ');
      losses.emplace_back(std::strtod(fields[1].c_str(), nullptr),
                          std::strtod(fields[2].c_str(), nullptr));
    }
    return losses;
  }
  static double LargestDifference(const TrainingOptions& a, const TrainingOptions& b) {
    const auto one = Losses(a), other = Losses(b);
    if (one.size() != other.size()) return INFINITY;
    double largest = 0;
    for (size_t i = 0; i < one.size(); ++i) {
      largest = std::max({largest, std::abs(one[i].first - other[i].first),
                          std::abs(one[i].second - other[i].second)});
    }
    return largest;
  }

  const std::string address_;
};

TEST_F(RanksTest, TwoRanksHaveTheLossesOfOneOver200Steps) {
  auto ranks = MakeRanks("two", 2);
  TrainingOptions alone = RankOptions("alone", 1, 0);
  for (const auto& rank : ranks) rank->options.epochs = 15;
  alone.epochs = 15;
  RunAll(ranks);
  for (const auto& rank : ranks) ASSERT_TRUE(rank->status.ok()) << rank->status;
  ASSERT_TRUE(TrainHere(alone).ok());
  EXPECT_GE(Losses(alone).size(), 200u);
  EXPECT_EQ(LargestDifference(ranks[0]->options, alone), 0);
  EXPECT_EQ(ranks[0]->observer.last().ranks, 2);
  EXPECT_TRUE(ranks[0]->observer.last().finished);
  EXPECT_EQ(ranks[1]->observer.last().step, 0u);  // only the first one reports
}

TEST_F(RanksTest, TwoRanksLearnWhoHasThePointsAsOneDoes) {
  auto ranks = MakeRanks("owners", 2);
  TrainingOptions alone = RankOptions("alone", 1, 0);
  const auto change = [](TrainingOptions& options) {
    options.shape.architecture = Architecture::kPooledTower;
    options.ownership_weight = 0.5;
  };
  change(alone);
  for (const auto& rank : ranks) change(rank->options);
  RunAll(ranks);
  for (const auto& rank : ranks) ASSERT_TRUE(rank->status.ok()) << rank->status;
  ASSERT_TRUE(TrainHere(alone).ok());
  EXPECT_EQ(LargestDifference(ranks[0]->options, alone), 0);
  const TrainingReport& last = observer_.last();
  EXPECT_EQ(ranks[0]->observer.last().loss, last.loss);
  const double others =
      alone.policy_weight * last.policy_loss + alone.value_weight * last.value_loss;
  EXPECT_GT(last.loss, others + 0.01);
}

// Passes that do not share out evenly, an average of the weights, muon, and windows.
TEST_F(RanksTest, ThreeRanksHaveTheLossesOfOneUpToRounding) {
  auto ranks = MakeRanks("three", 3);
  TrainingOptions alone = RankOptions("alone", 1, 0);
  const auto change = [](TrainingOptions& options) {
    options.micro_batch = 3;
    options.ema = 0.9;
    options.games_bytes = 2500;
    options.optimizer = OptimizerKind::kMuon;
  };
  change(alone);
  for (const auto& rank : ranks) change(rank->options);
  RunAll(ranks);
  for (const auto& rank : ranks) ASSERT_TRUE(rank->status.ok()) << rank->status;
  ASSERT_TRUE(TrainHere(alone).ok());
  EXPECT_LT(LargestDifference(ranks[0]->options, alone), kRounding);
}

TEST_F(RanksTest, ALostRankLetsTheOthersGoOnFromTheCheckpoint) {
  auto ranks = MakeRanks("lost", 3);
  TrainingOptions alone = RankOptions("alone", 1, 0);
  const auto change = [](TrainingOptions& options) {
    options.micro_batch = 4;
    options.games_bytes = 2500;  // windows: games are read all the time
    options.checkpoint_interval = absl::ZeroDuration();
  };
  change(alone);
  for (const auto& rank : ranks) change(rank->options);
  const auto fragile = MakeShards(4, 10);
  fragile->BreakAfter(6);
  ranks[2]->source.Add(fragile);
  RunAll(ranks);
  EXPECT_TRUE(absl::IsDataLoss(ranks[2]->status)) << ranks[2]->status;
  ASSERT_TRUE(ranks[0]->status.ok()) << ranks[0]->status;
  ASSERT_TRUE(ranks[1]->status.ok()) << ranks[1]->status;
  EXPECT_EQ(ranks[0]->observer.last().ranks, 2);
  EXPECT_TRUE(ranks[0]->observer.last().finished);
  ASSERT_TRUE(TrainHere(alone).ok());
  EXPECT_LT(LargestDifference(ranks[0]->options, alone), kRounding);
}

TEST_F(RanksTest, RanksResumeFromTheFirstOnesCheckpoint) {
  auto ranks = MakeRanks("resumed", 2);
  for (const auto& rank : ranks) {
    rank->options.checkpoint_interval = absl::ZeroDuration();
    rank->options.keep_checkpoints = 100;
  }
  RunAll(ranks);
  ASSERT_TRUE(ranks[0]->status.ok()) << ranks[0]->status;
  const auto before = Losses(ranks[0]->options);
  KeepOldestCheckpoint(ranks[0]->options);
  std::filesystem::remove(ranks[0]->options.loss_log);
  auto again = MakeRanks("resumed", 2);
  RunAll(again);
  ASSERT_TRUE(again[0]->status.ok()) << again[0]->status;
  const auto after = Losses(again[0]->options);
  ASSERT_EQ(after.size() + 1, before.size());
  EXPECT_TRUE(std::equal(after.begin(), after.end(), before.begin() + 1));
}

TEST_F(RanksTest, NewGamesOfTheFirstRankAreThoseOfAll) {
  auto ranks = MakeRanks("grows", 2);
  TrainingOptions alone = RankOptions("alone", 1, 0);
  const auto more = MakeShards(8, 10, 'e');
  ranks[0]->source.AddLater(more);
  ranks[1]->source.Add(more);  // it may know what is newer
  ranks[1]->source.Add(MakeShards(4, 10));
  source_.AddLater(more);
  RunAll(ranks);
  for (const auto& rank : ranks) ASSERT_TRUE(rank->status.ok()) << rank->status;
  ASSERT_TRUE(TrainHere(alone).ok());
  EXPECT_EQ(LargestDifference(ranks[0]->options, alone), 0);
}

TEST_F(RanksTest, ARankWithOtherOptionsIsRefusedByName) {
  auto ranks = MakeRanks("other", 2);
  ranks[1]->options.seed = 77;
  RunAll(ranks);
  EXPECT_TRUE(absl::IsFailedPrecondition(ranks[1]->status)) << ranks[1]->status;
  EXPECT_NE(ranks[1]->status.message().find("--seed"), std::string::npos) << ranks[1]->status;
  EXPECT_TRUE(ranks[0]->status.ok()) << ranks[0]->status;  // alone
}

// As while the parse goes on: none keeps the others waiting at the rendezvous.
TEST_F(RanksTest, RanksWaitForTheirGamesBeforeTheyMeet) {
  auto ranks = MakeRanks("early", 2);
  ranks[1]->source.SetFirst(absl::CancelledError("shutting down"));
  ranks[1]->Start();
  ranks[1]->thread.join();  // rank 0 was never there
  EXPECT_TRUE(absl::IsCancelled(ranks[1]->status)) << ranks[1]->status;
}

TEST_F(RanksTest, ARankThatNeverComesIsNamedAfterThePatience) {
  auto ranks = MakeRanks("absent", 2);
  ranks.pop_back();
  ranks[0]->options.group.patience = absl::Seconds(1);
  RunAll(ranks);
  EXPECT_TRUE(absl::IsUnavailable(ranks[0]->status)) << ranks[0]->status;
  EXPECT_NE(ranks[0]->status.message().find("not all of the 2 ranks came"), std::string::npos)
      << ranks[0]->status;
}

TEST_F(RanksTest, MoreRanksThanPassesAreRefused) {
  auto ranks = MakeRanks("many", 2);
  for (const auto& rank : ranks) rank->options.micro_batch = 16;
  RunAll(ranks);
  EXPECT_TRUE(absl::IsInvalidArgument(ranks[0]->status)) << ranks[0]->status;
  EXPECT_NE(ranks[0]->status.message().find("smaller --micro-batch"), std::string::npos)
      << ranks[0]->status;
}

}  // namespace
}  // namespace moyo::trainer
