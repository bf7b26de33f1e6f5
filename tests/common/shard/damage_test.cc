// One damage in each region of a shard file: refused, with the offset of the place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/shard/shard.h"
#include "common/shard/zip.h"
#include "tests/common/shard/sample_columns.h"

namespace moyo::shard {
namespace {

// Offsets from APPNOTE 4.3.7 (local header), 4.3.12 (directory entry), 4.3.16 (end record).
constexpr size_t kLocalBytes = 30;
constexpr size_t kEndBytes = 22;

uint32_t Number(const std::string& bytes, size_t at, int size_bytes) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, size_bytes);
  return value;
}

// Where the parts of the sample shard lie.
struct Places {
  std::string bytes = WriteNpz(SampleColumns());
  size_t end = bytes.size() - kEndBytes;          // end record
  size_t directory = Number(bytes, end + 16, 4);  // first directory entry: format_version
  size_t local = 0;                               // local header of move_x
  size_t body = 0;                                // its deflated bytes
  size_t entry = 0;                               // its directory entry

  Places() {
    for (const ZipMember& member : SampleMembers()) {
      if (member.name == "move_x.npy") local = member.offset;
    }
    body = local + kLocalBytes + Number(bytes, local + 26, 2) + Number(bytes, local + 28, 2);
    for (entry = directory; Number(bytes, entry + 42, 4) != local;) {
      entry += 46 + Number(bytes, entry + 28, 2);
    }
  }
};

void ExpectRefused(std::string bytes, size_t damaged, size_t named, const std::string& what) {
  bytes[damaged] ^= 0x41;
  const absl::Status status = ReadNpz(bytes).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << "byte " << damaged;
  EXPECT_NE(status.message().find(absl::StrCat("at byte ", named, ":")), std::string::npos)
      << "byte " << damaged << ": " << status;
  EXPECT_NE(status.message().find(what), std::string::npos) << status;
}

TEST(ShardDamageTest, LocalHeaderIsRefusedWithItsOffset) {
  const Places at;
  ExpectRefused(at.bytes, at.local, at.local, "no member header");
  ExpectRefused(at.bytes, at.local + 8, at.local, "differs from its directory entry");   // method
  ExpectRefused(at.bytes, at.local + 14, at.local, "differs from its directory entry");  // CRC
  ExpectRefused(at.bytes, at.local + 18, at.local, "differs from its directory entry");  // packed
  ExpectRefused(at.bytes, at.local + 22, at.local, "differs from its directory entry");  // size
  ExpectRefused(at.bytes, at.local + 30, at.local, "differs from its directory entry");  // name
}

TEST(ShardDamageTest, DeflatedBytesAreRefusedWithTheirOffset) {
  const Places at;
  const size_t size_bytes = Number(at.bytes, at.local + 18, 4);
  for (size_t byte = at.body; byte < at.body + size_bytes; ++byte) {
    ExpectRefused(at.bytes, byte, at.body, "");
  }
}

TEST(ShardDamageTest, DirectoryEntryIsRefusedWithItsOffset) {
  const Places at;
  ExpectRefused(at.bytes, at.entry, at.entry, "no directory entry");
  ExpectRefused(at.bytes, at.entry + 16, at.local, "differs from its directory entry");  // CRC
  ExpectRefused(at.bytes, at.entry + 29, at.entry, "cut short");  // name length
  ExpectRefused(at.bytes, at.entry + 45, at.local ^ 0x41u << 24, "no member header");
}

// Of which others find the directory by other fields than this reader does.
TEST(ShardDamageTest, EveryByteOfTheEndRecordCounts) {
  const Places at;
  for (size_t byte = 0; byte < 4; ++byte) {
    ExpectRefused(at.bytes, at.end + byte, at.bytes.size(), "no end record");
  }
  for (size_t byte = 4; byte < kEndBytes; ++byte) {
    ExpectRefused(at.bytes, at.end + byte, at.end, "does not fit the archive");
  }
  std::string fewer = at.bytes;
  --fewer[at.end + 8];
  --fewer[at.end + 10];  // one entry less than there are
  EXPECT_THAT(ReadNpz(fewer).status().message(),
              testing::HasSubstr("does not end at the end record"));
}

// Damage that was there before the CRC was made.
struct NpyDamage {
  const char* name;
  std::string find;     // in the .npy
  std::string replace;  // laid over it, from the same place on
  const char* what;
};

// The sample shard with move_x damaged so, and where that member begins.
std::pair<std::string, uint64_t> WithDamagedMoveX(const NpyDamage& damage) {
  ZipWriter zip;
  uint64_t offset = 0;
  for (ZipMember& member : SampleMembers()) {
    if (member.name == "move_x.npy") {
      const size_t found = member.bytes.find(damage.find);
      EXPECT_NE(found, std::string::npos);
      member.bytes.replace(found, damage.replace.size(), damage.replace);
      offset = member.offset;
    }
    zip.Add(member.name, member.bytes);
  }
  return {zip.Finish(), offset};
}

TEST(ShardDamageTest, NpyHeaderIsRefusedWithItsColumnAndOffset) {
  for (const NpyDamage& damage : std::vector<NpyDamage>{
           {"magic", "\x93NUMPY", "\x93NUMPX", "not a .npy"},
           {"header length", std::string("Y\1\0\x76\0", 5), "Y\1\1\x76\x7f", "header cut short"},
           {"type", "|u1", "|i1", "type is not |u1"},
           {"order", "False", "True ", "Fortran order"},
           {"rows", "'shape': (", "'shape': (9", "length and shape differ"},
           {"too many rows", "'shape': (570,), ", "'shape': (9999999999999999,)", "bad shape"},
           {"no shape", "'shape'", "'shaqe'", "bad shape"}}) {
    SCOPED_TRACE(damage.name);
    const auto [bytes, offset] = WithDamagedMoveX(damage);
    const absl::Status status = ReadNpz(bytes).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_NE(status.message().find(absl::StrCat("column 'move_x' at byte ", offset)),
              std::string::npos)
        << status;
    EXPECT_NE(status.message().find(damage.what), std::string::npos) << status;
  }
}

// One member, its directory entry changed at an offset (APPNOTE 4.3.12).
absl::Status OneMember(size_t at, uint32_t value, int size_bytes) {
  ZipWriter zip;
  zip.Add("a", std::string(1000, 'a'));
  std::string bytes = zip.Finish();
  const size_t entry = Number(bytes, bytes.size() - kEndBytes + 16, 4);
  std::memcpy(bytes.data() + entry + at, &value, size_bytes);
  return ReadZip(bytes, uint64_t{1} << 40).status();
}

TEST(ZipDamageTest, FewBytesCannotClaimMany) {
  EXPECT_TRUE(OneMember(24, 1000, 4).ok());
  EXPECT_THAT(OneMember(24, 0x7fffffff, 4).message(), testing::HasSubstr("claims more bytes"));
}

TEST(ZipDamageTest, EncryptedAndUnknownMembersAreRefused) {
  EXPECT_THAT(OneMember(8, 1, 2).message(), testing::HasSubstr("encrypted"));
  EXPECT_THAT(OneMember(10, 14, 2).message(), testing::HasSubstr("unknown compression method 14"));
  EXPECT_TRUE(OneMember(8, 0x0806, 2).ok());  // deflated with care, a UTF-8 name
  EXPECT_TRUE(OneMember(6, 63, 1).ok());
  const auto is_of_an_unknown_kind = testing::HasSubstr("of a kind that is not known");
  EXPECT_THAT(OneMember(8, 0x20, 2).message(), is_of_an_unknown_kind);  // patched data
  EXPECT_THAT(OneMember(8, 0x40, 2).message(), is_of_an_unknown_kind);  // strongly encrypted
  EXPECT_THAT(OneMember(6, 64, 1).message(), is_of_an_unknown_kind);    // a later APPNOTE
}

TEST(ZipDamageTest, EntriesThatShareTheirBytesAreRefused) {
  ZipWriter zip;
  for (int i = 0; i < 40; ++i) zip.Add("a", std::string(100'000, 'a'));
  std::string bytes = zip.Finish();
  // Each entry is led to the first member: 40 members of the bytes of one.
  size_t entry = Number(bytes, bytes.size() - kEndBytes + 16, 4);
  std::string shared = bytes.substr(0, Number(bytes, entry + 46 + 1 + 42, 4));
  const size_t directory = shared.size();
  for (int i = 0; i < 40; ++i) shared += bytes.substr(entry, 46 + 1);
  std::string end = bytes.substr(bytes.size() - kEndBytes);
  const uint32_t offset = directory;
  std::memcpy(end.data() + 16, &offset, 4);
  EXPECT_THAT(ReadZip(shared + end, 1 << 30).status().message(), testing::HasSubstr("overlap"));
}

TEST(ShardDamageTest, ColumnThatStandsTwiceIsRefused) {
  ZipWriter zip;
  for (const ZipMember& member : SampleMembers()) {
    zip.Add(member.name, member.bytes);
    if (member.name == "move_y.npy") zip.Add(member.name, member.bytes);
  }
  EXPECT_THAT(ReadNpz(zip.Finish()).status().message(),
              testing::HasSubstr("column 'move_y' at byte"));
}

}  // namespace
}  // namespace moyo::shard
