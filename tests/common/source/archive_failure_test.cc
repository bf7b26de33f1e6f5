// What is not the archive's fault: disks and shares that fail, and too little memory.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/types.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <string>

#include "common/base/files.h"
#include "common/base/memory.h"
#include "common/source/source_stream.h"
#include "tests/support/archive_writer.h"
#include "tests/support/lowered_limit.h"
#include "tests/support/temp_folder.h"

namespace moyo::source {
namespace {

// The byte that no pread of this process gets past, what it fails with, and how often it does.
std::atomic<off_t> bad_byte = -1;
std::atomic<int> bad_errno = 0;
std::atomic<int> failures_left = 0;

bool Fails(size_t size, off_t at) {
  if (bad_byte < at || bad_byte >= at + static_cast<off_t>(size)) return false;
  if (--failures_left < 0) return false;
  errno = bad_errno;
  return true;
}

template <typename Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// A disk with one place that cannot be read, so many times.
class FailingDisk {
 public:
  FailingDisk(off_t at, int error, int times = 1'000) {
    failures_left = times;
    bad_errno = error;
    bad_byte = at;
  }
  ~FailingDisk() { bad_byte = -1; }
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;
};

class Counter : public SourceSink {
 public:
  bool BeginSource(const Member&) override { return ++sources > 0; }
  bool Feed(std::string_view piece) override { return (bytes += piece.size()) > 0; }
  void EndSource(const absl::Status&) override {}
  int sources = 0;
  size_t bytes = 0;
};

absl::Status ReadThrough(const std::string& path) {
  Counter counter;
  return ReadSources(path, counter);
}

// Bytes that do not compress.
std::string Noise(size_t size) {
  std::string noise(size, ' ');
  uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return noise;
}

class ArchiveFailureTest : public testing::TestWithParam<const char*> {
 protected:
  std::string Path() const { return folder_.Path(GetParam()); }
  test::TempFolder folder_;
};

TEST_P(ArchiveFailureTest, FailingDiskIsNoDamage) {
  const std::string noise = Noise(300'000);
  test::WriteArchive(Path(), {{"a.sgf", noise}, {"b.sgf", noise}, {"c.sgf", noise}});
  const auto size = static_cast<off_t>(std::filesystem::file_size(Path()));
  for (const off_t at : {off_t{0}, size / 2, size - 1}) {
    const FailingDisk disk(at, EIO);
    EXPECT_EQ(ReadThrough(Path()), ErrnoStatus(EIO, "read", Path())) << "at " << at;
  }
  for (const int error : {ESTALE, ETIMEDOUT, ENOMEM}) {
    const FailingDisk disk(size / 2, error);
    EXPECT_EQ(ReadThrough(Path()), ErrnoStatus(error, "read", Path()));
  }
  EXPECT_TRUE(ReadThrough(Path()).ok());
}

// A zip without the directory at its end would be read by other means, and might hold other
// members.
TEST_P(ArchiveFailureTest, OneFailureOfThePlaceIsEnough) {
  test::WriteArchive(Path(), {{"a.sgf", "(;B[aa])"}, {"b.sgf", Noise(300'000)}});
  const auto size = static_cast<off_t>(std::filesystem::file_size(Path()));
  const FailingDisk disk(size - 1, EIO, 1);
  EXPECT_EQ(ReadThrough(Path()), ErrnoStatus(EIO, "read", Path()));
}

// Damage there would be passed over.
TEST_P(ArchiveFailureTest, FailingDiskIsSeenInHiddenMembers) {
  test::WriteArchive(Path(), {{".a.sgf", Noise(1'000'000)}, {"b.sgf", "(;B[aa])"}});
  const FailingDisk disk(500'000, EIO);
  EXPECT_EQ(ReadThrough(Path()), ErrnoStatus(EIO, "read", Path()));
}

INSTANTIATE_TEST_SUITE_P(EveryKind, ArchiveFailureTest,
                         testing::Values("a.zip", "a.7z", "a.tar", "a.tar.gz", "a.tar.bz2",
                                         "a.tar.xz", "a.tar.zst"),
                         [](const testing::TestParamInfo<const char*>& info) {
                           std::string name = std::string(info.param).substr(2);
                           std::erase(name, '.');
                           return name;
                         });

uint32_t Crc32Of(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

// As UNAVAILABLE it would have the scan, and all files behind this one, wait for ever.
TEST(ArchiveMemoryTest, WantOfMemoryIsNeitherDamageNorATroubleOfTheWholeScan) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer ends the process that asks for too much";
#endif
  const test::TempFolder folder;
  const std::string path = folder.Path("a.tar.xz");
  test::WriteArchive(path, {{"a.sgf", "(;B[aa])"}});
  std::string bytes = *ReadFile(path);
  // The first block's header stands behind 12 bytes: its size, flags, LZMA2 (0x21), one byte of
  // properties, the size of the dictionary. 40 is 4 GiB.
  ASSERT_EQ(bytes.substr(13, 3), std::string("\0\x21\x01", 3));
  bytes[16] = 40;
  const size_t header_size = bytes[12] * 4;
  const uint32_t crc = Crc32Of(std::string_view(bytes).substr(12, header_size));
  for (int i = 0; i < 4; ++i) bytes[12 + header_size + i] = static_cast<char>(crc >> 8 * i);
  folder.Write("a.tar.xz", bytes);
  {
    const test::LoweredLimit little(RLIMIT_AS, ReadMemoryUse().vms_bytes + (256 << 20));
    const absl::Status status = ReadThrough(path);
    EXPECT_TRUE(absl::IsInternal(status)) << status;
  }
}

}  // namespace
}  // namespace moyo::source

// Linked before the C library's.
extern "C" {

ssize_t pread(int fd, void* bytes, size_t size, off_t at) {
  using namespace moyo::source;
  if (Fails(size, at)) return -1;
  return Real<ssize_t(int, void*, size_t, off_t)>("pread")(fd, bytes, size, at);
}

ssize_t pread64(int fd, void* bytes, size_t size, off64_t at) {
  using namespace moyo::source;
  if (Fails(size, at)) return -1;
  return Real<ssize_t(int, void*, size_t, off64_t)>("pread64")(fd, bytes, size, at);
}

}  // extern "C"
