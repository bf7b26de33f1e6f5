#include "common/shard/zip.h"

#include <libdeflate.h>

#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/shard/huffman_deflate.h"

namespace moyo::shard {
namespace {

constexpr uint32_t kLocalSignature = 0x04034b50;
constexpr uint32_t kCentralSignature = 0x02014b50;
constexpr uint32_t kEndSignature = 0x06054b50;
constexpr size_t kLocalBytes = 30;
constexpr size_t kCentralBytes = 46;
constexpr size_t kEndBytes = 22;
constexpr uint16_t kStored = 0;
constexpr uint16_t kDeflated = 8;
constexpr uint16_t kEncrypted = 1;        // flag bit 0
constexpr uint16_t kSizesFollow = 8;      // flag bit 3
constexpr uint16_t kKnownFlags = 0x080f;  // and bits 1, 2: how it was deflated; 11: UTF-8 name
constexpr uint8_t kNewestVersion = 63;    // APPNOTE's 6.3, which Python's zipfile reads
constexpr uint32_t kInExtraField = 0xffffffff;  // instead of a size
constexpr uint64_t kMaxDeflateRatio = 1032;     // 258 bytes of two bits (RFC 1951)
constexpr uint16_t kVersion = 20;
constexpr uint16_t kDate = 0x21;  // 1980-01-01: equal shards are equal files

template <typename T>
void Put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
T Get(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

absl::Status Damaged(uint64_t offset, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("damaged zip at byte ", offset, ": ", what));
}

// Part of both headers: version, flags, method, time, date, CRC, sizes, name length, extra length.
void PutCommon(std::string& out, uint16_t method, uint32_t crc, uint32_t compressed, uint32_t size,
               size_t name_bytes) {
  Put<uint16_t>(out, kVersion);
  Put<uint16_t>(out, 0);
  Put<uint16_t>(out, method);
  Put<uint16_t>(out, 0);
  Put<uint16_t>(out, kDate);
  Put<uint32_t>(out, crc);
  Put<uint32_t>(out, compressed);
  Put<uint32_t>(out, size);
  Put<uint16_t>(out, name_bytes);
  Put<uint16_t>(out, 0);
}

}  // namespace

ZipWriter::ZipWriter(int compression_level)
    : compressor_(libdeflate_alloc_compressor(compression_level)) {}

ZipWriter::~ZipWriter() {
  libdeflate_free_compressor(static_cast<libdeflate_compressor*>(compressor_));
}

std::string ZipWriter::Pack(std::string_view bytes, Packing packing) const {
  if (packing == Packing::kLiterals) return HuffmanDeflate(bytes);
  auto* compressor = static_cast<libdeflate_compressor*>(compressor_);
  std::string packed(libdeflate_deflate_compress_bound(compressor, bytes.size()), '\0');
  packed.resize(libdeflate_deflate_compress(compressor, bytes.data(), bytes.size(), packed.data(),
                                            packed.size()));
  return packed;
}

void ZipWriter::Add(std::string_view name, std::string_view bytes, Packing packing) {
  const std::string packed = Pack(bytes, packing);
  Member member{.name = std::string(name),
                .crc = libdeflate_crc32(0, bytes.data(), bytes.size()),
                .compressed_bytes = static_cast<uint32_t>(packed.size()),
                .size_bytes = static_cast<uint32_t>(bytes.size()),
                .offset = static_cast<uint32_t>(archive_.size()),
                .method = kDeflated};
  std::string_view body = packed;
  if (packed.empty() || packed.size() >= bytes.size()) {
    member.method = kStored;
    member.compressed_bytes = member.size_bytes;
    body = bytes;
  }
  Put(archive_, kLocalSignature);
  PutCommon(archive_, member.method, member.crc, member.compressed_bytes, member.size_bytes,
            name.size());
  archive_.append(name).append(body);
  members_.push_back(std::move(member));
}

std::string ZipWriter::Finish() {
  const uint32_t directory = archive_.size();
  for (const Member& member : members_) {
    Put(archive_, kCentralSignature);
    Put<uint16_t>(archive_, kVersion);
    PutCommon(archive_, member.method, member.crc, member.compressed_bytes, member.size_bytes,
              member.name.size());
    archive_.append(10, '\0');  // comment length, disk, internal and external attributes
    Put(archive_, member.offset);
    archive_.append(member.name);
  }
  const uint32_t directory_bytes = archive_.size() - directory;
  Put(archive_, kEndSignature);
  Put<uint32_t>(archive_, 0);  // disk numbers
  Put<uint16_t>(archive_, members_.size());
  Put<uint16_t>(archive_, members_.size());
  Put(archive_, directory_bytes);
  Put(archive_, directory);
  Put<uint16_t>(archive_, 0);
  return std::move(archive_);
}

namespace {

struct Inflater {
  std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> handle{
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor};
};

// A directory entry.
struct Entry {
  uint64_t at = 0;      // where it lies
  uint8_t version = 0;  // of APPNOTE, times ten, that a reader must know
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t crc = 0;
  uint32_t compressed = 0;
  uint32_t size = 0;
  uint64_t local = 0;  // where the member's header lies
  std::string_view name;
};

// The caller has checked that the whole entry lies in the archive.
Entry EntryAt(std::string_view archive, size_t at) {
  return {.at = at,
          .version = Get<uint8_t>(archive, at + 6),
          .flags = Get<uint16_t>(archive, at + 8),
          .method = Get<uint16_t>(archive, at + 10),
          .crc = Get<uint32_t>(archive, at + 16),
          .compressed = Get<uint32_t>(archive, at + 20),
          .size = Get<uint32_t>(archive, at + 24),
          .local = Get<uint32_t>(archive, at + 42),
          .name = archive.substr(at + kCentralBytes, Get<uint16_t>(archive, at + 28))};
}

// Whether the local header repeats its entry. Written as a stream, it leaves CRC and sizes open; in
// ZIP64's way, which NumPy uses for files of any size, the sizes stand in an extra field.
bool LocalHeaderAgrees(std::string_view archive, const Entry& entry, std::string_view name) {
  if (name != entry.name || Get<uint16_t>(archive, entry.local + 8) != entry.method) return false;
  if (entry.flags & kSizesFollow) return true;
  const uint32_t compressed = Get<uint32_t>(archive, entry.local + 18);
  const uint32_t size = Get<uint32_t>(archive, entry.local + 22);
  return Get<uint32_t>(archive, entry.local + 14) == entry.crc &&
         (compressed == entry.compressed || compressed == kInExtraField) &&
         (size == entry.size || size == kInExtraField);
}

// Where the member's bytes begin.
absl::StatusOr<uint64_t> FindBody(std::string_view archive, const Entry& entry) {
  if (entry.local + kLocalBytes > archive.size() ||
      Get<uint32_t>(archive, entry.local) != kLocalSignature) {
    return Damaged(entry.local, "no member header");
  }
  const std::string_view name =
      archive.substr(entry.local + kLocalBytes, Get<uint16_t>(archive, entry.local + 26));
  if (!LocalHeaderAgrees(archive, entry, name)) {
    return Damaged(entry.local, "member header differs from its directory entry");
  }
  const uint64_t body =
      entry.local + kLocalBytes + name.size() + Get<uint16_t>(archive, entry.local + 28);
  if (body + entry.compressed > archive.size()) return Damaged(body, "member cut short");
  return body;
}

// What other readers would not take is damage, too. Before anything is allocated: a few bytes must
// not claim gigabytes.
absl::Status CheckEntry(const Entry& entry, uint64_t max_bytes) {
  if (entry.flags & kEncrypted) return Damaged(entry.at, "member is encrypted");
  if ((entry.flags & ~kKnownFlags) != 0 || entry.version > kNewestVersion) {
    return Damaged(entry.at, "member of a kind that is not known");
  }
  if (entry.method != kStored && entry.method != kDeflated) {
    return Damaged(entry.at, absl::StrCat("unknown compression method ", entry.method));
  }
  if (entry.method == kStored && entry.compressed != entry.size) {
    return Damaged(entry.at, "sizes of a stored member differ");
  }
  if (entry.size > kMaxDeflateRatio * (uint64_t{entry.compressed} + 1)) {
    return Damaged(entry.at, "member claims more bytes than it can unpack to");
  }
  if (entry.size > max_bytes) return Damaged(entry.at, "members unpack to more than the limit");
  return absl::OkStatus();
}

absl::StatusOr<ZipMember> Unpack(std::string_view archive, const Entry& entry, uint64_t body,
                                 Inflater& inflater) {
  ZipMember member{.name = std::string(entry.name), .offset = entry.local, .bytes = {}};
  member.bytes.resize(entry.size);
  if (entry.method == kStored) {
    std::memcpy(member.bytes.data(), archive.data() + body, entry.size);
  } else if (libdeflate_deflate_decompress(inflater.handle.get(), archive.data() + body,
                                           entry.compressed, member.bytes.data(), entry.size,
                                           nullptr) != LIBDEFLATE_SUCCESS) {
    return Damaged(body, "member does not inflate");
  }
  if (libdeflate_crc32(0, member.bytes.data(), entry.size) != entry.crc) {
    return Damaged(body, absl::StrCat("CRC of '", EscapeBytes(entry.name, 40), "' is wrong"));
  }
  return member;
}

// Offset of the end record: the last one, a comment may follow it.
absl::StatusOr<size_t> FindEnd(std::string_view archive) {
  if (archive.size() < kEndBytes) return Damaged(archive.size(), "too short for a zip");
  const size_t lowest =
      archive.size() > kEndBytes + 0xffff ? archive.size() - kEndBytes - 0xffff : 0;
  for (size_t at = archive.size() - kEndBytes + 1; at-- > lowest;) {
    if (Get<uint32_t>(archive, at) == kEndSignature) return at;
  }
  return Damaged(archive.size(), "no end record");
}

// One archive on one disk, its directory right before the end record, its comment to the last byte:
// others find the directory by its size where ReadZip goes by its offset, so both must hold.
bool EndRecordFits(std::string_view archive, size_t end) {
  const uint64_t directory_bytes = Get<uint32_t>(archive, end + 12);
  const uint64_t directory = Get<uint32_t>(archive, end + 16);
  return Get<uint32_t>(archive, end + 4) == 0 &&  // disk numbers
         Get<uint16_t>(archive, end + 8) == Get<uint16_t>(archive, end + 10) &&
         directory + directory_bytes == end &&
         end + kEndBytes + Get<uint16_t>(archive, end + 20) == archive.size();
}

}  // namespace

absl::StatusOr<std::vector<ZipMember>> ReadZip(std::string_view archive, uint64_t max_bytes) {
  MOYO_ASSIGN_OR_RETURN(const size_t end, FindEnd(archive));
  if (!EndRecordFits(archive, end)) return Damaged(end, "the end record does not fit the archive");
  const size_t count = Get<uint16_t>(archive, end + 10);
  size_t at = Get<uint32_t>(archive, end + 16);
  std::vector<ZipMember> members;
  Inflater inflater;
  uint64_t packed_bytes = 0;
  for (size_t i = 0; i < count; ++i) {
    if (at + kCentralBytes > end || Get<uint32_t>(archive, at) != kCentralSignature) {
      return Damaged(at, "no directory entry");
    }
    const size_t next = at + kCentralBytes + Get<uint16_t>(archive, at + 28) +
                        Get<uint16_t>(archive, at + 30) + Get<uint16_t>(archive, at + 32);
    if (next > end) return Damaged(at, "directory entry cut short");
    const Entry entry = EntryAt(archive, at);
    MOYO_RETURN_IF_ERROR(CheckEntry(entry, max_bytes));
    MOYO_ASSIGN_OR_RETURN(const uint64_t body, FindBody(archive, entry));
    packed_bytes += entry.compressed;
    if (packed_bytes > archive.size()) return Damaged(at, "members overlap");
    MOYO_ASSIGN_OR_RETURN(ZipMember member, Unpack(archive, entry, body, inflater));
    max_bytes -= entry.size;
    members.push_back(std::move(member));
    at = next;
  }
  if (at != end) return Damaged(at, "the directory does not end at the end record");
  return members;
}

}  // namespace moyo::shard
