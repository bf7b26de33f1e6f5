// What both ends of every call agree on, with or without gRPC between them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace moyo::rpc {

inline constexpr uint32_t kProtocolVersion = 1;
inline constexpr size_t kChunkBytes = 256 * 1024;  // of a message of a stream, at most

}  // namespace moyo::rpc
