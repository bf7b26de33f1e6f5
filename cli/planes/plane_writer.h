// Samples as NumPy arrays, a file of them at a time. cli/README.md lists the arrays.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cli/planes/array_file.h"
#include "cli/planes/position_walk.h"

namespace moyo::cli {

enum class PlaneFormat : uint8_t {
  kFloat32,  // X: n x 18 x 19 x 19 of 0.0 and 1.0
  kUint8,    // the same of 0 and 1
  kBits      // X: n x 18 x 46 bytes; point y * 19 + x is bit (point % 8) of byte (point / 8)
};
inline constexpr uint64_t kPackedPlaneBytes = (features::kPointCount + 7) / 8;  // 46

struct PlaneWriterOptions {
  std::string folder;
  PlaneFormat format = PlaneFormat::kUint8;
  Container container = Container::kNpz;
  uint64_t positions_per_file = 10000;
};

// Holds the samples of one file as bits (0.8 KB each) until it is full. Not thread-safe.
class PlaneWriter {
 public:
  explicit PlaneWriter(PlaneWriterOptions options) : options_(std::move(options)) {}

  // Writes a file whenever positions_per_file are there. Errors are the disk's.
  absl::Status Add(const PlaneSample& sample);
  // Writes what is left.
  absl::Status Finish();
  uint64_t files() const { return files_; }
  uint64_t bytes() const { return bytes_; }

 private:
  absl::Status WriteFile();
  absl::Status WritePlanes(ArrayFile& file) const;

  const PlaneWriterOptions options_;
  std::vector<PlaneSample> samples_;
  uint64_t files_ = 0;
  uint64_t bytes_ = 0;
};

// The planes of one sample as they stand in X, appended to `out`.
void AppendPlanes(const features::BitPlanes& planes, PlaneFormat format, std::string& out);

}  // namespace moyo::cli
