// Small runs on a made dataset, each in a run directory of its own.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/files.h"
#include "tests/trainer/data/made_shards.h"
#include "trainer/data/windowed_dataset.h"
#include "trainer/train/training_loop.h"

namespace moyo::trainer {

// Keeps what it heard last.
class LastReport final : public TrainingObserver {
 public:
  void OnReport(const TrainingReport& report) override { last_ = report; }
  const TrainingReport& last() const { return last_; }

 private:
  TrainingReport last_;
};

class TrainingTest : public testing::Test {
 protected:
  TrainingTest() : folder_(absl::StrCat(testing::TempDir(), "/training_test_", getpid())) {
    std::filesystem::remove_all(folder_);
    source_.Add(MakeShards(4, 10));
  }
  ~TrainingTest() override { std::filesystem::remove_all(folder_); }

  TrainingOptions Options(const std::string& name) const {
    TrainingOptions options;
    options.run_dir = folder_ + "/" + name;
    options.shape = {.blocks = 1, .filters = 8};
    options.epochs = 2;
    options.batch_size = 16;
    options.learning_rate = 0.01;
    options.threads = 1;
    options.validation_positions = 64;
    options.validation_percent = 20;
    return options;
  }
  absl::Status TrainHere(const TrainingOptions& options) {
    return Train(options, source_, observer_);
  }
  static std::string Bytes(const TrainingOptions& options, const std::string& file) {
    return ReadFile(options.run_dir + "/" + file).value_or("");
  }
  // Removes all but the oldest checkpoint, as if the process had been killed soon after it.
  static void KeepOldestCheckpoint(const TrainingOptions& options) {
    const std::vector<std::string> all = Checkpoints(options);
    ASSERT_GT(all.size(), 1u);
    for (size_t i = 1; i < all.size(); ++i) {
      std::filesystem::remove(options.run_dir + "/trainer/checkpoints/" + all[i]);
    }
  }

  static std::vector<std::string> Checkpoints(const TrainingOptions& options) {
    std::vector<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator(options.run_dir + "/trainer/checkpoints")) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  // The columns of the curve's last line, from 0.
  static std::vector<std::string> LastCurveLine(const TrainingOptions& options) {
    const std::vector<std::string> lines =
        absl::StrSplit(Bytes(options, "trainer/curve.csv"), '\n', absl::SkipEmpty());
    return absl::StrSplit(lines.back(), ',');
  }
  static uint64_t LastSamples(const TrainingOptions& options) {
    return std::stoull(LastCurveLine(options)[1]);
  }
  void AddGames() { source_.Add(MakeShards(8, 10, 'e')); }
  // Of an epoch over the newest games.
  uint64_t EpochPositions() {
    return (*WindowedDataset::Open(*source_.First(), 20, uint64_t{1} << 30))->training_positions();
  }

  const std::string folder_;
  MadeSource source_;
  LastReport observer_;
};

}  // namespace moyo::trainer
