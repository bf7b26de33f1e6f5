// SHA-256 (FIPS 180-4), by OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace moyo {

using Digest = std::array<uint8_t, 32>;
using Hash128 = std::array<uint8_t, 16>;  // first half of a Digest

// Incremental digest; one use. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void Update(const void* data, size_t size_bytes);
  void Update(std::string_view bytes) { Update(bytes.data(), bytes.size()); }
  Digest Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest Sha256Of(std::string_view bytes);
Hash128 Hash128Of(std::string_view bytes);

// The digest's bytes as proto and SQL hold them, and back (all zero for another length).
template <size_t N>
std::string ToBytes(const std::array<uint8_t, N>& digest) {
  return std::string(reinterpret_cast<const char*>(digest.data()), N);
}
Digest DigestFromBytes(std::string_view bytes);
Hash128 Hash128FromBytes(std::string_view bytes);

// Lower-case hexadecimal of any bytes.
std::string Hex(std::string_view bytes);

}  // namespace moyo
