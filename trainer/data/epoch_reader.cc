#include "trainer/data/epoch_reader.h"

#include <algorithm>

#include "common/base/status_macros.h"

namespace moyo::trainer {

EpochReader::EpochReader(WindowedDataset& data, const EpochPlace& place, uint64_t seed,
                         Augment augment, Ownership ownership)
    : data_(data),
      place_(place),
      seed_(seed),
      augment_(augment),
      ownership_(ownership),
      windows_(data.Windows(seed, place.epoch)) {
  for (const Window& window : windows_) size_ += window.positions;
}

absl::Status EpochReader::Enter(size_t window) {
  if (window == window_) return absl::OkStatus();
  sampler_.reset();
  games_.reset();  // before the next ones come
  MOYO_ASSIGN_OR_RETURN(games_, data_.Load(windows_[window]));
  sampler_.emplace(*games_, games_->training(), seed_, augment_, ownership_);
  permutation_ = Permutation(seed_, place_.epoch + (static_cast<uint64_t>(window) << 32),
                             windows_[window].positions);
  window_ = window;
  return absl::OkStatus();
}

absl::Status EpochReader::Draw(uint64_t first, size_t count, Batch& batch) {
  batch.Clear();
  batch.epoch = place_.epoch;
  batch.first_index = first;
  batch.whole_size = count;
  for (uint64_t index = first; index < first + count; ++index) {
    const auto after = std::upper_bound(
        windows_.begin(), windows_.end(), index,
        [](uint64_t value, const Window& window) { return value < window.first_index; });
    const auto window = static_cast<size_t>(after - windows_.begin()) - 1;
    MOYO_RETURN_IF_ERROR(Enter(window));
    sampler_->Append(permutation_(index - windows_[window].first_index),
                     place_.first_sample + index, batch);
  }
  return absl::OkStatus();
}

}  // namespace moyo::trainer
