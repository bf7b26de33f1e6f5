// The survey of files as they lie on disk.
#include "cli/survey/survey_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/survey/survey_json.h"
#include "tests/support/archive_writer.h"
#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

using testing::HasSubstr;

// A legal 19x19 game of `moves` moves in columns, each `number` another one.
std::string Game(int moves, int number = 0) {
  std::string text = "(;GM[1]SZ[19]PB[Player " + std::to_string(number % 7) + "]";
  for (int i = 0; i < moves; ++i) {
    text += i % 2 == 0 ? ";B[" : ";W[";
    text += static_cast<char>('a' + i % 18);
    text += static_cast<char>('a' + i / 18);
    text += ']';
  }
  text += std::string(";W[") + static_cast<char>('a' + number % 18) +
          static_cast<char>('p' + number / 18 % 4) + "]";
  return text + ")\n";
}

class SurveyRunTest : public testing::Test {
 protected:
  SurveyRunTest() : null_(std::fopen("/dev/null", "w")), progress_(null_) {}
  ~SurveyRunTest() override { std::fclose(null_); }

  absl::StatusOr<SurveyOutcome> Survey(const std::vector<std::string>& paths, int threads = 2,
                                       uint64_t limit = 0) {
    SurveyOptions options;
    options.paths = paths;
    options.threads = threads;
    options.report.limit = limit;
    return RunSurvey(options, progress_);
  }

  // All of the report but the time it took.
  std::string Json(const std::vector<std::string>& paths, int threads, uint64_t limit = 0) {
    auto outcome = Survey(paths, threads, limit);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    if (!outcome.ok()) return "";
    nlohmann::ordered_json json = SurveyJson(*outcome);
    json.erase("seconds");
    return json.dump(1);
  }

  std::FILE* const null_;
  ProgressBar progress_;
  const test::TempFolder folder_;
};

TEST_F(SurveyRunTest, AgreesWithTheLedgerOfTheBundledFiles) {
  const auto outcome = Survey({MOYO_SOURCE_DIR "/tests/data/mixed"});
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  const SurveyReport& report = outcome->report;
  EXPECT_EQ(report.found, 34u);
  EXPECT_EQ(report.accepted, 28u);
  EXPECT_EQ(report.truncated, 1u);
  EXPECT_EQ(report.symmetric.games, 1u);
  EXPECT_EQ(report.identical.games, 0u);
  EXPECT_EQ(report.rejected, 5u);
  EXPECT_EQ(report.rejected_by.at("NO_GAME").games, 3u);
  EXPECT_EQ(report.rejected_by.at("NOT_GO").games, 1u);
  EXPECT_EQ(report.sources.sources, 29u);
  EXPECT_EQ(report.sources.lists, 1u);
  EXPECT_EQ(report.board_size.at(9), 1u);
}

TEST_F(SurveyRunTest, ReportDoesNotDependOnThreads) {
  const std::string mixed = MOYO_SOURCE_DIR "/tests/data/mixed";
  // Larger than what one thread takes at once.
  std::string large;
  for (int i = 0; i < 1500; ++i) large += Game(40 + i % 50, i);
  const std::string file = folder_.Write("large.sgf", large);
  const std::string one = Json({mixed, file}, 1);
  EXPECT_EQ(Json({mixed, file}, 2), one);
  EXPECT_EQ(Json({mixed, file}, 7), one);
  const std::string limited = Json({mixed, file}, 1, 700);
  EXPECT_THAT(limited, HasSubstr("\"found\": 700"));
}

TEST_F(SurveyRunTest, ArchivesAreReadWithoutUnpacking) {
  for (const char* name : {"a.zip", "b.7z", "c.tar.gz", "d.tar.bz2", "e.tar.xz", "f.tar.zst"}) {
    test::WriteArchive(folder_.path() + "/" + name,
                       {{"one.sgf", Game(40, 1)}, {"two.sgf", Game(50, 2) + Game(60, 3)}});
  }
  const auto outcome = Survey({folder_.path()});
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->report.found, 18u);
  EXPECT_EQ(outcome->report.accepted, 3u);
  EXPECT_EQ(outcome->report.identical.games, 15u);
  EXPECT_EQ(outcome->report.identical.examples[0].member, "one.sgf");
  EXPECT_EQ(outcome->report.sources.archives, 6u);
  EXPECT_EQ(outcome->report.sources.members, 12u);
}

TEST_F(SurveyRunTest, DamagedArchiveCostsOnlyItself) {
  folder_.Write("a.zip", "no archive");
  folder_.Write("b.sgf", Game(40));
  const auto outcome = Survey({folder_.path()});
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->report.accepted, 1u);
  EXPECT_EQ(outcome->report.rejected_by.at("SOURCE_UNREADABLE").games, 1u);
  EXPECT_EQ(outcome->report.sources.unreadable, 1u);
}

TEST_F(SurveyRunTest, GameOverTheSizeLimitIsRejectedAndTheNextOneFound) {
  folder_.Write("a.sgf", "(;GM[1]C[" + std::string(5 << 20, 'x') + "];B[aa])" + Game(40));
  const auto outcome = Survey({folder_.path()});
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->report.rejected_by.at("GAME_TOO_LARGE").games, 1u);
  EXPECT_EQ(outcome->report.accepted, 1u);
}

TEST_F(SurveyRunTest, FileBelowTwoPathsCountsOnce) {
  folder_.Write("sub/a.sgf", Game(40));
  folder_.Write("b.sgf", Game(50));
  const std::string sub = folder_.path() + "/sub";
  const std::string file = sub + "/a.sgf";
  const std::vector<std::vector<std::string>> path_lists = {
      {folder_.path(), sub, file}, {file, sub + "/", folder_.path() + "/"}, {sub, folder_.path()}};
  for (const auto& paths : path_lists) {
    const auto outcome = Survey(paths);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(outcome->report.found, 2u);
    EXPECT_EQ(outcome->report.duplicates(), 0u);
  }
}

TEST_F(SurveyRunTest, NamesComeInUtf8WhateverTheirEncoding) {
  folder_.Write("a.sgf", "(;GM[1]PB[\xce\xe2\xc7\xe5\xd4\xb4]BR[\xbe\xc5\xb6\xce]" +
                             Game(40).substr(7));  // GB18030
  const auto outcome = Survey({folder_.path()});
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->report.encoding.at(sgf::TextEncoding::kGb18030), 1u);
  ASSERT_EQ(outcome->report.players.size(), 1u);
  EXPECT_EQ(outcome->report.players[0].first, "吴清源");
}

TEST_F(SurveyRunTest, PeculiarGamesAreCounted) {
  folder_.Write("a.sgf", "(;GM[1]KM[7.5]AB[qq];W[dp];W[pp](;B[dd])(;B[cc]))");
  const auto outcome = Survey({folder_.path()});
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  const SurveyReport& report = outcome->report;
  EXPECT_EQ(report.setup, 1u);
  EXPECT_EQ(report.white_first, 1u);
  EXPECT_EQ(report.same_colour_twice, 1u);
  EXPECT_EQ(report.variations, 1u);
  EXPECT_EQ(report.komi_half_points.at(15), 1u);
  EXPECT_EQ(report.komi_unsaid, 0u);
}

TEST_F(SurveyRunTest, MissingPathIsNamed) {
  const absl::Status status = Survey({folder_.path() + "/none"}).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("/none' does not exist"));
}

TEST_F(SurveyRunTest, NothingFoundIsSaidWithTheCause) {
  const auto message = [&] { return std::string(Survey({folder_.path()}).status().message()); };
  EXPECT_THAT(message(), HasSubstr("holds no file"));
  folder_.Write("a.txt", "text");
  EXPECT_THAT(message(), HasSubstr("no game found in the 1 files"));
  folder_.Write("b.zip", "no archive");
  EXPECT_THAT(message(), HasSubstr("cannot read archive"));
}

}  // namespace
}  // namespace moyo::cli
