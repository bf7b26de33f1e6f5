#include "tests/support/temp_folder.h"

#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace moyo::test {

namespace {

// In memory where there is such a folder: tests sync thousands of times. In a container its
// programs may not be run, and some tests write scripts.
std::filesystem::path Root() {
  struct statvfs memory = {};
  const bool fits = access("/dev/shm", W_OK) == 0 && statvfs("/dev/shm", &memory) == 0 &&
                    (memory.f_flag & ST_NOEXEC) == 0;
  return fits ? "/dev/shm" : std::filesystem::temp_directory_path();
}

}  // namespace

TempFolder::TempFolder() {
  std::string name = (Root() / "moyo-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    std::perror("mkdtemp");
    std::abort();
  }
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::Write(const std::string& name, std::string_view bytes) const {
  const std::filesystem::path path = std::filesystem::path(path_) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path.string();
}

}  // namespace moyo::test
