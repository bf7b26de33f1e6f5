// The files of page/, as moyo_assets embeds them.
#pragma once

#include <span>

#include "common/web/assets.h"

namespace moyo::web {

std::span<const Asset> TestPage();

}  // namespace moyo::web
