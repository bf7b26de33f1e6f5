// gzip (RFC 1952), by libdeflate.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace moyo::trainer {

std::string Gzip(std::string_view bytes);

// What the bytes unpack to. INVALID_ARGUMENT: they are damaged, or it is more than `most_bytes`;
// the message is a clause, such as "its gzip is damaged".
absl::StatusOr<std::string> Gunzip(std::string_view bytes, size_t most_bytes);

}  // namespace moyo::trainer
