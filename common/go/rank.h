// A player's rank as people write it.
#pragma once

#include <string>

namespace moyo::go {

// "3k", "1d", "9p" of a rank as GameInfo holds it; "" of an unknown one.
std::string RankText(int rank);

}  // namespace moyo::go
