// go's names of points, under the names that play/ knows them by.
#pragma once

#include "common/go/vertex.h"

namespace moyo::play {

using go::ColorName;
using go::ColumnLetter;
using go::FormatVertex;
using go::ParseColor;
using go::ParseVertex;

}  // namespace moyo::play
