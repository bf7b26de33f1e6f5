// Named NumPy arrays in a file (.npz) or in files (.npy), written in pieces and published whole.
//
//   MOYO_ASSIGN_OR_RETURN(auto file, ArrayFile::Create(out, "0001", Container::kNpz));
//   MOYO_RETURN_IF_ERROR(file->Begin("Y", "<i8", {n}));
//   MOYO_RETURN_IF_ERROR(file->Write(bytes));  // as often as it takes
//   MOYO_RETURN_IF_ERROR(file->Publish());
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace moyo::cli {

enum class Container : uint8_t {
  kNpz,  // FOLDER/batch_NUMBER.npz with every array, deflated
  kNpy   // FOLDER/NAME_NUMBER.npy for each, which numpy.load can map into memory
};

// Not thread-safe. What was not published is removed at the end.
class ArrayFile {
 public:
  static absl::StatusOr<std::unique_ptr<ArrayFile>> Create(const std::string& folder,
                                                           const std::string& number,
                                                           Container container);
  virtual ~ArrayFile() = default;

  // Starts an array in C order and ends the one before. RESOURCE_EXHAUSTED: the disk is full.
  virtual absl::Status Begin(const std::string& name, const std::string& type,
                             const std::vector<uint64_t>& shape) = 0;
  // The next bytes of its data, little-endian.
  virtual absl::Status Write(std::string_view bytes) = 0;
  // Syncs and gives the files their names. The bytes written, over all of them.
  virtual absl::StatusOr<uint64_t> Publish() = 0;
};

}  // namespace moyo::cli
