// The header of a .npy array: what stands before its bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace moyo::shard {

// `type` is NumPy's name of the element type ("<f4", "|u1"), `shape` the array's extents; C order.
// Source: numpy.lib.format, version 1.0: a Python dict, padded so that the data begins at a
// multiple of 64 bytes. The header is shorter than 64 KiB for any shape of up to 32 extents.
std::string NpyHeader(std::string_view type, std::span<const uint64_t> shape);

}  // namespace moyo::shard
