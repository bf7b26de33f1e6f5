// Just enough of ZIP for .npz: stored and deflated members, no encryption, under 4 GiB.
// Source: PKWARE APPNOTE 6.3.3, sections 4.3.7, 4.3.12, 4.3.16. Matches and CRC are libdeflate's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace moyo::shard {

// How a member is deflated: with matches, or as literals alone (huffman_deflate.h).
enum class Packing : uint8_t { kMatches, kLiterals };

class ZipWriter {
 public:
  // 1 is fastest; the digest of a shard does not depend on it.
  explicit ZipWriter(int compression_level = 1);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;
  void Add(std::string_view name, std::string_view bytes, Packing packing = Packing::kMatches);
  // The whole archive; one use.
  std::string Finish();

 private:
  std::string Pack(std::string_view bytes, Packing packing) const;

  struct Member {
    std::string name;
    uint32_t crc, compressed_bytes, size_bytes, offset;
    uint16_t method;
  };
  void* compressor_;
  std::string archive_;
  std::vector<Member> members_;
};

struct ZipMember {
  std::string name;
  uint64_t offset = 0;  // of its local header in the archive
  std::string bytes;    // unpacked, CRC checked
};

// Every member, unpacked; DATA_LOSS names the offset. `max_bytes` bounds what they may unpack to
// together.
absl::StatusOr<std::vector<ZipMember>> ReadZip(std::string_view archive, uint64_t max_bytes);

}  // namespace moyo::shard
