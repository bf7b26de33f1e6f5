// Archives made by a test, by libarchive.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace moyo::test {

using ArchiveMembers = std::vector<std::pair<std::string, std::string>>;  // name, bytes

// The kind by the path's ending: .zip .7z .tar .tar.gz .tar.bz2 .tar.xz .tar.zst. Ends the process
// when it cannot be written.
void WriteArchive(const std::string& path, const ArchiveMembers& members);

}  // namespace moyo::test
