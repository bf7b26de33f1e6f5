// Checkpoints of format 1, written when the input of no network had liberties.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "common/base/files.h"
#include "tests/support/temp_folder.h"
#include "trainer/checkpoint/checkpoint.h"
#include "trainer/checkpoint/checkpoint_files.h"
#include "trainer/checkpoint/sequence_options.h"

namespace moyo::trainer {
namespace {

constexpr uint64_t kStep = 7;

// As FindCheckpoint sees a folder with one checkpoint of format 1.
absl::StatusOr<std::optional<Checkpoint>> FindFormatOne(const test::TempFolder& folder,
                                                        Architecture architecture) {
  TrainingOptions options;
  options.shape = {.blocks = 1, .filters = 8, .architecture = architecture};
  const std::unique_ptr<Group> group = MakeLoneGroup();
  TrainingState state;
  state.step = kStep;
  torch::serialize::OutputArchive archive;
  Learner(options, options.batch_size, torch::kCPU, *group).Save(archive);
  const nlohmann::json json = {
      {"format", 1}, {"options", SequenceOptions(options)}, {"state", ToJson(state)}};
  archive.write("moyo", c10::IValue(json.dump()));
  std::ostringstream bytes;
  archive.save_to(bytes);
  EXPECT_TRUE(WriteCheckpointFile(CheckpointPath(folder.path(), kStep), bytes.str()).ok());
  return FindCheckpoint(folder.path(), options);
}

TEST(CheckpointFormatTest, FormatOneOfATowerIsTaken) {
  const test::TempFolder folder;
  const auto found = FindFormatOne(folder, Architecture::kLeelaZero);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->state.step, kStep);
}

TEST(CheckpointFormatTest, FormatOneOfANetworkThatTakesLibertiesNowIsRefused) {
  const test::TempFolder folder;
  const absl::Status status = FindFormatOne(folder, Architecture::kGlobalPooling).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("has format 1"), std::string::npos) << status;
}

}  // namespace
}  // namespace moyo::trainer
