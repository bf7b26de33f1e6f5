#include "trainer/data/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <vector>

#include "common/go/area.h"
#include "common/go/replay.h"
#include "tests/trainer/data/made_dataset.h"
#include "tests/trainer/data/made_shards.h"
#include "trainer/data/feed.h"

namespace moyo::trainer {
namespace {

bool SameBatch(const Batch& a, const Batch& b) {
  return a.policy == b.policy && a.value == b.value && a.value_weight == b.value_weight &&
         a.ownership == b.ownership && a.ownership_weight == b.ownership_weight &&
         a.planes.size() == b.planes.size() &&
         std::memcmp(a.planes.data(), b.planes.data(), a.planes.size() * sizeof(a.planes[0])) == 0;
}

class SamplerTest : public testing::Test {
 protected:
  SamplerTest() : dataset_(0) { dataset_.AddShard(MadeColumns(6), {}); }
  Sampler Make(Augment augment, Ownership owners = Ownership::kLeftOut) {
    return Sampler(dataset_, dataset_.training(), 9, augment, owners);
  }
  Dataset dataset_;
};

TEST_F(SamplerTest, AnEpochGivesEveryPositionOnce) {
  Sampler sampler = Make(Augment::kOff);
  Batch batch;
  sampler.Draw(0, 360, batch);
  std::vector<int64_t> drawn = batch.policy, expected;
  go::GameRecord game;
  for (uint64_t p = 0; p < 360; ++p) {
    const auto place = dataset_.training().Find(p);
    dataset_.Read(*place.game, game);
    expected.push_back(features::PolicyIndex(game.moves[place.ply].point));
  }
  std::sort(drawn.begin(), drawn.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(drawn, expected);
}

TEST_F(SamplerTest, DrawingAnewFromAnySampleGivesTheSameSequence) {
  Sampler whole = Make(Augment::kEightSymmetries), resumed = Make(Augment::kEightSymmetries);
  Batch first, second;
  whole.Draw(0, 100, first);
  whole.Draw(350, 50, first);  // over the end of the epoch
  resumed.Draw(350, 50, second);
  EXPECT_TRUE(SameBatch(first, second));
}

// The planes of a sample under a symmetry are the plain planes transformed, and the target moves
// along.
TEST_F(SamplerTest, SymmetryMapsPlanesAndTargetTogether) {
  Sampler plain = Make(Augment::kOff), mapped = Make(Augment::kEightSymmetries);
  Batch a, b;
  plain.Draw(0, 64, a);
  mapped.Draw(0, 64, b);
  std::set<int> symmetries_seen;
  for (size_t i = 0; i < a.size(); ++i) {
    int found = -1;
    for (int symmetry = 0; symmetry < go::kSymmetries && found < 0; ++symmetry) {
      bool same = true;
      for (int plane = 0; plane < 2 * features::kHistory && same; ++plane) {
        for (int point = 0; point < features::kPointCount && same; ++point) {
          const int image =
              features::PolicyIndex(go::Transform(features::PolicyPoint(point), symmetry, 19));
          const auto bit = [plane](const Batch& batch, size_t n, int at) {
            return batch.planes[n].history[plane][at >> 6] >> (at & 63) & 1;
          };
          same = bit(a, i, point) == bit(b, i, image);
        }
      }
      const go::Point target = go::Transform(features::PolicyPoint(a.policy[i]), symmetry, 19);
      if (same && features::PolicyIndex(target) == b.policy[i]) found = symmetry;
    }
    ASSERT_GE(found, 0) << "sample " << i;
    symmetries_seen.insert(found);
    EXPECT_EQ(a.value[i], b.value[i]);
  }
  EXPECT_GE(symmetries_seen.size(), 6u);
}

TEST_F(SamplerTest, HistoryOfASampleIsThatOfAReplay) {
  Sampler sampler = Make(Augment::kOff);
  Batch batch;
  sampler.Draw(0, 360, batch);
  const Permutation order(9, 0, 360);
  go::GameRecord game;
  features::BitPlanes expected;
  for (uint64_t i = 0; i < 360; ++i) {
    const auto place = dataset_.training().Find(order(i));
    dataset_.Read(*place.game, game);
    go::Board board(19, go::SuicideOf(game.info.ruleset));
    for (const go::Setup& setup : game.setup) board.PlaceSetup(setup);
    features::History history;
    history.Push(board);
    for (uint32_t ply = 0; ply < place.ply; ++ply) {
      board.Play(game.moves[ply]);
      history.Push(board);
    }
    history.Fill(game.moves[place.ply].color, expected);
    ASSERT_EQ(batch.planes[i].history, expected.history) << "ply " << place.ply;
  }
}

TEST_F(SamplerTest, ValueIsTheResultForTheSideToMove) {
  Sampler sampler = Make(Augment::kOff);
  Batch batch;
  sampler.Draw(0, 360, batch);
  go::GameRecord game;
  const Permutation order(9, 0, 360);
  for (uint64_t i = 0; i < 360; ++i) {
    const auto place = dataset_.training().Find(order(i));
    dataset_.Read(*place.game, game);
    const go::Color color = game.moves[place.ply].color;
    ASSERT_EQ(batch.planes[i].to_move, color);
    float expected = 0;
    if (game.info.winner == go::Winner::kBlack) expected = color == go::Color::kBlack ? 1 : -1;
    if (game.info.winner == go::Winner::kWhite) expected = color == go::Color::kWhite ? 1 : -1;
    ASSERT_EQ(batch.value[i], expected);
    ASSERT_EQ(batch.value_weight[i], game.info.winner == go::Winner::kUnknown ? 0 : 1);
  }
}

TEST_F(SamplerTest, OwnersAreThoseOfTheLastBoardForTheSideToMove) {
  Sampler sampler = Make(Augment::kOff, Ownership::kGiven);
  Batch batch;
  sampler.Draw(0, 360, batch);
  ASSERT_EQ(batch.ownership.size(), 360u * features::kPointCount);
  ASSERT_EQ(batch.ownership_weight.size(), 360u);
  go::GameRecord game;
  const Permutation order(9, 0, 360);
  std::set<float> seen;
  for (uint64_t i = 0; i < 360; ++i) {
    const auto place = dataset_.training().Find(order(i));
    dataset_.Read(*place.game, game);
    const bool known = game.info.winner != go::Winner::kUnknown;
    const std::vector<go::Color> last = go::AreaOwners(LastBoard(game));
    for (int point = 0; point < features::kPointCount; ++point) {
      const float owner = batch.ownership[i * features::kPointCount + point];
      const float expected = !known || last[point] == go::Color::kEmpty   ? 0
                             : last[point] == game.moves[place.ply].color ? 1
                                                                          : -1;
      ASSERT_EQ(owner, expected) << "ply " << place.ply << " point " << point;
      seen.insert(owner);
    }
    EXPECT_EQ(batch.ownership_weight[i], known ? 1 : 0);
  }
  EXPECT_EQ(seen.size(), 3u);
}

TEST_F(SamplerTest, OwnersMoveAlongWithTheBoard) {
  Sampler plain = Make(Augment::kOff, Ownership::kGiven);
  Sampler mapped = Make(Augment::kEightSymmetries, Ownership::kGiven);
  Batch a, b;
  plain.Draw(0, 64, a);
  mapped.Draw(0, 64, b);
  EXPECT_NE(a.ownership, b.ownership);
  for (size_t i = 0; i < a.size(); ++i) {
    const auto is_image = [&](int symmetry) {
      const auto image = [&](int index) {
        return features::PolicyIndex(go::Transform(features::PolicyPoint(index), symmetry, 19));
      };
      if (image(a.policy[i]) != b.policy[i]) return false;
      for (int point = 0; point < features::kPointCount; ++point) {
        if (a.ownership[i * features::kPointCount + point] !=
            b.ownership[i * features::kPointCount + image(point)]) {
          return false;
        }
      }
      return true;
    };
    bool found = false;
    for (int symmetry = 0; symmetry < go::kSymmetries; ++symmetry) found |= is_image(symmetry);
    ASSERT_TRUE(found) << "sample " << i;
  }
}

TEST_F(SamplerTest, OwnersAreLeftOutUnlessAskedFor) {
  Sampler sampler = Make(Augment::kOff);
  Batch batch;
  sampler.Draw(0, 10, batch);
  EXPECT_TRUE(batch.ownership.empty());
  EXPECT_TRUE(batch.ownership_weight.empty());
}

// Dead stones that were left on the board, a resignation, no result, a game cut short: the board
// does not say who has what.
TEST(SamplerOwnersTest, OnlyALastBoardOfTheResultCounts) {
  shard::Columns columns = MadeColumns(1);  // Black by half a point
  go::GameRecord game;
  shard::ReadGame(columns, 0, 0, 0, game);
  const go::GameInfo right = game.info;
  const auto weight = [&](const go::GameInfo& info) {
    game.info = info;
    shard::Columns one;
    one.Append(game, go::GameHash(game));
    Dataset dataset(0);
    dataset.AddShard(one, {});
    Sampler sampler(dataset, dataset.training(), 1, Augment::kOff, Ownership::kGiven);
    Batch batch;
    sampler.Draw(0, 1, batch);
    return batch.ownership_weight[0];
  };
  EXPECT_EQ(weight(right), 1);
  go::GameInfo wrong = right;
  wrong.margin_half_points = 3;
  EXPECT_EQ(weight(wrong), 0);
  wrong = right;
  wrong.winner = go::Winner::kWhite;
  EXPECT_EQ(weight(wrong), 0);
  wrong = right;
  wrong.by_resignation = true;
  wrong.margin_half_points = 0;
  EXPECT_EQ(weight(wrong), 0);
  wrong = right;
  wrong.winner = go::Winner::kUnknown;
  EXPECT_EQ(weight(wrong), 0);
  wrong = right;
  wrong.winner = go::Winner::kDraw;
  wrong.margin_half_points = 0;
  wrong.komi_half_points = static_cast<int16_t>(right.komi_half_points + 1);
  EXPECT_EQ(weight(wrong), 1);  // by area it is one
}

TEST(FeedTest, BatchesComeInOrderAndAsTheReaderDrawsThem) {
  const auto data = *WindowedDataset::Open(MakeShards(2, 20), 5, 1 << 30);
  const EpochPlace place{.epoch = 3, .first_sample = 1000};
  EpochReader direct(*data, place, 9, Augment::kEightSymmetries, Ownership::kGiven);
  Feed feed(EpochReader(*data, place, 9, Augment::kEightSymmetries, Ownership::kGiven), 10, 200,
            32);
  Batch from_feed, drawn;
  uint64_t next = 10;
  while (*feed.Next(from_feed)) {
    ASSERT_TRUE(direct.Draw(next, std::min<uint64_t>(32, 200 - next), drawn).ok());
    ASSERT_EQ(from_feed.first_index, next);
    ASSERT_EQ(from_feed.epoch, 3u);
    ASSERT_TRUE(SameBatch(from_feed, drawn));
    next += drawn.size();
  }
  EXPECT_EQ(next, 200u);
}

TEST(FeedTest, StopsWithBatchesUndrawn) {
  const auto data = *WindowedDataset::Open(MakeShards(2, 20), 5, 1 << 30);
  Feed feed(EpochReader(*data, {}, 9, Augment::kOff), 0, data->training_positions(), 2);
  Batch batch;
  EXPECT_TRUE(*feed.Next(batch));
}

}  // namespace
}  // namespace moyo::trainer
