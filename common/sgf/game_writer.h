// go::GameRecord -> SGF (FF4), UTF-8, one game.
#pragma once

#include <string>

#include "common/go/types.h"

namespace moyo::sgf {

std::string WriteSgf(const go::GameRecord& game);

}  // namespace moyo::sgf
