#include "trainer/model/leela_zero_file.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "trainer/model/gzip.h"
#include "trainer/model/model_file.h"

namespace moyo::trainer {
namespace {

constexpr float kEpsilon = 1e-5f;  // leelaz's and Torch's
constexpr uint64_t kMaxTextBytes = uint64_t{1} << 30;
constexpr int kLinesOutsideBlocks = 4 + 6 + 8;  // input, policy head, value head
constexpr int kLinesPerBlock = 8;

using Line = std::vector<float>;

// Rows of the board change places: 3x3 kernels on their last axis but one.
torch::Tensor TurnKernel(const torch::Tensor& weight) { return torch::flip(weight, {2}); }

// Axis `axis` counts `channels` boards of 361 points, then perhaps a pass.
torch::Tensor TurnPoints(const torch::Tensor& weight, int64_t axis, int64_t channels) {
  constexpr int64_t kSide = features::kBoardSize;
  torch::Tensor index = torch::arange(weight.size(axis));
  index.slice(0, 0, channels * features::kPointCount)
      .copy_(torch::arange(channels * features::kPointCount)
                 .view({channels, kSide, kSide})
                 .flip({1})
                 .flatten());
  return weight.index_select(axis, index);
}

// Both ends of the file, for each linear layer.
torch::Tensor TurnPolicyLinear(const torch::Tensor& weight) {
  return TurnPoints(TurnPoints(weight, 1, weight.size(1) / features::kPointCount), 0, 1);
}

void AppendLine(const torch::Tensor& values, std::string& text) {
  const torch::Tensor flat = values.to(torch::kFloat).contiguous().view(-1);
  const float* data = flat.data_ptr<float>();
  char buffer[32];
  for (int64_t i = 0; i < flat.numel(); ++i) {
    if (i > 0) text += ' ';
    // The shortest text that reads back as the same float.
    text.append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), data[i]).ptr);
  }
  text += '\n';
}

void AppendConvNorm(const ConvNorm& layer, std::string& text) {
  const auto& norm = layer->norm;
  const torch::Tensor scale = norm->weight / torch::sqrt(norm->running_var + norm->options.eps());
  AppendLine(TurnKernel(layer->conv->weight * scale.view({-1, 1, 1, 1})), text);
  AppendLine(norm->bias - norm->running_mean * scale, text);
  AppendLine(torch::zeros_like(scale), text);
  AppendLine(torch::full_like(scale, 1.0f - kEpsilon), text);
}

absl::StatusOr<Line> ParseLine(std::string_view text, size_t number) {
  Line values;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r')) ++at;
    if (at == end) return values;
    float value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc() || !std::isfinite(value)) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, " holds what is no number"));
    }
    values.push_back(value);
    at = next;
  }
}

absl::StatusOr<std::vector<Line>> ParseLines(std::string_view text) {
  std::vector<Line> lines;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    MOYO_ASSIGN_OR_RETURN(Line line, ParseLine(text.substr(0, end), number));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() && text.empty()) break;  // an empty line at the end
    lines.push_back(std::move(line));
  }
  return lines;
}

// Takes the lines in order; the first one that does not fit decides the error.
class Filler {
 public:
  explicit Filler(const std::vector<Line>& lines) : lines_(lines) {}

  void Fill(ConvNorm& layer) {
    torch::Tensor& weight = layer->conv->weight;
    if (const auto values = Take(weight.sizes())) weight.copy_(TurnKernel(*values));
    const auto& norm = layer->norm;
    const auto bias = Take(norm->bias.sizes());
    const auto mean = Take(norm->bias.sizes());
    const auto variance = Take(norm->bias.sizes());
    if (!status.ok()) return;
    // A bias before the norm is a lower mean: leelaz computes it so, too.
    norm->running_mean.copy_(*mean - *bias);
    norm->running_var.copy_(*variance);
    norm->weight.fill_(1.0);
    norm->bias.zero_();
  }
  void Fill(torch::nn::Linear& layer, torch::Tensor (*turn_weight)(const torch::Tensor&),
            torch::Tensor (*turn_bias)(const torch::Tensor&)) {
    if (const auto weight = Take(layer->weight.sizes())) layer->weight.copy_(turn_weight(*weight));
    if (const auto bias = Take(layer->bias.sizes())) layer->bias.copy_(turn_bias(*bias));
  }

  absl::Status status;

 private:
  std::optional<torch::Tensor> Take(at::IntArrayRef sizes) {
    if (!status.ok()) return std::nullopt;
    const Line& line = lines_[next_++];
    const int64_t wanted = c10::multiply_integers(sizes);
    if (static_cast<int64_t>(line.size()) != wanted) {
      status = absl::InvalidArgumentError(
          absl::StrCat("line ", next_, " has ", line.size(), " numbers instead of ", wanted));
      return std::nullopt;
    }
    return torch::tensor(line).view(sizes);
  }

  const std::vector<Line>& lines_;
  size_t next_ = 1;  // the first is the version
};

torch::Tensor AsItIs(const torch::Tensor& tensor) { return tensor; }
torch::Tensor TurnOutputs(const torch::Tensor& bias) { return TurnPoints(bias, 0, 1); }
torch::Tensor TurnInputs(const torch::Tensor& weight) { return TurnPoints(weight, 1, 1); }

absl::StatusOr<NetShape> ShapeOf(const std::vector<Line>& lines) {
  if (lines.empty() || lines[0].size() != 1) {
    return absl::InvalidArgumentError("its first line is no version");
  }
  if (lines[0][0] != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("version ", lines[0][0], " of the format, this program reads 1"));
  }
  const int64_t block_lines = static_cast<int64_t>(lines.size()) - 1 - kLinesOutsideBlocks;
  if (block_lines < kLinesPerBlock || block_lines % kLinesPerBlock != 0) {
    return absl::InvalidArgumentError(absl::StrCat(lines.size(), " lines fit no residual tower"));
  }
  const NetShape shape{.blocks = static_cast<int>(block_lines / kLinesPerBlock),
                       .filters = static_cast<int>(lines[2].size())};
  if (!IsPossible(shape)) return absl::InvalidArgumentError("impossible size");
  return shape;
}

absl::StatusOr<Tower> FillTower(const std::vector<Line>& lines) {
  MOYO_ASSIGN_OR_RETURN(const NetShape shape, ShapeOf(lines));
  torch::NoGradGuard no_grad;
  Tower tower(shape);
  Filler filler(lines);
  filler.Fill(tower->input);
  for (ResidualBlock& block : tower->blocks) {
    filler.Fill(block->first);
    filler.Fill(block->second);
  }
  filler.Fill(tower->policy_conv);
  filler.Fill(tower->policy_linear, TurnPolicyLinear, TurnOutputs);
  filler.Fill(tower->value_conv);
  filler.Fill(tower->value_hidden, TurnInputs, AsItIs);
  filler.Fill(tower->value_linear, AsItIs, AsItIs);
  MOYO_RETURN_IF_ERROR(filler.status);
  ToChannelsLast(*tower);
  tower->eval();
  return tower;
}

// The layer's output, with its statistics measured on the way.
torch::Tensor RecalibrateLayer(ConvNorm& layer, const torch::Tensor& x) {
  const torch::Tensor y = layer->conv(x);
  auto& norm = layer->norm;
  const double eps = norm->options.eps();
  const torch::Tensor before = torch::sqrt(norm->running_var + eps);
  const torch::Tensor mean = y.mean({0, 2, 3});
  const torch::Tensor variance = y.var({0, 2, 3}, /*unbiased=*/false);
  norm->bias.add_(norm->weight * (mean - norm->running_mean) / before);
  norm->weight.mul_(torch::sqrt(variance + eps) / before);
  norm->running_mean.copy_(mean);
  norm->running_var.copy_(variance);
  return norm(y);
}

}  // namespace

std::string LeelaZeroText(const Tower& tower) {
  torch::NoGradGuard no_grad;
  std::string text = "1\n";
  AppendConvNorm(tower->input, text);
  for (const ResidualBlock& block : tower->blocks) {
    AppendConvNorm(block->first, text);
    AppendConvNorm(block->second, text);
  }
  const HeadLayers heads = tower->HeadsOverPoints();
  AppendConvNorm(tower->policy_conv, text);
  AppendLine(TurnPolicyLinear(heads.policy->weight), text);
  AppendLine(TurnOutputs(heads.policy->bias), text);
  AppendConvNorm(tower->value_conv, text);
  AppendLine(TurnInputs(heads.value_hidden->weight), text);
  AppendLine(heads.value_hidden->bias, text);
  AppendLine(heads.value->weight, text);
  AppendLine(heads.value->bias, text);
  return text;
}

absl::Status SaveLeelaZero(const Tower& tower, const std::string& path) {
  const std::string text = LeelaZeroText(tower);
  if (!absl::EndsWith(path, ".gz")) return WriteFileAtomically(path, text);
  return WriteFileAtomically(path, Gzip(text));
}

bool LooksLikeLeelaZero(std::string_view bytes) {
  return bytes.substr(0, 2) == "\x1f\x8b" || (!bytes.empty() && bytes[0] >= '0' && bytes[0] <= '9');
}

absl::StatusOr<Tower> ParseLeelaZero(std::string_view bytes, const std::string& path) {
  const auto parse = [&]() -> absl::StatusOr<Tower> {
    std::string unpacked;
    if (bytes.substr(0, 2) == "\x1f\x8b") {
      MOYO_ASSIGN_OR_RETURN(unpacked, Gunzip(bytes, kMaxTextBytes));
      bytes = unpacked;
    }
    MOYO_ASSIGN_OR_RETURN(const std::vector<Line> lines, ParseLines(bytes));
    return FillTower(lines);
  };
  absl::StatusOr<Tower> tower = parse();
  if (tower.ok()) return tower;
  return absl::InvalidArgumentError(
      absl::StrCat("'", path, "' is not a Leela Zero weights file: ", tower.status().message()));
}

void Recalibrate(Tower& tower, const torch::Tensor& planes) {
  torch::NoGradGuard no_grad;
  tower->eval();
  torch::Tensor x = torch::relu(RecalibrateLayer(tower->input, planes));
  for (ResidualBlock& block : tower->blocks) {
    const torch::Tensor inner = torch::relu(RecalibrateLayer(block->first, x));
    x = torch::relu(RecalibrateLayer(block->second, inner) + x);
  }
  RecalibrateLayer(tower->policy_conv, x);
  RecalibrateLayer(tower->value_conv, x);
}

}  // namespace moyo::trainer
