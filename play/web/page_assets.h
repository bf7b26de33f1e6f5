// The play page's files: page/ and, below /vendor/, vendor/.
#pragma once

#include <span>

#include "common/web/assets.h"

namespace moyo::play {

std::span<const web::Asset> PageAssets();

}  // namespace moyo::play
