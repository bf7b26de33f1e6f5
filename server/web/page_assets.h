// The page's files, which the build compiles in (cmake/MoyoAssets.cmake).
#pragma once

#include <span>

#include "common/web/assets.h"

namespace moyo::server {

std::span<const web::Asset> TrainingPageAssets();

}  // namespace moyo::server
