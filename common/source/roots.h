// Which of some paths to walk, so that every file below them comes once.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/source/file_walker.h"

namespace moyo::source {

// Absolute, without dots and trailing slash: what a path is compared by. Links are not resolved.
std::string NormalPath(const std::string& path);

// Positions in `paths`, rising, of those to walk with these options: not what was named before, nor
// what the walk of another one comes to. A hidden file or a link that is named stays, since no walk
// comes to it.
std::vector<size_t> DistinctRoots(const std::vector<std::string>& paths,
                                  const WalkOptions& options);

}  // namespace moyo::source
