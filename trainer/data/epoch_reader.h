// The samples of one epoch, by index, through whatever windows it takes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "trainer/data/sampler.h"
#include "trainer/data/windowed_dataset.h"

namespace moyo::trainer {

struct EpochPlace {
  uint64_t epoch = 0;         // from 0
  uint64_t first_sample = 0;  // the global number of its index 0
};

// Index i of an epoch is position P(i - w) of its window that begins at w, P a permutation of the
// window's positions that is a function of (seed, epoch, window). Not thread-safe.
class EpochReader {
 public:
  // `data` must outlive the reader.
  EpochReader(WindowedDataset& data, const EpochPlace& place, uint64_t seed, Augment augment,
              Ownership ownership = Ownership::kLeftOut);
  uint64_t size() const { return size_; }
  // Indices first..first+count-1, below size().
  absl::Status Draw(uint64_t first, size_t count, Batch& batch);

 private:
  absl::Status Enter(size_t window);

  WindowedDataset& data_;
  const EpochPlace place_;
  const uint64_t seed_;
  const Augment augment_;
  const Ownership ownership_;
  const std::vector<Window> windows_;
  uint64_t size_ = 0;
  size_t window_ = SIZE_MAX;
  std::shared_ptr<const Dataset> games_;  // of the window
  std::optional<Sampler> sampler_;
  Permutation permutation_{0, 0, 1};
};

}  // namespace moyo::trainer
