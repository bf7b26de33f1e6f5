// safetensors: a header of JSON, then the tensors' bytes. For trainer/ only: includes Torch.
// Source: the format's description at github.com/huggingface/safetensors.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "trainer/model/network.h"

namespace moyo::trainer {

// Eight bytes of header length (little-endian), the header padded with spaces to a multiple of
// eight, the data. Tensors are float32 in C order under the names of model.pt ("block0.first.conv
// .weight"); __metadata__ holds "format": "pt", "architecture", "blocks" and "filters".
std::string SafetensorsBytes(const Network& network);
absl::Status SaveSafetensors(const Network& network, const std::string& path);

}  // namespace moyo::trainer
