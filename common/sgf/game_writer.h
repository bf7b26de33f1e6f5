// go::GameRecord -> SGF (FF4), UTF-8, one game.
#pragma once

#include <string>

#include "common/go/types.h"

namespace moyo::sgf {

// Who played, as UTF-8; what is empty is left out.
struct SgfNames {
  std::string black = {};  // PB
  std::string white = {};  // PW
};

std::string WriteSgf(const go::GameRecord& game, const SgfNames& names = {});

}  // namespace moyo::sgf
