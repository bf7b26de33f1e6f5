// Any bytes as an archive: members in order, the same at every reading, or refused with DATA_LOSS
// or RESOURCE_EXHAUSTED; never more bytes than asked for.
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "common/sgf/splitter.h"
#include "common/source/archive.h"
#include "tests/fuzz/require.h"

namespace moyo::fuzz {
namespace {

using source::ArchiveCursor;

constexpr uint64_t kMostBytes = 256 << 10;  // read of one archive: bombs cost time and show nothing

// A file without a place on disk that holds the input, and the path by which it opens.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("archive", 0)), path_("/proc/self/fd/" + std::to_string(fd_)) {
    Require(fd_ >= 0, "the system gives a memory file");
  }
  const std::string& Hold(std::string_view bytes) {
    Require(ftruncate(fd_, 0) == 0, "a memory file is emptied");
    const ssize_t size = static_cast<ssize_t>(bytes.size());
    Require(pwrite(fd_, bytes.data(), bytes.size(), 0) == size, "a memory file is written");
    return path_;
  }

 private:
  int fd_;
  std::string path_;
};

struct Contents {
  std::vector<std::string> names;
  std::vector<uint64_t> sizes;
  std::vector<sgf::GameSpan> games;
  absl::Status status = absl::OkStatus();
  bool cut = false;  // kMostBytes were read
};

// All members, read in blocks of `block_bytes`.
Contents ReadAll(const std::string& path, size_t block_bytes) {
  Contents contents;
  auto cursor = ArchiveCursor::Open(path);
  contents.status = cursor.status();
  uint64_t read_bytes = 0;
  while (contents.status.ok()) {
    const int64_t before = (*cursor)->index();
    const auto member = (*cursor)->Next();
    contents.status = member.status();
    if (!member.ok() || !member->has_value()) break;
    Require((*member)->index > before && (*member)->index == (*cursor)->index(),
            "members come in ascending order");
    contents.names.push_back((*member)->name);
    contents.sizes.push_back(0);
    sgf::Splitter splitter;
    while (true) {
      const auto bytes = (*cursor)->Read(block_bytes);
      contents.status = bytes.status();
      if (!bytes.ok() || bytes->empty()) break;
      Require(bytes->size() <= block_bytes, "no more bytes than asked for");
      splitter.Feed(*bytes);
      contents.sizes.back() += bytes->size();
      read_bytes += bytes->size();
      Require((*cursor)->offset() == contents.sizes.back(), "the offset counts what was read");
      contents.cut = read_bytes >= kMostBytes;
      if (contents.cut) return contents;
    }
    splitter.Finish();
    contents.games.insert(contents.games.end(), splitter.spans().begin(), splitter.spans().end());
  }
  return contents;
}

}  // namespace
}  // namespace moyo::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moyo::fuzz;
  static MemoryFile file;
  const std::string_view bytes = AsText(data, size);
  const std::string& path = file.Hold(bytes);
  std::minstd_rand random = RandomOf(bytes);
  const Contents one = ReadAll(path, 1 << 16);
  Require(one.status.ok() || absl::IsDataLoss(one.status) ||
              absl::IsResourceExhausted(one.status) ||
              absl::IsInternal(one.status),  // it asks for more memory than there is
          "a refused archive is damaged or too large");
  if (one.cut) return 0;
  const Contents two = ReadAll(path, 1 + random() % 5000);
  if (two.cut) return 0;
  Require(one.names == two.names, "each reading finds the same members");
  Require(one.status.code() == two.status.code(), "each reading ends the same way");
  // Of a damaged member the bytes before the damage may come in other portions.
  Require(!one.status.ok() || one.sizes == two.sizes, "each reading finds the same bytes");
  Require(!one.status.ok() || one.games.size() == two.games.size(),
          "each reading finds the same games");
  return 0;
}
