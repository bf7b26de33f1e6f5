#include "server/game_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "common/base/filter_flags.h"
#include "server/run_folder.h"
#include "tests/server/store/store_fixture.h"

namespace moyo::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::map<std::string, std::string>& EveryFlag() {
  static const auto* const flags = new std::map<std::string, std::string>{
      {"filter-min-moves", "50"},   {"filter-min-rank", "5k"},
      {"filter-max-rank", "9p"},    {"filter-player", "Lee Sedol, 이창호"},
      {"filter-from", "2010"},      {"filter-to", "2015-06"},
      {"filter-min-komi", "-5.5"},  {"filter-max-komi", "7.5"},
      {"filter-min-handicap", "0"}, {"filter-max-handicap", "9"},
      {"filter-result", "known"},   {"filter-ruleset", "chinese,aga"}};
  return *flags;
}

TEST(SetFilter, EveryFlagOfTheHelpIsUnderstood) {
  ASSERT_EQ(EveryFlag().size(), FilterFlags().size());
  for (const FilterFlag& flag : FilterFlags()) {
    v1::GameFilter filter;
    ASSERT_TRUE(EveryFlag().contains(flag.name)) << flag.name;
    EXPECT_TRUE(flag.is_valid(EveryFlag().at(flag.name))) << flag.name;
    EXPECT_TRUE(SetFilter(flag.name, EveryFlag().at(flag.name), filter).ok()) << flag.name;
    EXPECT_GT(filter.ByteSizeLong(), 0u) << flag.name;
    EXPECT_TRUE(absl::IsInvalidArgument(SetFilter(flag.name, "", filter))) << flag.name;
  }
  v1::GameFilter filter;
  EXPECT_TRUE(absl::IsInvalidArgument(SetFilter("filter-mood", "good", filter)));
}

class SettleFilterTest : public store::StoreFixture {
 protected:
  absl::StatusOr<v1::GameFilter> Settle(const std::map<std::string, std::string>& flags) {
    ServerOptions options;
    options.filters = flags;
    return SettleFilter(*store_, options);
  }
};

TEST_F(SettleFilterTest, FlagsBecomeNumbersForTheWorkers) {
  const absl::StatusOr<v1::GameFilter> filter = Settle(EveryFlag());
  ASSERT_TRUE(filter.ok()) << filter.status();
  EXPECT_EQ(filter->min_moves(), 50u);
  EXPECT_EQ(filter->min_rank(), -5);
  EXPECT_EQ(filter->max_rank(), 19);
  EXPECT_THAT(filter->players(), ElementsAre("Lee Sedol", "이창호"));
  EXPECT_EQ(filter->first_date(), 20100101u);
  EXPECT_EQ(filter->last_date(), 20150631u);
  EXPECT_EQ(filter->min_komi_half_points(), -11);
  EXPECT_EQ(filter->max_komi_half_points(), 15);
  EXPECT_TRUE(filter->has_min_handicap());
  EXPECT_EQ(filter->max_handicap(), 9u);
  EXPECT_TRUE(filter->result_known());
  EXPECT_THAT(filter->rulesets(), ElementsAre("chinese", "aga"));
}

TEST_F(SettleFilterTest, RunDirectoryKeepsTheFiltersItBeganWith) {
  const absl::StatusOr<v1::GameFilter> begun = Settle(EveryFlag());
  ASSERT_TRUE(begun.ok());
  Reopen();
  for (const auto& flags : {std::map<std::string, std::string>{}, EveryFlag()}) {
    const absl::StatusOr<v1::GameFilter> again = Settle(flags);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), begun->SerializeAsString());
  }
  const absl::Status other = Settle({{"filter-min-rank", "1d"}}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(other));
  EXPECT_THAT(std::string(other.message()), HasSubstr("--filter-min-rank 5k, not 1d"));
}

TEST_F(SettleFilterTest, RunDirectoryBegunWithoutAFilterTakesNone) {
  ASSERT_TRUE(Settle({}).ok());
  const absl::Status late = Settle({{"filter-min-rank", "1d"}}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(late));
  EXPECT_THAT(std::string(late.message()), HasSubstr("begun without --filter-min-rank"));
}

TEST_F(SettleFilterTest, ParseOptionsCarryTheFilter) {
  ServerOptions options;
  options.filters = {{"filter-min-moves", "50"}};
  options.min_moves = 20;
  const absl::StatusOr<v1::ParseOptions> parse = SettleParseOptions(*store_, options);
  ASSERT_TRUE(parse.ok());
  EXPECT_EQ(parse->min_moves(), 20u);
  EXPECT_EQ(parse->filter().min_moves(), 50u);
  options.min_moves = 21;
  EXPECT_TRUE(absl::IsFailedPrecondition(SettleParseOptions(*store_, options).status()));
}

}  // namespace
}  // namespace moyo::server
