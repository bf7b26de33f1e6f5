#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "common/shard/npy_header.h"
#include "common/shard/shard.h"
#include "common/shard/zip.h"
#include "tests/common/shard/sample_columns.h"

namespace moyo::shard {
namespace {

// The sample shard with one member's bytes changed.
template <typename Change>
std::string WithMember(const std::string& name, Change change) {
  auto members = ReadZip(WriteNpz(SampleColumns()), 1 << 24).value();
  ZipWriter zip;
  for (ZipMember& member : members) {
    if (member.name == name && !change(member.bytes)) continue;
    zip.Add(member.name, member.bytes);
  }
  return zip.Finish();
}

void ExpectDamage(const std::string& bytes, const std::string& column, const std::string& what) {
  const absl::Status status = ReadNpz(bytes).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("'" + column + "'"), std::string::npos) << status;
  EXPECT_NE(status.message().find(what), std::string::npos) << status;
}

TEST(NpzReaderTest, EveryFlippedByteIsRefusedOrHarmless) {
  const std::string good = WriteNpz(SampleColumns());
  const Digest digest = DigestOf(SampleColumns());
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] ^= 0x20;
    const auto columns = ReadNpz(bad);
    // Dates, attributes and the like carry nothing; anything else must be noticed.
    if (!columns.ok()) continue;
    ASSERT_EQ(DigestOf(*columns), digest) << "byte " << at;
  }
}

TEST(NpzReaderTest, EveryCutIsRefused) {
  const std::string good = WriteNpz(SampleColumns());
  for (size_t size = 0; size < good.size(); size += 7) {
    EXPECT_FALSE(ReadNpz(std::string_view(good).substr(0, size)).ok()) << size;
  }
}

TEST(NpzReaderTest, NoiseIsRefused) {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    std::string noise(random() % 500, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    EXPECT_FALSE(ReadNpz(noise).ok());
  }
}

TEST(NpzReaderTest, MissingColumnIsNamed) {
  const auto status =
      ReadNpz(WithMember("move_y.npy", [](std::string&) { return false; })).status();
  EXPECT_NE(status.message().find("no column 'move_y'"), std::string::npos) << status;
}

TEST(NpzReaderTest, WrongTypeIsNamed) {
  ExpectDamage(WithMember("game_year.npy",
                          [](std::string& bytes) {
                            bytes.replace(bytes.find("<u2"), 3, "<i2");
                            return true;
                          }),
               "game_year", "type is not <u2");
}

TEST(NpzReaderTest, MoveOffTheBoardIsRefused) {
  // The last game with moves is on 13 by 13: the first column and row beside it.
  for (const std::string name : {"move_x", "move_y"}) {
    ExpectDamage(WithMember(name + ".npy",
                            [](std::string& bytes) {
                              bytes.back() = 13;
                              return true;
                            }),
                 name, "off the board");
  }
}

TEST(NpzReaderTest, SetupOffTheBoardIsRefused) {
  // One stone more than the board is wide, and a colour that is none.
  for (const auto& [name, value] : {std::pair{"setup_x", 19}, {"setup_y", 19}, {"setup_y", 96}}) {
    ExpectDamage(WithMember(std::string(name) + ".npy",
                            [value = value](std::string& bytes) {
                              bytes.back() = static_cast<char>(value);
                              return true;
                            }),
                 name, "off the board");
  }
}

TEST(NpzReaderTest, ValueThatIsUnknownIsRefused) {
  for (const auto& [name, value] :
       {std::pair{"game_winner", 4}, {"game_ruleset", 9}, {"game_by_resignation", 2}}) {
    ExpectDamage(WithMember(std::string(name) + ".npy",
                            [value = value](std::string& bytes) {
                              bytes.back() = static_cast<char>(value);
                              return true;
                            }),
                 name, "unknown value");
  }
  for (const int size : {1, 26}) {
    ExpectDamage(WithMember("game_board_size.npy",
                            [size](std::string& bytes) {
                              bytes.back() = static_cast<char>(size);
                              return true;
                            }),
                 "game_board_size", "not 2 to 25");
  }
}

TEST(NpzReaderTest, LengthsThatDifferAreRefused) {
  ExpectDamage(WithMember("move_x.npy",
                          [](std::string& bytes) {
                            bytes.pop_back();
                            return true;
                          }),
               "move_x", "length and shape differ");
}

// Whole columns in themselves, but of one entry less or more than the games have.
TEST(NpzReaderTest, ColumnsOfDifferentLengthsAreRefused) {
  const size_t moves = SampleColumns().positions();
  for (const size_t entries : {moves - 1, moves + 1}) {
    const std::vector<uint64_t> shape = {entries};
    ExpectDamage(WithMember("move_y.npy",
                            [&shape](std::string& bytes) {
                              bytes = NpyHeader("|u1", shape) + std::string(shape[0], '\0');
                              return true;
                            }),
                 "move_y", "has the wrong length");
  }
}

TEST(NpzReaderTest, OtherFormatVersionIsRefusedWithBothNumbers) {
  const auto status = ReadNpz(WithMember("format_version.npy", [](std::string& bytes) {
                        bytes[bytes.size() - 4] = 9;
                        return true;
                      })).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("version 9"), std::string::npos) << status;
}

}  // namespace
}  // namespace moyo::shard
