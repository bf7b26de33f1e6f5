#include "cli/survey/survey_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "cli/survey/survey_json.h"
#include "cli/survey/survey_text.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

SourcePtr Source(const std::string& path, const std::string& member = "") {
  return std::make_shared<SourceName>(SourceName{path, member});
}

GameFacts Accepted(const SourcePtr& source, uint8_t hash, uint8_t symmetry = 1) {
  GameFacts facts;
  facts.source = source;
  facts.row.state = worker::GameState::kAccepted;
  facts.row.moves = 200;
  facts.row.identity.hash[0] = hash;
  facts.row.identity.symmetry = symmetry;
  facts.begin = 17;
  return facts;
}

GameFacts Rejected(const SourcePtr& source, std::string_view reason) {
  GameFacts facts;
  facts.source = source;
  facts.row.reason = reason;
  facts.row.byte_offset = 5;
  facts.row.detail = "why: bytes";
  return facts;
}

TEST(SurveyReport, LedgerBalances) {
  ReportBuilder builder({});
  const SourcePtr source = Source("a.sgf");
  builder.Add(Accepted(source, 1));
  builder.Add(Accepted(source, 1));     // identical
  builder.Add(Accepted(source, 1, 2));  // symmetric
  GameFacts filtered = Rejected(source, "FILTER_MAX_MOVES");
  filtered.row.state = worker::GameState::kFiltered;
  builder.Add(filtered);
  builder.Add(Rejected(source, "NOT_GO"));
  const SurveyReport report = builder.Finish();
  EXPECT_EQ(report.found, 5u);
  EXPECT_EQ(report.accepted, 1u);
  EXPECT_EQ(report.identical.games, 1u);
  EXPECT_EQ(report.symmetric.games, 1u);
  EXPECT_EQ(report.symmetric.examples[0].byte_offset, 17u);
  EXPECT_EQ(report.filtered_by.at("FILTER_MAX_MOVES").games, 1u);
  EXPECT_EQ(report.rejected_by.at("NOT_GO").games, 1u);
  EXPECT_EQ(report.positions, 200u);  // copies are not counted
  EXPECT_EQ(report.length.at(200), 1u);
}

TEST(SurveyReport, TruncatedGamesAreAcceptedAndHaveTheirReason) {
  ReportBuilder builder({});
  GameFacts facts = Accepted(Source("a.sgf"), 1);
  facts.row.reason = "MOVE_KO";
  facts.row.byte_offset = 99;
  builder.Add(facts);
  const SurveyReport report = builder.Finish();
  EXPECT_EQ(report.accepted, 1u);
  EXPECT_EQ(report.truncated, 1u);
  EXPECT_EQ(report.truncated_by.at("MOVE_KO").examples[0].byte_offset, 99u);
}

TEST(SurveyReport, ExamplesAreTheFirstFew) {
  ReportBuilder builder({});
  for (int i = 0; i < 10; ++i) builder.Add(Rejected(Source(std::to_string(i)), "NOT_GO"));
  const Tally tally = builder.Finish().rejected_by.at("NOT_GO");
  EXPECT_EQ(tally.games, 10u);
  ASSERT_EQ(tally.examples.size(), kMaxExamples);
  EXPECT_EQ(tally.examples[0].path, "0");
  EXPECT_EQ(tally.examples[2].path, "2");
}

TEST(SurveyReport, SourcesAreCountedByKind) {
  ReportBuilder builder({});
  builder.Add(Accepted(Source("one.sgf"), 1));
  const SourcePtr many = Source("many.sgf");
  for (uint8_t hash = 2; hash < 5; ++hash) builder.Add(Accepted(many, hash));
  GameFacts line = Accepted(Source("list"), 5);
  line.is_list_line = true;
  builder.Add(line);
  builder.Add(Rejected(Source("notes.txt"), "NO_GAME"));
  builder.Add(Accepted(Source("a.zip", "x.sgf"), 6));
  builder.Add(Accepted(Source("a.zip", "y.sgf"), 7));
  builder.Add(Rejected(Source("a.zip"), "SOURCE_UNREADABLE"));
  EXPECT_EQ(builder.games(), 7u);
  const SourceCounts sources = builder.Finish().sources;
  EXPECT_EQ(sources.sources, 7u);
  EXPECT_EQ(sources.one_game, 3u);
  EXPECT_EQ(sources.many_games, 1u);
  EXPECT_EQ(sources.lists, 1u);
  EXPECT_EQ(sources.without_game, 1u);
  EXPECT_EQ(sources.unreadable, 1u);
  EXPECT_EQ(sources.members, 2u);
  EXPECT_EQ(sources.archives, 1u);
}

TEST(SurveyReport, LimitCountsRows) {
  ReportBuilder builder({.limit = 2});
  EXPECT_TRUE(builder.Add(Accepted(Source("a"), 1)));
  EXPECT_FALSE(builder.Add(Accepted(Source("b"), 2)));
  const SurveyReport report = builder.Finish();
  EXPECT_EQ(report.found, 2u);
  EXPECT_EQ(report.sources.sources, 2u);
}

TEST(SurveyReport, TooManyGamesToRememberAreSaidSo) {
  ReportBuilder builder({.remembered_games = 1});
  for (uint8_t hash = 1; hash < 4; ++hash) builder.Add(Accepted(Source("a"), hash));
  SurveyOutcome outcome;
  outcome.report = builder.Finish();
  EXPECT_FALSE(outcome.report.duplicates_known);
  EXPECT_THAT(SurveyText(outcome), HasSubstr("too many games"));
  EXPECT_EQ(SurveyJson(outcome)["duplicates"]["complete"], false);
}

SurveyOutcome SomeOutcome() {
  ReportBuilder builder({});
  GameFacts facts = Accepted(Source("a.sgf"), 1);
  facts.info.year = 2015;
  facts.info.ruleset = go::Ruleset::kChinese;
  facts.info.winner = go::Winner::kBlack;
  facts.info.by_resignation = true;
  facts.info.komi_half_points = 15;
  facts.has_komi = true;
  facts.info.handicap = 2;
  facts.info.black_rank = 9;
  facts.encoding = sgf::TextEncoding::kGb18030;
  facts.black_name = "吴清源";
  facts.white_name = "evil\x1b[2J";
  facts.has_setup = facts.is_white_first = true;
  facts.notes = {.same_colour = 1, .superko = 1, .variations = 3};
  builder.Add(facts);
  builder.Add(Rejected(Source("bad\nname.zip", "in\xff.sgf"), "NOT_GO"));
  SurveyOutcome outcome;
  outcome.report = builder.Finish();
  outcome.file_bytes = 2048;
  return outcome;
}

TEST(SurveyText, EveryNumberStandsInItsRow) {
  const std::string text = SurveyText(SomeOutcome());
  for (const char* row :
       {"games        2 found = 1 accepted + 0 duplicate + 0 filtered + 1 rejected",
        "positions    200 in accepted games (0 of them cut at damage)",
        "2 in 2.0 KiB:    2 SGF of one game    (1 members of 1 archives)",
        "size         19 1 (100.0%)",
        "year         2015 1 (100.0%)",
        "rank         9d 1 (50.0%)    unknown 1 (50.0%)",
        "rules        chinese 1 (100.0%)",
        "result       B+R 1 (100.0%)",
        "komi         7.5 1 (100.0%)",
        "handicap     2 1 (100.0%)",
        "moves        200 to 200, median 200, mean 200.0",
        "200-249: 1 (100.0%)",
        "encoding     GB18030 1 (100.0%)",
        "same colour twice running 1",
        "variations 1",
        "setup stones 1",
        "White first 1",
        "a repeated position (superko) 1",
        "吴清源 1",
        "  NOT_GO 1",
        "at byte 5: why: bytes"}) {
    EXPECT_THAT(text, HasSubstr(row));
  }
}

TEST(SurveyText, UnknownStandsLast) {
  ReportBuilder builder({});
  builder.Add(Accepted(Source("a"), 1));
  GameFacts facts = Accepted(Source("b"), 2);
  facts.info.year = 2015;
  builder.Add(facts);
  SurveyOutcome outcome;
  outcome.report = builder.Finish();
  EXPECT_THAT(SurveyText(outcome), HasSubstr("year         2015 1 (50.0%)    unknown 1 (50.0%)"));
}

TEST(SurveyText, NamesCannotCommandTheTerminal) {
  const std::string text = SurveyText(SomeOutcome());
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("evil\\x1b[2J"));
  EXPECT_THAT(text, HasSubstr("bad\\x0aname.zip!in\xef\xbf\xbd.sgf"));
}

TEST(SurveyText, ManyYearsBecomeDecades) {
  ReportBuilder builder({});
  for (int i = 0; i < 30; ++i) {
    GameFacts facts = Accepted(Source("a"), static_cast<uint8_t>(i + 1));
    facts.info.year = static_cast<uint16_t>(1990 + i);
    builder.Add(facts);
  }
  SurveyOutcome outcome;
  outcome.report = builder.Finish();
  EXPECT_THAT(SurveyText(outcome), HasSubstr("1990s 10 (33.3%)    2000s 10 (33.3%)"));
}

TEST(SurveyJson, NamesOfTheDocument) {
  const nlohmann::ordered_json json = SurveyJson(SomeOutcome());
  EXPECT_EQ(json["ledger"]["found"], 2);
  EXPECT_EQ(json["ledger"]["rejected"], 1);
  EXPECT_EQ(json["sources"]["file_bytes"], 2048);
  EXPECT_EQ(json["year"]["2015"], 1);
  EXPECT_EQ(json["rank"]["9d"], 1);
  EXPECT_EQ(json["rank"]["unknown"], 1);
  EXPECT_EQ(json["result"]["B+R"], 1);
  EXPECT_EQ(json["komi"]["7.5"], 1);
  EXPECT_EQ(json["length"]["from"]["200"], 1);
  EXPECT_EQ(json["encoding"]["GB18030"], 1);
  EXPECT_EQ(json["games_with"]["superko_repeats"], 1);
  EXPECT_EQ(json["players"].size(), 2u);
  EXPECT_EQ(json["players"][1]["name"], "吴清源");
  const auto& example = json["reasons"]["rejected"]["NOT_GO"]["examples"][0];
  EXPECT_EQ(example["byte_offset"], 5);
  EXPECT_EQ(example["detail"], "why: bytes");
  EXPECT_THAT(DumpJson(json, 0), HasSubstr("in\xef\xbf\xbd.sgf"));  // what is not UTF-8 is no error
}

}  // namespace
}  // namespace moyo::cli
