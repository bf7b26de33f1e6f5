#include "trainer/export/safetensors.h"

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"

namespace moyo::trainer {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are written as they lie");

constexpr size_t kAlign = 8;

}  // namespace

std::string SafetensorsBytes(const Network& network) {
  torch::NoGradGuard no_grad;
  nlohmann::ordered_json header;
  header["__metadata__"] = {
      {"format", "pt"},
      {"architecture", std::string(ArchitectureName(network.shape.architecture))},
      {"blocks", absl::StrCat(network.shape.blocks)},
      {"filters", absl::StrCat(network.shape.filters)}};
  std::string data;
  const auto add = [&](const std::string& name, const torch::Tensor& tensor) {
    if (!tensor.is_floating_point()) return;  // batch norm's counter of batches
    const torch::Tensor values = tensor.to(torch::kFloat).contiguous();
    const size_t begin = data.size();
    data.append(reinterpret_cast<const char*>(values.data_ptr<float>()), values.nbytes());
    header[name] = {
        {"dtype", "F32"}, {"shape", values.sizes().vec()}, {"data_offsets", {begin, data.size()}}};
  };
  for (const auto& item : network.named_parameters()) add(item.key(), item.value());
  for (const auto& item : network.named_buffers()) add(item.key(), item.value());
  std::string text = header.dump();
  text.append((kAlign - text.size() % kAlign) % kAlign, ' ');
  const uint64_t header_bytes = text.size();
  std::string bytes(sizeof(header_bytes), '\0');
  std::memcpy(bytes.data(), &header_bytes, sizeof(header_bytes));
  return bytes + text + data;
}

absl::Status SaveSafetensors(const Network& network, const std::string& path) {
  return WriteFileAtomically(path, SafetensorsBytes(network));
}

}  // namespace moyo::trainer
