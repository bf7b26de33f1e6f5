// Numbers, sizes and bytes as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace moyo {

std::string WithCommas(uint64_t value);                      // 38,982
std::string Counted(uint64_t count, std::string_view noun);  // 1 game, 38,982 games
std::string HumanBytes(uint64_t bytes);                      // 9.3 MiB
std::string HumanDuration(absl::Duration duration);          // 2m 05s
std::string EscapeBytes(std::string_view bytes,
                        size_t max_bytes);  // printable ASCII, \xNN, cut with ...
// Text from outside with its control characters as \xNN, the rest as it is: shown, it steers no
// terminal and breaks no line. What is visible stays the same when made so again.
std::string Visible(std::string_view text);

}  // namespace moyo
