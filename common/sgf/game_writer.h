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

// The value of RE: "B+R", "W+3.5", "0" for a draw, "?" where it is not known.
std::string ResultText(const go::GameInfo& info);

std::string WriteSgf(const go::GameRecord& game, const SgfNames& names = {});

}  // namespace moyo::sgf
