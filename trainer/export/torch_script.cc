#include "trainer/export/torch_script.h"

#include <torch/script.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"

namespace moyo::trainer {
namespace {

// Registers tensors and writes the code that uses them, side by side.
class ScriptBuilder {
 public:
  ScriptBuilder() : module_("MoyoNetwork") {}

  // target = conv(source) with the batch norm folded in.
  void Convolve(const std::string& name, const ConvNorm& layer, const char* source,
                const char* target) {
    const auto& norm = layer->norm;
    const torch::Tensor scale = norm->weight / torch::sqrt(norm->running_var + norm->options.eps());
    Keep(name + "_weight", layer->conv->weight * scale.view({-1, 1, 1, 1}));
    Keep(name + "_bias", norm->bias - norm->running_mean * scale);
    const int64_t padding = layer->conv->weight.size(2) / 2;
    absl::StrAppend(&code_, "    ", target, " = torch.conv2d(", source, ", self.", name,
                    "_weight, self.", name, "_bias, [1, 1], [", padding, ", ", padding, "])\n");
  }
  void Apply(const std::string& name, const torch::nn::Linear& layer, const char* variable) {
    Keep(name + "_weight", layer->weight);
    Keep(name + "_bias", layer->bias);
    absl::StrAppend(&code_, "    ", variable, " = torch.addmm(self.", name, "_bias, ", variable,
                    ", self.", name, "_weight.t())\n");
  }
  void Line(const char* code) { absl::StrAppend(&code_, "    ", code, "\n"); }

  torch::jit::Module Finish() {
    module_.define(code_);
    module_.eval();
    return module_;
  }

 private:
  void Keep(const std::string& name, const torch::Tensor& tensor) {
    module_.register_buffer(name, tensor.detach().contiguous().clone());
  }

  torch::jit::Module module_;
  std::string code_ = "def forward(self, planes: Tensor):\n";
};

torch::jit::Module BuildScript(const Tower& tower) {
  ScriptBuilder builder;
  builder.Convolve("input", tower->input, "planes", "x");
  builder.Line("x = torch.relu(x)");
  for (size_t i = 0; i < tower->blocks.size(); ++i) {
    const std::string name = absl::StrCat("block", i);
    builder.Convolve(name + "_first", tower->blocks[i]->first, "x", "y");
    builder.Line("y = torch.relu(y)");
    builder.Convolve(name + "_second", tower->blocks[i]->second, "y", "y");
    builder.Line("x = torch.relu(y + x)");
  }
  const HeadLayers heads = tower->HeadsOverPoints();
  builder.Convolve("policy_conv", tower->policy_conv, "x", "policy");
  builder.Line("policy = torch.flatten(torch.relu(policy), 1)");
  builder.Apply("policy_linear", heads.policy, "policy");
  builder.Convolve("value_conv", tower->value_conv, "x", "value");
  builder.Line("value = torch.flatten(torch.relu(value), 1)");
  builder.Apply("value_hidden", heads.value_hidden, "value");
  builder.Line("value = torch.relu(value)");
  builder.Apply("value_linear", heads.value, "value");
  builder.Line("return policy, torch.tanh(torch.squeeze(value, 1))");
  return builder.Finish();
}

}  // namespace

absl::Status SaveTorchScript(const Tower& tower, const std::string& path) {
  torch::NoGradGuard no_grad;
  const nlohmann::json json = {{"blocks", tower->shape.blocks}, {"filters", tower->shape.filters}};
  std::ostringstream bytes;
  BuildScript(tower).save(bytes, {{"moyo.json", json.dump()}});
  return WriteFileAtomically(path, bytes.str());
}

}  // namespace moyo::trainer
