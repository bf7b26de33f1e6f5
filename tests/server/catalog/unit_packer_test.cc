#include "server/catalog/unit_packer.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::catalog {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

class UnitPackerTest : public testing::Test {
 protected:
  // The units' numbers of sources, of sources with these games and MiB.
  std::vector<uint64_t> Pack(const std::vector<std::pair<uint32_t, uint64_t>>& sources) {
    UnitPacker packer(*store_, 10);
    const auto file = std::make_shared<FileProgress>();
    file->file.file_id = 1;
    file->file.path = "/games/1";
    file->file.complete = true;
    for (const auto& [games, size_mib] : sources) {
      store::Source source;
      source.file_id = 1;
      source.games = games;
      source.offset = 1000 * file->added;
      source.length_bytes = size_mib * kMiB;
      EXPECT_TRUE(packer.Add(file, source, games).ok());
    }
    packer.EndFile(file);
    EXPECT_TRUE(packer.Finish().ok());
    std::vector<uint64_t> units;
    for (const work::Unit& unit : store_->UnitsInOrder()) units.push_back(unit.sources);
    return units;
  }

  test::TempFolder folder_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_ = *store::Store::Open(folder_.path(), {}, clock_);
};

TEST_F(UnitPackerTest, UnitHoldsAsManyGamesAsAShardMay) {
  EXPECT_EQ(Pack({{4, 0}, {6, 0}, {1, 0}, {10, 0}, {9, 0}, {2, 0}}),
            (std::vector<uint64_t>{2, 1, 1, 1, 1}));
}

TEST_F(UnitPackerTest, LargeSourcesGetUnitsOfTheirOwn) {
  EXPECT_EQ(Pack({{1, 63}, {1, 1}, {1, 1}, {1, 64}, {1, 100}, {1, 0}}),
            (std::vector<uint64_t>{2, 1, 1, 1, 1}));
}

}  // namespace
}  // namespace moyo::catalog
