#include "server/store/alike_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "server/store/schema.h"

namespace moyo::store {
namespace {

constexpr AlikeIndexLimits kSmall{.waiting = 20, .moved = 8};

std::string Marks(std::initializer_list<uint32_t> marks) {
  std::string bytes;
  for (const uint32_t mark : marks) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(mark >> shift));
  }
  return bytes;
}

std::string Hash(uint64_t number) { return ToBytes(Hash128Of(absl::StrCat(number))); }

class AlikeIndexTest : public testing::Test {
 protected:
  AlikeIndexTest() : database_(*Database::Open(":memory:")) {
    EXPECT_TRUE(Migrate(*database_).ok());
    Restart();
  }

  // As after a start of the server.
  void Restart() { index_ = std::make_unique<AlikeIndex>(*database_, kSmall); }

  // The rows of a unit that is committed: its games begin at `first`.
  void WriteUnit(uint64_t unit, const std::vector<AlikeKey>& keys) {
    ASSERT_TRUE(
        database_
            ->Execute(absl::StrCat(
                "INSERT INTO units(unit_id, first_source, sources, first_game, games, state,"
                " failures, token, worker, digest, last_error) VALUES (",
                unit, ",1,1,", keys.front().game_id(), ",", keys.size(), ",3,0,1,'',x'','');",
                "INSERT INTO shards(unit_id, token, digest, length_bytes, games, positions)"
                " VALUES (",
                unit, ",1,x'',1,1,1)"))
            .ok());
    for (const AlikeKey& key : keys) {
      static constexpr char kInsert[] =
          "INSERT INTO games(game_id, unit_id, source_id, state, reason, byte_offset, detail,"
          " moves, shard_row, game_hash, marks) VALUES (?, ?, 1, 1, '', 0, '', 1, 0, ?, ?)";
      Statement* insert = *database_->Prepare(kInsert);
      insert->Integer(key.game_id()).Integer(unit).Blob(key.game_hash());
      ASSERT_TRUE(insert->Blob(key.marks()).Run().ok());
    }
  }

  void Commit(uint64_t unit, const std::vector<AlikeKey>& keys) {
    auto transaction = *Transaction::Begin(*database_);
    ASSERT_TRUE(index_->Begin().ok());
    WriteUnit(unit, keys);
    for (const AlikeKey& key : keys) index_->Insert(key);
    ASSERT_TRUE(index_->EndUnit(unit).ok());
    ASSERT_TRUE(transaction.Commit().ok());
    index_->Committed();
  }

  std::vector<uint64_t> Find(const std::string& marks, const std::string& hash) {
    EXPECT_TRUE(index_->Begin().ok());
    auto ids = index_->Find(marks, hash);
    EXPECT_TRUE(ids.ok()) << ids.status();
    index_->Committed();
    return *ids;
  }

  uint64_t Count(const char* sql) { return *database_->QueryInteger(sql); }

  std::unique_ptr<Database> database_;
  std::unique_ptr<AlikeIndex> index_;
};

using Ids = std::vector<uint64_t>;

TEST_F(AlikeIndexTest, FindsEqualLongerAndShorterGames) {
  Commit(1, {{Marks({7}), Hash(1), 1},
             {Marks({7, 8}), Hash(2), 2},
             {Marks({7, 8, 9}), Hash(3), 3},
             {Marks({7, 9}), Hash(4), 4},
             {Marks({8}), Hash(5), 5},
             {"", Hash(6), 6}});
  EXPECT_EQ(Find(Marks({7, 8}), Hash(9)), (Ids{1, 2, 3}));
  EXPECT_EQ(Find(Marks({7}), Hash(9)), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(Find(Marks({7, 8, 9, 1}), Hash(9)), (Ids{1, 2, 3}));
  EXPECT_EQ(Find(Marks({6}), Hash(5)), Ids{});
}

TEST_F(AlikeIndexTest, GameWithoutMarksHasOnlyEquals) {
  Commit(1, {{"", Hash(1), 1}, {"", Hash(2), 2}, {Marks({0}), Hash(1), 3}});
  EXPECT_EQ(Find("", Hash(1)), Ids{1});
  EXPECT_EQ(Find("", Hash(3)), Ids{});
}

TEST_F(AlikeIndexTest, MarksOfAllOnesAreFoundToo) {
  Commit(1, {{Marks({0xffffffff}), Hash(1), 1}, {Marks({0xffffffff, 0xffffffff}), Hash(2), 2}});
  EXPECT_EQ(Find(Marks({0xffffffff}), Hash(1)), (Ids{1, 2}));
}

TEST_F(AlikeIndexTest, ErasedKeyIsGoneFromMemoryAndTable) {
  std::vector<AlikeKey> keys;
  for (uint64_t i = 0; i < 60; ++i)
    keys.emplace_back(Marks({100 - static_cast<uint32_t>(i)}), Hash(i), i + 1);
  Commit(1, keys);
  EXPECT_GT(Count("SELECT count(*) FROM alike"), 0u);
  EXPECT_LT(Count("SELECT count(*) FROM alike"), 60u);
  ASSERT_TRUE(index_->Begin().ok());
  for (const AlikeKey& key : keys) ASSERT_TRUE(index_->Erase(key).ok());
  index_->Committed();
  for (const AlikeKey& key : keys) EXPECT_EQ(Find(key.marks(), Hash(0)), Ids{});
}

// What a transaction did that was rolled back is forgotten.
TEST_F(AlikeIndexTest, RolledBackTransactionLeavesNothing) {
  Commit(1, {{Marks({1}), Hash(1), 1}});
  {
    auto transaction = *Transaction::Begin(*database_);
    ASSERT_TRUE(index_->Begin().ok());
    index_->Insert({Marks({2}), Hash(2), 2});
    ASSERT_TRUE(index_->Erase({Marks({1}), Hash(1), 1}).ok());
  }
  EXPECT_EQ(Find(Marks({2}), Hash(2)), Ids{});
  EXPECT_EQ(Find(Marks({1}), Hash(1)), Ids{1});
}

// Against a plain list: many units whose keys wait or have gone to the table, with starts between.
TEST_F(AlikeIndexTest, AgreesWithAPlainListOverManyUnitsAndStarts) {
  std::mt19937 random(7);
  const auto number = [&](uint32_t limit) { return static_cast<uint32_t>(random() % limit); };
  std::vector<AlikeKey> all;
  for (uint64_t unit = 1; unit <= 200; ++unit) {
    std::vector<AlikeKey> keys;
    for (uint32_t i = 0; i < 1 + number(6); ++i) {
      std::string marks;
      for (uint32_t mark = number(4); mark > 0; --mark) marks += Marks({number(12) << 20});
      keys.emplace_back(marks, Hash(number(50)), 1 + all.size() + keys.size());
    }
    Commit(unit, keys);
    all.insert(all.end(), keys.begin(), keys.end());
    if (number(10) == 0) Restart();
    const AlikeKey& asked = all[number(all.size())];
    Ids expected;
    for (const AlikeKey& key : all) {
      const bool equal = key.marks() == asked.marks() && key.game_hash() == asked.game_hash();
      const bool alike =
          !key.marks().empty() && !asked.marks().empty() &&
          (key.marks().starts_with(asked.marks()) || asked.marks().starts_with(key.marks()));
      if (equal || alike) expected.push_back(key.game_id());
    }
    ASSERT_EQ(Find(asked.marks(), std::string(asked.game_hash())), expected) << "unit " << unit;
  }
  // Most units are through: a start need not read them again.
  EXPECT_GT(Count("SELECT count(*) FROM shards WHERE indexed = 1"), 150u);
  EXPECT_LT(Count("SELECT count(*) FROM shards WHERE indexed = 1"), 200u);
}

}  // namespace
}  // namespace moyo::store
