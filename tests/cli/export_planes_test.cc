#include "cli/export_planes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "common/base/files.h"
#include "common/shard/manifest.h"
#include "common/shard/zip.h"
#include "tests/cli/fake_server.h"
#include "tests/support/disk_calls.h"
#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

go::GameRecord Game(std::vector<go::Move> moves, int size = 19) {
  go::GameRecord game;
  game.info.board_size = static_cast<uint8_t>(size);
  game.info.winner = go::Winner::kWhite;
  game.moves = std::move(moves);
  return game;
}

std::string ShardOf(const std::vector<go::GameRecord>& games) {
  shard::Columns columns;
  Hash128 hash = {1, 2, 3};
  for (const go::GameRecord& game : games) columns.Append(game, hash);
  return shard::WriteNpz(columns);
}

// The data of a .npy, behind its header.
std::string Data(const std::string& npy) {
  uint16_t header_bytes = 0;
  std::memcpy(&header_bytes, npy.data() + 8, 2);
  return npy.substr(10 + header_bytes);
}

class ExportPlanesTest : public testing::Test {
 protected:
  ~ExportPlanesTest() override { std::fclose(out_); }

  absl::StatusOr<PlaneExportResult> Export(ShardFeed& feed) {
    ProgressBar progress(out_, ProgressBar::Kind::kPlain);
    return ExportPlanes(feed, options_, progress);
  }
  absl::StatusOr<PlaneExportResult> ExportFiles(const std::vector<std::string>& paths) {
    const auto feed = FeedFromFiles(paths);
    if (!feed.ok()) return feed.status();
    return Export(**feed);
  }
  std::string Read(const std::string& name) {
    return ReadFile(folder_.Path("out/" + name)).value();
  }
  // What `moyo shards` leaves: a shard of two games, the second a copy, under the name that the
  // manifest gives. Returns the shard's path.
  std::string WriteDataset(const std::string& folder, const std::string& named = "unit-1.npz") {
    const std::string bytes = ShardOf({Game({{{0, 0}, go::Color::kBlack}}), Game({{}})});
    shard::Manifest manifest{.complete = true};
    manifest.dataset_digest.fill(0xaa);
    manifest.shards.push_back({.file = named,
                               .unit_id = 1,
                               .digest = shard::DigestOf(*shard::ReadNpz(bytes)),
                               .length_bytes = bytes.size(),
                               .games = 2,
                               .positions = 2,
                               .left_out_rows = {1}});
    folder_.Write(folder + "/manifest.json", shard::ManifestJson(manifest));
    return folder_.Write(folder + "/unit-1.npz", bytes);
  }

  std::FILE* out_ = std::tmpfile();
  test::TempFolder folder_;
  PlaneExportOptions options_{
      .writer = {.folder = folder_.Path("out"), .container = Container::kNpy}};
};

TEST_F(ExportPlanesTest, BitsLieAsTheDocumentSays) {
  options_.writer.format = PlaneFormat::kBits;
  const std::string path = folder_.Write(
      "a.npz", ShardOf({Game({{{3, 2}, go::Color::kBlack}, {go::kPass, go::Color::kWhite}})}));
  const auto result = ExportFiles({path});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->counts.positions, 2u);
  const std::string x = Data(Read("X_0001.npy"));
  ASSERT_EQ(x.size(), 2 * 18 * kPackedPlaneBytes);
  // Second position, White to move: Black's stone (3, 2) is in plane 8 (the other side, now).
  const int point = 2 * 19 + 3;
  const size_t plane = (18 + 8) * kPackedPlaneBytes;
  EXPECT_EQ(static_cast<uint8_t>(x[plane + point / 8]), 1u << point % 8);
  EXPECT_EQ(std::count(x.begin(), x.begin() + 16 * kPackedPlaneBytes, '\0'),
            16 * static_cast<int>(kPackedPlaneBytes));
  // The first position's plane 16 is all ones: 45 full bytes, and one bit of the last.
  const std::string black = x.substr(16 * kPackedPlaneBytes, kPackedPlaneBytes);
  EXPECT_EQ(black, std::string(45, '\xff') + '\x01');
  EXPECT_EQ(x.substr(17 * kPackedPlaneBytes, kPackedPlaneBytes), std::string(46, '\0'));

  int64_t y[2];
  std::memcpy(y, Data(Read("Y_0001.npy")).data(), sizeof(y));
  EXPECT_EQ(y[0], point);
  EXPECT_EQ(y[1], 361);
  EXPECT_EQ(Data(Read("winner_0001.npy")), std::string("\xff\x01"));  // White won
  EXPECT_EQ(Data(Read("winner_known_0001.npy")), std::string("\x01\x01"));
  EXPECT_EQ(Data(Read("game_hash_0001.npy")).substr(0, 3), std::string("\x01\x02\x03"));
  EXPECT_NE(Read("X_0001.npy").find("'shape': (2, 18, 46)"), std::string::npos);
}

TEST_F(ExportPlanesTest, OtherBoardsAndPositionsPassedOverAreCounted) {
  std::vector<go::Move> moves;
  for (uint8_t i = 0; i < 10; ++i) {
    moves.push_back({{i, i}, i % 2 ? go::Color::kWhite : go::Color::kBlack});
  }
  const std::string path = folder_.Write(
      "a.npz", ShardOf({Game(moves), Game({{{1, 1}, go::Color::kBlack}}, 9), Game(moves)}));
  options_.walk = {.every = 3, .limit = 6};
  options_.writer.positions_per_file = 4;
  const auto result = ExportFiles({path});
  ASSERT_TRUE(result.ok()) << result.status();
  const WalkCounts& counts = result->counts;
  EXPECT_EQ(counts.positions, 6u);
  EXPECT_EQ(counts.games, 2u);
  EXPECT_EQ(counts.other_sizes, 1u);
  EXPECT_EQ(counts.other_positions, 1u);
  EXPECT_EQ(counts.positions + counts.not_every + counts.over_limit, 20u);
  EXPECT_EQ(result->files, 2u);
  EXPECT_EQ(Data(Read("Y_0001.npy")).size(), 4 * sizeof(int64_t));
  EXPECT_EQ(Data(Read("ply_0002.npy")), std::string("\x02\x00\x05\x00", 4));  // 12 and 15
  const auto json = nlohmann::json::parse(Read("export.json"));
  EXPECT_EQ(json["left_out"]["games_of_other_sizes"], 1);
  EXPECT_EQ(json["files"], 2);
}

TEST_F(ExportPlanesTest, EveryFormatHoldsTheSamePoints) {
  const std::string path = folder_.Write(
      "a.npz", ShardOf({Game({{{3, 2}, go::Color::kBlack}, {go::kPass, go::Color::kWhite}})}));
  // Second position, plane 8: row 2, column 3.
  const size_t value = (18 + 8) * 361 + 2 * 19 + 3;
  options_.writer.format = PlaneFormat::kUint8;
  ASSERT_TRUE(ExportFiles({path}).ok());
  const std::string bytes = Data(Read("X_0001.npy"));
  ASSERT_EQ(bytes.size(), size_t{2 * 18 * 361});
  EXPECT_EQ(bytes[value], 1);
  EXPECT_EQ(std::count(bytes.begin(), bytes.end(), 1), 361 + 361 + 1);  // who moves, and a stone
  options_.writer.format = PlaneFormat::kFloat32;
  options_.writer.folder = folder_.Path("floats");
  ASSERT_TRUE(ExportFiles({path}).ok());
  const std::string floats = Data(ReadFile(folder_.Path("floats/X_0001.npy")).value());
  ASSERT_EQ(floats.size(), 4 * bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) {
    float number = 0;
    std::memcpy(&number, &floats[4 * i], sizeof(number));
    ASSERT_EQ(number, static_cast<float>(bytes[i])) << i;
  }
}

TEST_F(ExportPlanesTest, FilesAreOnTheDiskBeforeTheirNames) {
  const std::string path = folder_.Write("a.npz", ShardOf({Game({{{3, 2}, go::Color::kBlack}})}));
  test::DiskCalls calls;
  ASSERT_TRUE(ExportFiles({path}).ok());
  const std::vector<std::string> made = calls.Take();
  const auto place = [&made](const std::string& call) {
    return std::find(made.begin(), made.end(), call) - made.begin();
  };
  for (const std::string name : {"X_0001.npy", "Y_0001.npy", "winner_0001.npy", "export.json"}) {
    EXPECT_LT(place("sync " + name + ".tmp"), place("rename " + name + ".tmp " + name)) << name;
  }
}

TEST_F(ExportPlanesTest, NpzHoldsEveryArray) {
  options_.writer.container = Container::kNpz;
  options_.writer.format = PlaneFormat::kFloat32;
  const std::string path = folder_.Write("a.npz", ShardOf({Game({{{0, 0}, go::Color::kBlack}})}));
  ASSERT_TRUE(ExportFiles({path}).ok());
  std::vector<std::string> names;
  const auto members = shard::ReadZip(Read("batch_0001.npz"), 1 << 20);
  ASSERT_TRUE(members.ok()) << members.status();
  for (const shard::ZipMember& member : *members) names.push_back(member.name);
  EXPECT_EQ(names, (std::vector<std::string>{"X.npy", "Y.npy", "winner.npy", "winner_known.npy",
                                             "ply.npy", "game_hash.npy"}));
  EXPECT_EQ(Data((*members)[0].bytes).size(), 18 * 361 * sizeof(float));
}

TEST_F(ExportPlanesTest, ServersManifestLeavesCopiesOut) {
  FakeServer fake;
  fake.shards.AddShard(3, 2);
  fake.shards.AddShard(12, 5);
  fake.shards.manifest.mutable_shards(1)->add_left_out_rows(4);
  const auto feed = FeedFromServer({.flags = {.server = fake.address()}});
  ASSERT_TRUE(feed.ok()) << feed.status();
  const auto result = Export(**feed);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->counts.positions, 6u);
  EXPECT_EQ(result->counts.copies, 1u);
}

TEST_F(ExportPlanesTest, ManifestBesideTheFilesLeavesCopiesOutToo) {
  const std::string path = WriteDataset("shards");
  const auto whole = ExportFiles({folder_.Path("shards")});
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->counts.copies, 1u);
  EXPECT_EQ(whole->dataset_digest, std::string(64, 'a'));
  options_.writer.folder = folder_.Path("out2");
  const auto alone = ExportFiles({path});
  ASSERT_TRUE(alone.ok()) << alone.status();
  EXPECT_EQ(alone->counts.copies, 1u);
  EXPECT_EQ(alone->dataset_digest, "");
}

TEST_F(ExportPlanesTest, SeveralFoldersAreNoDatasetOfOneDigest) {
  WriteDataset("one");
  WriteDataset("two");
  const auto both = ExportFiles({folder_.Path("one"), folder_.Path("two")});
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->dataset_digest, "");
  EXPECT_EQ(both->counts.copies, 2u);
}

// As when a later 'moyo shards' was cut off: new files under the old manifest.
TEST_F(ExportPlanesTest, FileThatIsNotTheManifestsIsRefused) {
  const std::string path = WriteDataset("shards");
  folder_.Write("shards/unit-1.npz", ShardOf({Game({{}})}));
  for (const std::string& given : {folder_.Path("shards"), path}) {
    options_.writer.folder =
        folder_.Path("out of " + std::string(given == path ? "file" : "folder"));
    const absl::Status status = ExportFiles({given}).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_NE(status.message().find("unit-1.npz' is not the shard that manifest.json"),
              std::string::npos)
        << status;
  }
}

TEST_F(ExportPlanesTest, ManifestThatLeavesItsFolderIsRefused) {
  WriteDataset("shards", "../x.npz");
  EXPECT_TRUE(absl::IsDataLoss(ExportFiles({folder_.Path("shards")}).status()));
  folder_.Write("shards/manifest.json", "{}");
  EXPECT_TRUE(absl::IsDataLoss(ExportFiles({folder_.Path("shards")}).status()));
}

TEST_F(ExportPlanesTest, AnOlderExportIsNotMixedIn) {
  const std::string path = folder_.Write("a.npz", ShardOf({Game({{}})}));
  ASSERT_TRUE(ExportFiles({path}).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(ExportFiles({path}).status()));
}

TEST_F(ExportPlanesTest, WhatIsNoShardIsNamed) {
  EXPECT_TRUE(absl::IsNotFound(ExportFiles({folder_.Path("nowhere.npz")}).status()));
  std::filesystem::create_directory(folder_.Path("empty"));
  EXPECT_TRUE(absl::IsNotFound(ExportFiles({folder_.Path("empty")}).status()));
  const absl::Status damaged = ExportFiles({folder_.Write("bad.npz", "zip?")}).status();
  EXPECT_TRUE(absl::IsDataLoss(damaged)) << damaged;
  EXPECT_NE(damaged.message().find("bad.npz"), std::string::npos);
}

TEST_F(ExportPlanesTest, OnlySmallBoardsGiveNoFileAndAnError) {
  const std::string path = folder_.Write("a.npz", ShardOf({Game({{}}, 9)}));
  EXPECT_TRUE(absl::IsNotFound(ExportFiles({path}).status()));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.Path("out")));
}

TEST_F(ExportPlanesTest, FullDiskIsSaidAndLeavesNoPart) {
  const std::string path = folder_.Write("a.npz", ShardOf({Game({{}})}));
  for (const Container container : {Container::kNpz, Container::kNpy}) {
    options_.writer.container = container;
    test::DiskCalls calls;
    const std::string name = container == Container::kNpz ? "batch_0001.npz" : "X_0001.npy";
    calls.FailWrites(name + ".tmp");
    const absl::Status status = ExportFiles({path}).status();
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
    EXPECT_TRUE(std::filesystem::is_empty(folder_.Path("out")));
  }
}

TEST_F(ExportPlanesTest, UnwritableFolderIsAnError) {
  const std::string path = folder_.Write("a.npz", ShardOf({Game({{}})}));
  options_.writer.folder = path;  // a file
  EXPECT_FALSE(ExportFiles({path}).ok());
}

}  // namespace
}  // namespace moyo::cli
