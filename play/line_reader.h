// Lines of a stream, with a bound.
#pragma once

#include <istream>
#include <string>

namespace moyo::play {

inline constexpr size_t kMaxLineBytes = 16384;

// False at the end of the stream. What a line holds past `max_bytes` is dropped; a carriage return
// at its end too.
bool ReadLine(std::istream& in, std::string& line, size_t max_bytes = kMaxLineBytes);

}  // namespace moyo::play
