#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/memory.h"
#include "common/base/seal.h"
#include "common/base/text.h"
#include "tests/support/no_free_descriptor.h"

namespace moyo {
namespace {

class FilesTest : public testing::Test {
 protected:
  FilesTest() : folder_(absl::StrCat(testing::TempDir(), "/files_test_", getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~FilesTest() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST(DigestTest, MatchesThePublishedVector) {
  // FIPS 180-4 example: SHA-256("abc").
  EXPECT_EQ(Hex(ToBytes(Sha256Of("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 sha;
  sha.Update("a");
  sha.Update("bc");
  EXPECT_EQ(sha.Finish(), Sha256Of("abc"));
  EXPECT_EQ(DigestFromBytes(ToBytes(Sha256Of("abc"))), Sha256Of("abc"));
  EXPECT_EQ(DigestFromBytes("short"), Digest{});
}

TEST(SealTest, GoesOnAndComesOff) {
  for (const std::string bytes : {"", "x", "an archive of weights"}) {
    std::string sealed = Sealed(bytes);
    EXPECT_EQ(sealed.size(), bytes.size() + 43);
    EXPECT_TRUE(Unseal(sealed));
    EXPECT_EQ(sealed, bytes);
  }
}

TEST(SealTest, EveryFlippedBitOfWhatIsSealedOrOfItsDigestIsNoticed) {
  const std::string bytes = "an archive of weights", sealed = Sealed(bytes);
  for (size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    const size_t at = bit / 8;
    if (at >= bytes.size() && at < bytes.size() + 11) continue;  // the mark: then it is no seal
    std::string damaged = sealed;
    damaged[at] = static_cast<char>(damaged[at] ^ 1 << bit % 8);
    EXPECT_FALSE(Unseal(damaged)) << bit;
  }
}

TEST(SealTest, BytesWithoutOneStayAsTheyAre) {
  for (const std::string bytes : {std::string(), std::string("short"), std::string(100, 'a')}) {
    std::string same = bytes;
    EXPECT_TRUE(Unseal(same));
    EXPECT_EQ(same, bytes);
  }
}

TEST_F(FilesTest, AtomicWriteReplacesTheWholeFileAndLeavesNothingBeside) {
  const std::string path = folder_ + "/file";
  ASSERT_TRUE(WriteFileAtomically(path, "one").ok());
  ASSERT_TRUE(WriteFileAtomically(path, "two!").ok());
  EXPECT_EQ(ReadFile(path).value(), "two!");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(FilesTest, RangeComesInPiecesAndInOrder) {
  const std::string path = folder_ + "/file";
  std::string bytes(600'000, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i / 1000);
  ASSERT_TRUE(WriteFileAtomically(path, bytes).ok());
  std::string read;
  size_t largest = 0;
  ASSERT_TRUE(ReadFileRange(path, 3, 599'000, [&](std::string_view piece) {
                read += piece;
                largest = std::max(largest, piece.size());
                return true;
              }).ok());
  EXPECT_EQ(read, bytes.substr(3, 599'000));
  EXPECT_EQ(largest, 256u * 1024);
  int pieces = 0;
  const auto stop = [&](std::string_view) { return ++pieces < 2; };
  EXPECT_TRUE(absl::IsCancelled(ReadFileRange(path, 0, 600'000, stop)));
  EXPECT_EQ(pieces, 2);
}

TEST_F(FilesTest, RangesPastTheEndAreOutOfRange) {
  const std::string path = folder_ + "/file";
  ASSERT_TRUE(WriteFileAtomically(path, "abcdef").ok());
  const auto ignore = [](std::string_view) { return true; };
  EXPECT_TRUE(ReadFileRange(path, 2, 4, ignore).ok());
  EXPECT_TRUE(absl::IsOutOfRange(ReadFileRange(path, 4, 3, ignore)));
  EXPECT_TRUE(absl::IsNotFound(ReadFileRange(folder_ + "/none", 0, 1, ignore)));
}

TEST_F(FilesTest, ErrorsNameThePath) {
  const absl::Status status = ReadFile(folder_ + "/none").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find("/none"), std::string::npos);
  EXPECT_FALSE(ReadFile(folder_).ok());
  EXPECT_FALSE(WriteFileAtomically(folder_ + "/no/such/file", "x").ok());
  ASSERT_TRUE(WriteFileAtomically(folder_ + "/big", "12345").ok());
  EXPECT_EQ(ReadFile(folder_ + "/big", 4).status().code(), absl::StatusCode::kResourceExhausted);
}

// Makes a socket in the file system; whether it stands there now.
bool MakeSocket(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  const bool stands = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return stands;
}

// A reader of /dev/zero would never end, one of a pipe without a writer never begin.
TEST_F(FilesTest, DevicesPipesAndSocketsAreNoFilesToRead) {
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::string socket = folder_ + "/socket";
  ASSERT_TRUE(MakeSocket(socket));
  for (const std::string& path : {pipe, socket, std::string("/dev/zero")}) {
    EXPECT_TRUE(absl::IsInvalidArgument(OpenRegularFile(path).status())) << path;
    EXPECT_TRUE(absl::IsInvalidArgument(ReadFile(path).status())) << path;
    EXPECT_TRUE(absl::IsInvalidArgument(ReadFileRange(path, 0, 10, [](std::string_view) {
      return true;
    }))) << path;
  }
}

TEST_F(FilesTest, WantOfDescriptorsIsNotTheFilesFault) {
  const std::string path = folder_ + "/file";
  ASSERT_TRUE(WriteFileAtomically(path, "bytes").ok());
  {
    const test::NoFreeDescriptor none;
    EXPECT_TRUE(absl::IsUnavailable(ReadFile(path).status()));
  }
  EXPECT_TRUE(ReadFile(path).ok());
}

TEST_F(FilesTest, SecretIsItsOwnersAlone) {
  const std::string path = folder_ + "/secret";
  // A crash of this process's number left a temporary file that all may read.
  ASSERT_TRUE(WriteFileAtomically(absl::StrCat(path, ".tmp.", getpid()), "old").ok());
  ASSERT_TRUE(WriteSecretFile(path, "key").ok());
  EXPECT_EQ(ReadFile(path).value(), "key");
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(FilesTest, FullDiskIsNamedAsSuch) {
  EXPECT_EQ(ErrnoStatus(ENOSPC, "write", "/x").code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(FilesTest, ErrorsSayWhatToDo) {
  for (const auto& [error, advice] :
       std::vector<std::pair<int, const char*>>{{ENOENT, "check the path"},
                                                {EACCES, "permissions"},
                                                {EROFS, "can be written"},
                                                {ENOSPC, "free some space"}}) {
    const std::string text(ErrnoStatus(error, "write", "/x").message());
    EXPECT_EQ(text.rfind("cannot write '/x': ", 0), 0u) << text;
    EXPECT_NE(text.find(advice), std::string::npos) << text;
  }
}

TEST_F(FilesTest, SecondLockIsRefusedUntilTheFirstGoes) {
  const std::string path = folder_ + "/lock";
  {
    const auto first = FileLock::Acquire(path);
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(FileLock::Acquire(path).status().code(), absl::StatusCode::kFailedPrecondition);
  }
  EXPECT_TRUE(FileLock::Acquire(path).ok());
}

TEST(MemoryTest, ReadsThisProcess) {
  const MemoryUse use = ReadMemoryUse();
  EXPECT_GT(use.rss_bytes, 100000u);
  EXPECT_GE(use.peak_rss_bytes, use.rss_bytes);
  EXPECT_GT(use.system_total_bytes, use.rss_bytes);
}

TEST(MemoryTest, SizesAreReadWithTheirUnits) {
  EXPECT_EQ(ParseBytes("10GiB").value(), uint64_t{10} << 30);
  EXPECT_EQ(ParseBytes("512MB").value(), 512000000u);
  EXPECT_EQ(ParseBytes("1048576").value(), 1048576u);
  EXPECT_EQ(ParseBytes("1.5kib").value(), 1536u);
  EXPECT_FALSE(ParseBytes("much").ok());
  EXPECT_FALSE(ParseBytes("-1GiB").ok());
  EXPECT_FALSE(ParseBytes("").ok());
}

TEST(TextTest, NumbersReadAsPeopleWriteThem) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(1234567), "1,234,567");
  EXPECT_EQ(Counted(0, "game"), "0 games");
  EXPECT_EQ(Counted(1, "game"), "1 game");
  EXPECT_EQ(Counted(38982, "game"), "38,982 games");
  EXPECT_EQ(HumanBytes(1536), "1.5 KiB");
  EXPECT_EQ(HumanDuration(absl::Seconds(125)), "2m 05s");
  EXPECT_EQ(EscapeBytes("a\xff\n", 10), "a\\xff\\n");
  EXPECT_EQ(EscapeBytes("abcdef", 3), "abc...");
}

TEST(TextTest, ControlCharactersAreMadeVisible) {
  EXPECT_EQ(Visible("\x1b[31m red\n\x7f"), "\\x1b[31m red\\x0a\\x7f");
  EXPECT_EQ(Visible("a\xc2\x9bm"), "a\\xc2\\x9bm");  // "escape [" in one
  EXPECT_EQ(Visible(std::string_view("\0", 1)), "\\x00");
  const std::string plain = "\xe5\x9b\xb2\xe7\xa2\x81 \\ \xc2\xa0 \xff";
  EXPECT_EQ(Visible(plain), plain);
  EXPECT_EQ(Visible(""), "");
}

}  // namespace
}  // namespace moyo
