#include "trainer/export/model_export.h"

#include <gtest/gtest.h>
#include <torch/script.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "common/base/files.h"
#include "tests/support/temp_folder.h"
#include "tests/trainer/model/made_tower.h"
#include "trainer/export/safetensors.h"
#include "trainer/model/model_file.h"

namespace moyo::trainer {
namespace {

class ModelExportTest : public testing::Test {
 protected:
  ModelExportTest() { EXPECT_TRUE(SaveModel(*tower_, model_).ok()); }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  torch::NoGradGuard no_grad_;
  const test::TempFolder folder_;
  Tower tower_ = MadeTower();
  const std::string model_ = Path("model.pt");
};

TEST_F(ModelExportTest, TorchScriptComputesTheSame) {
  ASSERT_TRUE(ExportModel(model_, ExportFormat::kTorchScript, Path("net.ts")).ok());
  torch::jit::ExtraFilesMap extra = {{"moyo.json", ""}};
  torch::jit::Module script = torch::jit::load(Path("net.ts"), c10::nullopt, extra);
  EXPECT_EQ(nlohmann::json::parse(extra["moyo.json"])["filters"], 6);
  const torch::Tensor planes = MadePlanes(3);
  const auto outputs = script.forward({planes}).toTuple()->elements();
  EXPECT_LT(
      LargestDifference({outputs[0].toTensor(), outputs[1].toTensor()}, tower_->forward(planes)),
      1e-3);
}

TEST_F(ModelExportTest, TorchScriptOfAPooledTowerComputesTheSame) {
  Tower pooled = MadeTower(Architecture::kPooledTower);
  pooled->value_linear->weight.fill_(0.3);
  ASSERT_TRUE(SaveModel(*pooled, model_).ok());
  ASSERT_TRUE(ExportModel(model_, ExportFormat::kTorchScript, Path("net.ts")).ok());
  const torch::Tensor planes = MadePlanes(3);
  const auto outputs = torch::jit::load(Path("net.ts")).forward({planes}).toTuple()->elements();
  EXPECT_LT(
      LargestDifference({outputs[0].toTensor(), outputs[1].toTensor()}, pooled->forward(planes)),
      1e-3);
}

TEST_F(ModelExportTest, SafetensorsHoldEveryTensorWhereTheHeaderSays) {
  ASSERT_TRUE(ExportModel(model_, ExportFormat::kSafetensors, Path("net.safetensors")).ok());
  const std::string bytes = *ReadFile(Path("net.safetensors"));
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), sizeof(header_bytes));
  EXPECT_EQ(header_bytes % 8, 0u);
  const auto header = nlohmann::json::parse(bytes.substr(8, header_bytes));
  EXPECT_EQ(header["__metadata__"]["blocks"], "2");
  const auto& entry = header["block1.second.norm.running_var"];
  EXPECT_EQ(entry["shape"], nlohmann::json::array({6}));
  float values[6];
  ASSERT_EQ(entry["data_offsets"][1].get<size_t>() - entry["data_offsets"][0].get<size_t>(),
            sizeof(values));
  std::memcpy(values, bytes.data() + 8 + header_bytes + entry["data_offsets"][0].get<size_t>(),
              sizeof(values));
  EXPECT_EQ(values[2], tower_->blocks[1]->second->norm->running_var[2].item<float>());
  size_t end = 0;
  for (const auto& [name, tensor] : header.items()) {
    if (name != "__metadata__") end = std::max(end, tensor["data_offsets"][1].get<size_t>());
  }
  EXPECT_EQ(8 + header_bytes + end, bytes.size());
}

TEST_F(ModelExportTest, LeelaZeroFileIsExportedFromAndToTheSame) {
  ASSERT_TRUE(ExportModel(model_, ExportFormat::kLeelaZero, Path("a.gz")).ok());
  ASSERT_TRUE(ExportModel(Path("a.gz"), ExportFormat::kLeelaZero, Path("b.txt")).ok());
  EXPECT_EQ(ReadFile(Path("b.txt"))->substr(0, 2), "1\n");
  const torch::Tensor planes = MadePlanes(3);
  for (const char* name : {"a.gz", "b.txt"}) {
    absl::StatusOr<Tower> read = LoadModel(Path(name));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_LT(LargestDifference((*read)->forward(planes), tower_->forward(planes)), 1e-3) << name;
  }
}

TEST_F(ModelExportTest, WhatCannotBeReadOrWrittenIsAnError) {
  EXPECT_TRUE(absl::IsNotFound(ExportModel(Path("none.pt"), ExportFormat::kLeelaZero, Path("x"))));
  EXPECT_FALSE(ExportModel(model_, ExportFormat::kSafetensors, Path("no/such/folder/x")).ok());
  EXPECT_FALSE(ExportModel(model_, ExportFormat::kTorchScript, Path("no/such/folder/x")).ok());
}

}  // namespace
}  // namespace moyo::trainer
