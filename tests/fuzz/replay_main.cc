// Runs a fuzz target over files and folders, as libFuzzer does when it is given files: so that what
// the fuzzers found stays found with any compiler.
//
//   fuzz_sgf_replay CORPUS... ; exit codes: 0 all passed, 1 unreadable, 2 usage; a broken demand
//   aborts
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "common/base/files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

// Regular files below the paths, in order.
std::vector<std::string> FilesOf(int argc, char** argv) {
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    std::error_code error;
    if (!std::filesystem::is_directory(argv[i], error)) {
      files.push_back(argv[i]);
      continue;
    }
    for (std::filesystem::recursive_directory_iterator entry(argv[i], error), end;
         !error && entry != end; entry.increment(error)) {
      if (entry->is_regular_file(error)) files.push_back(entry->path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FILE_OR_FOLDER...\n", argv[0]);
    return 2;
  }
  const std::vector<std::string> files = FilesOf(argc, argv);
  if (files.empty()) {
    std::fprintf(stderr, "%s: no input found; is the corpus there?\n", argv[0]);
    return 1;
  }
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> bytes = moyo::ReadFile(file);
    if (!bytes.ok()) {
      std::fprintf(stderr, "%s: %s\n", argv[0], bytes.status().ToString().c_str());
      return 1;
    }
    // Before the input runs: when it aborts, this is the line that names it.
    std::fprintf(stderr, "%s\n", file.c_str());
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size());
  }
  std::printf("%zu inputs passed\n", files.size());
  return 0;
}
