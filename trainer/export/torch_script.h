// TorchScript: the network with its code, for torch.jit.load in Python and C++. For trainer/ only:
// includes Torch.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "trainer/model/tower.h"

namespace moyo::trainer {

// A module whose forward(planes) takes float32 n x 18 x 19 x 19 (features/planes.h: rows from the
// top) and gives (policy logits n x 362, value n in -1..1). For inference: batch norms are folded
// into the convolutions, and nothing in it is trained. An extra file "moyo.json" holds blocks and
// filters.
absl::Status SaveTorchScript(const Tower& tower, const std::string& path);

}  // namespace moyo::trainer
