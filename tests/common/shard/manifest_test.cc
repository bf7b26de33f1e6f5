#include "common/shard/manifest.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"

namespace moyo::shard {
namespace {

Manifest Made() {
  Manifest manifest{.complete = true};
  for (uint8_t i = 1; i <= 2; ++i) {
    ManifestEntry& entry = manifest.shards.emplace_back();
    entry = {.file = i == 1 ? "a.npz" : "b.npz",
             .unit_id = i,
             .length_bytes = 10,
             .games = 5,
             .positions = 50,
             .left_out_rows = {}};
    entry.digest.fill(i);
  }
  manifest.shards[1].left_out_rows = {1, 3};
  manifest.dataset_digest = DatasetDigestOf(manifest.shards);
  return manifest;
}

TEST(ManifestTest, WhatIsWrittenIsReadBack) {
  const Manifest made = Made();
  const auto read = ParseManifest(ManifestJson(made));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->complete);
  EXPECT_EQ(read->dataset_digest, made.dataset_digest);
  ASSERT_EQ(read->shards.size(), 2u);
  const ManifestEntry& entry = read->shards[1];
  EXPECT_EQ(entry.file, "b.npz");
  EXPECT_EQ(entry.unit_id, 2u);
  EXPECT_EQ(entry.digest, made.shards[1].digest);
  EXPECT_EQ(entry.length_bytes, 10u);
  EXPECT_EQ(entry.games, 5u);
  EXPECT_EQ(entry.positions, 50u);
  EXPECT_EQ(entry.left_out_rows, (std::vector<uint32_t>{1, 3}));
}

TEST(ManifestTest, DatasetDigestDependsOnOrderAndRowsLeftOut) {
  const Manifest made = Made();
  std::vector<ManifestEntry> turned = {made.shards[1], made.shards[0]}, fewer = made.shards;
  fewer[1].left_out_rows.pop_back();
  EXPECT_NE(DatasetDigestOf(turned), made.dataset_digest);
  EXPECT_NE(DatasetDigestOf(fewer), made.dataset_digest);
}

// As the server makes it, which has digests as bytes; the same words as those of the store's test.
TEST(ManifestTest, DatasetDigestIsThatOfTheDocument) {
  using namespace std::string_literals;
  const std::string first = ToBytes(Sha256Of("a")), second = ToBytes(Sha256Of("b"));
  DatasetDigest digest;
  digest.Add(first, {1, 258});
  digest.Add(second, {});
  EXPECT_EQ(digest.Finish(), Sha256Of(first + "\2\0\0\0\1\0\0\0\2\1\0\0"s + second + "\0\0\0\0"s));
}

TEST(ManifestTest, WhatIsNoManifestIsRefusedWithTheReason) {
  const std::string right = ManifestJson(Made());
  const std::string digest = Hex(ToBytes(Made().dataset_digest));
  const std::pair<std::string, std::string> wrong[] = {
      {right.substr(0, right.size() / 2), "parse error"},
      {"{}", "complete"},
      {absl::StrReplaceAll(right, {{"b.npz", "../b.npz"}}), "'../b.npz' is no file name"},
      {absl::StrReplaceAll(right, {{"b.npz", ""}}), "'' is no file name"},
      {absl::StrReplaceAll(right, {{digest, "cafe"}}), "dataset digest"},
      {absl::StrReplaceAll(right, {{"\"games\"", "\"game\""}}), "games"},
      {absl::StrReplaceAll(right, {{"02020202", "xxxxxxxx"}}), "digest of 'b.npz'"},
  };
  for (const auto& [json, reason] : wrong) {
    const absl::Status status = ParseManifest(json).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_NE(status.message().find(reason), std::string::npos) << status;
  }
}

}  // namespace
}  // namespace moyo::shard
