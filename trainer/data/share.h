// Which samples of a batch are a rank's.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace moyo::trainer {

// A batch is learned in passes of micro_batch samples; a rank has a run of whole passes of it. So
// what a pass holds, and with it batch norm, does not depend on the number of ranks.
struct Share {
  uint64_t rank = 0;
  uint64_t ranks = 1;
  size_t micro_batch = 0;  // 0: the whole batch

  struct Part {
    size_t begin = 0;
    size_t end = 0;
  };
  // Of a batch of `count` samples; perhaps empty.
  Part Of(size_t count) const {
    const size_t pass = micro_batch == 0 ? count : micro_batch;
    return {std::min(count, Passes(count) * rank / ranks * pass),
            std::min(count, Passes(count) * (rank + 1) / ranks * pass)};
  }
  // Of all ranks together.
  size_t Passes(size_t count) const {
    return micro_batch == 0 ? 1 : (count + micro_batch - 1) / micro_batch;
  }
};

}  // namespace moyo::trainer
