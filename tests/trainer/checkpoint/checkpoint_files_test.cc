#include "trainer/checkpoint/checkpoint_files.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/files.h"
#include "tests/support/no_free_descriptor.h"
#include "tests/support/temp_folder.h"

namespace moyo::trainer {
namespace {

class CheckpointFilesTest : public testing::Test {
 protected:
  std::string Path(uint64_t step) const { return CheckpointPath(folder_.path(), step); }
  void Write(uint64_t step) const {
    ASSERT_TRUE(WriteCheckpointFile(Path(step), "archive of " + std::to_string(step)).ok());
  }
  std::vector<std::string> Paths(const std::vector<uint64_t>& steps) const {
    std::vector<std::string> paths;
    for (const uint64_t step : steps) paths.push_back(Path(step));
    return paths;
  }

  test::TempFolder folder_;
};

TEST_F(CheckpointFilesTest, WhatWasWrittenIsReadAndCounted) {
  const std::string archive(100'000, 'a');
  const auto file_bytes = WriteCheckpointFile(Path(7), archive);
  ASSERT_TRUE(file_bytes.ok()) << file_bytes.status();
  EXPECT_EQ(*file_bytes, ReadFile(Path(7))->size());
  EXPECT_EQ(*ReadCheckpointFile(Path(7)), archive);
  EXPECT_TRUE(absl::IsNotFound(ReadCheckpointFile(Path(8)).status()));
}

TEST_F(CheckpointFilesTest, EveryFlippedBitOfTheArchiveIsNoticed) {
  Write(7);
  const std::string whole = *ReadFile(Path(7));
  const size_t archive_bytes = std::string("archive of 7").size();
  for (size_t bit = 0; bit < 8 * archive_bytes; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] ^= static_cast<char>(1 << bit % 8);
    ASSERT_TRUE(WriteFileAtomically(Path(7), flipped).ok());
    EXPECT_TRUE(absl::IsDataLoss(ReadCheckpointFile(Path(7)).status())) << bit;
  }
}

TEST_F(CheckpointFilesTest, FileOfTheFirstVersionIsTakenAsItIs) {
  for (const std::string& archive : {std::string("short"), std::string(1000, 'b')}) {
    ASSERT_TRUE(WriteFileAtomically(Path(7), archive).ok());
    EXPECT_EQ(*ReadCheckpointFile(Path(7)), archive);
  }
}

// Else training would go on from an older one, and the newer be removed.
TEST_F(CheckpointFilesTest, WantOfDescriptorsIsNoDamage) {
  Write(7);
  const test::NoFreeDescriptor none;
  EXPECT_TRUE(absl::IsUnavailable(ReadCheckpointFile(Path(7)).status()));
}

TEST_F(CheckpointFilesTest, NewestAndTheBestAreKept) {
  for (const uint64_t step : {1, 2, 3, 4, 5}) Write(step);
  RemoveOldCheckpoints(folder_.path(), 2, 5, 1);
  EXPECT_EQ(ListCheckpoints(folder_.path()), Paths({5, 4, 1}));
  Write(6);
  RemoveOldCheckpoints(folder_.path(), 2, 6, 6);
  EXPECT_EQ(ListCheckpoints(folder_.path()), Paths({6, 5}));
}

// Training went on from step 3, as the later ones were damaged.
TEST_F(CheckpointFilesTest, LaterOnesDoNotTakeThePlaceOfTheOneJustWritten) {
  for (const uint64_t step : {2, 3, 4, 900}) Write(step);
  RemoveOldCheckpoints(folder_.path(), 1, 4, 4);
  EXPECT_EQ(ListCheckpoints(folder_.path()), Paths({4}));
}

}  // namespace
}  // namespace moyo::trainer
