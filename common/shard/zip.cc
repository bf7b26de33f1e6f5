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

// Unpacks the member whose central header begins at `at`.
absl::StatusOr<ZipMember> ReadMember(std::string_view archive, size_t at, uint64_t& budget,
                                     Inflater& inflater) {
  const uint16_t method = Get<uint16_t>(archive, at + 10);
  const uint32_t crc = Get<uint32_t>(archive, at + 16);
  const uint32_t compressed = Get<uint32_t>(archive, at + 20);
  const uint32_t size = Get<uint32_t>(archive, at + 24);
  ZipMember member;
  member.name = archive.substr(at + kCentralBytes, Get<uint16_t>(archive, at + 28));
  member.offset = Get<uint32_t>(archive, at + 42);
  if (member.offset + kLocalBytes > archive.size() ||
      Get<uint32_t>(archive, member.offset) != kLocalSignature) {
    return Damaged(member.offset, "no member header");
  }
  const uint64_t body = member.offset + kLocalBytes + Get<uint16_t>(archive, member.offset + 26) +
                        Get<uint16_t>(archive, member.offset + 28);
  if (body + compressed > archive.size()) return Damaged(body, "member cut short");
  if (size > budget) return Damaged(at, "members unpack to more than the limit");
  budget -= size;
  member.bytes.resize(size);
  if (method == kStored) {
    if (compressed != size) return Damaged(at, "sizes of a stored member differ");
    std::memcpy(member.bytes.data(), archive.data() + body, size);
  } else if (method == kDeflated) {
    if (libdeflate_deflate_decompress(inflater.handle.get(), archive.data() + body, compressed,
                                      member.bytes.data(), size, nullptr) != LIBDEFLATE_SUCCESS) {
      return Damaged(body, "member does not inflate");
    }
  } else {
    return Damaged(at, absl::StrCat("unknown compression method ", method));
  }
  if (libdeflate_crc32(0, member.bytes.data(), size) != crc) {
    return Damaged(body, absl::StrCat("CRC of '", EscapeBytes(member.name, 40), "' is wrong"));
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

}  // namespace

absl::StatusOr<std::vector<ZipMember>> ReadZip(std::string_view archive, uint64_t max_bytes) {
  MOYO_ASSIGN_OR_RETURN(const size_t end, FindEnd(archive));
  const size_t count = Get<uint16_t>(archive, end + 10);
  size_t at = Get<uint32_t>(archive, end + 16);
  std::vector<ZipMember> members;
  Inflater inflater;
  for (size_t i = 0; i < count; ++i) {
    if (at + kCentralBytes > end || Get<uint32_t>(archive, at) != kCentralSignature) {
      return Damaged(at, "no directory entry");
    }
    const size_t next = at + kCentralBytes + Get<uint16_t>(archive, at + 28) +
                        Get<uint16_t>(archive, at + 30) + Get<uint16_t>(archive, at + 32);
    if (next > end) return Damaged(at, "directory entry cut short");
    MOYO_ASSIGN_OR_RETURN(ZipMember member, ReadMember(archive, at, max_bytes, inflater));
    members.push_back(std::move(member));
    at = next;
  }
  return members;
}

}  // namespace moyo::shard
