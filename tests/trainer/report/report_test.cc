#include "trainer/report/report.h"

#include <nlohmann/json.hpp>

#include "tests/trainer/train/training_fixture.h"
#include "trainer/data/shard_folder.h"

namespace moyo::trainer {
namespace {

// The figures, where all went well.
absl::StatusOr<std::string> ReportOf(const ReportOptions& options) {
  std::string figures;
  const absl::Status status = MakeReport(options, [&](const std::string& json) {
    figures = json;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return figures;
}

class ReportTest : public TrainingTest {
 protected:
  ReportTest() : shards_(folder_ + "/shards <of> games") {
    EXPECT_TRUE(MakeFolder(shards_).ok());
    for (int i = 0; i < 3; ++i) {
      const std::string bytes = shard::WriteNpz(MadeColumns(20, 1000 * i, 30));
      EXPECT_TRUE(WriteFileAtomically(absl::StrCat(shards_, "/", i, ".npz"), bytes).ok());
    }
  }
  // A run on the folder; its name must not become a tag.
  TrainingOptions TrainARun() {
    TrainingOptions options = Options("run <b>");
    options.validation_interval = absl::ZeroDuration();
    options.max_samples = 64;
    const auto source = MakeShardFolder(
        {.folder = shards_, .cache_folder = options.run_dir + "/trainer/cache", .start = {}});
    const absl::Status status = Train(options, *source, observer_);
    EXPECT_TRUE(status.ok()) << status;
    return options;
  }

  const std::string shards_;
};

TEST_F(ReportTest, FiguresAndPageOfATrainedRun) {
  const TrainingOptions run = TrainARun();
  const std::string page = folder_ + "/report.html";
  const auto report = ReportOf(
      {.run_dir = run.run_dir, .shards = shards_, .positions = 40, .threads = 1, .html = page});
  ASSERT_TRUE(report.ok()) << report.status();
  const auto json = nlohmann::json::parse(*report);
  EXPECT_GE(json.at("positions"), 40);
  EXPECT_EQ(json.at("averaged").at("positions"), json.at("positions"));
  EXPECT_FALSE(json.at("by_move").empty());
  EXPECT_EQ(json.at("run").at("samples"), 64);
  EXPECT_EQ(json.at("run").at("finished"), true);
  EXPECT_EQ(json.at("run").at("options").at("--blocks"), 1);
  EXPECT_EQ(json.at("run").at("options").at("--optimizer"), "muon");
  EXPECT_EQ(json.at("run").at("options").at("--schedule"), "cosine");
  EXPECT_EQ(json.at("curve").back().at("samples"), 64);
  EXPECT_GT(json.at("curve").size(), 1u);
  const std::string html = ReadFile(page).value_or("");
  EXPECT_NE(html.find("run &lt;b&gt;/model.pt"), std::string::npos);
  EXPECT_EQ(html.find("run <b>"), std::string::npos);
  for (const char* part :
       {"Training", "Calibration", "Boards", "The run", "--validation-percent"}) {
    EXPECT_NE(html.find(part), std::string::npos) << part;
  }
}

TEST_F(ReportTest, OneSymmetryLeavesTheMeanOut) {
  const TrainingOptions run = TrainARun();
  const auto report = ReportOf({.run_dir = run.run_dir,
                                .shards = shards_,
                                .positions = 10,
                                .average_symmetries = false,
                                .threads = 1});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(nlohmann::json::parse(*report).at("averaged").is_null());
}

TEST_F(ReportTest, FiguresOutliveAPageThatCannotBeWritten) {
  const TrainingOptions run = TrainARun();
  ReportOptions options{.run_dir = run.run_dir,
                        .shards = shards_,
                        .positions = 10,
                        .average_symmetries = false,
                        .threads = 1,
                        .html = folder_ + "/none/report.html"};
  std::string figures;
  const absl::Status status = MakeReport(options, [&](const std::string& json) {
    figures = json;
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
  EXPECT_NE(status.message().find(options.html), std::string::npos) << status;
  EXPECT_GE(nlohmann::json::parse(figures, nullptr, false).value("positions", 0), 10) << figures;
}

TEST_F(ReportTest, PageOutlivesFiguresThatCannotBeWritten) {
  const TrainingOptions run = TrainARun();
  const std::string page = folder_ + "/report.html";
  const absl::Status status =
      MakeReport({.run_dir = run.run_dir,
                  .shards = shards_,
                  .positions = 10,
                  .average_symmetries = false,
                  .threads = 1,
                  .html = page},
                 [](const std::string&) { return absl::ResourceExhaustedError("no space"); });
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_NE(ReadFile(page).value_or("").find("<title>"), std::string::npos);
}

TEST_F(ReportTest, WhatIsMissingIsNamed) {
  const auto of = [](const ReportOptions& options) { return ReportOf(options).status(); };
  const absl::Status none = of({.run_dir = folder_ + "/none"});
  EXPECT_EQ(none.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(none.message().find("--run-dir"), std::string::npos) << none;
  const TrainingOptions run = TrainARun();
  const absl::Status shards = of({.run_dir = run.run_dir});
  EXPECT_NE(shards.message().find("--shards"), std::string::npos) << shards;
  const absl::Status model =
      of({.run_dir = run.run_dir, .shards = shards_, .model = folder_ + "/other.pt"});
  EXPECT_EQ(model.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(model.message().find("other.pt"), std::string::npos) << model;
}

}  // namespace
}  // namespace moyo::trainer
