// The low-level SHA256 calls are used because a game hash is taken 100,000 times a second and the
// EVP interface costs more than the hash of so short a text.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "common/base/digest.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/escaping.h"

namespace moyo {

struct Sha256::State {
  SHA256_CTX context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { SHA256_Init(&state_->context); }
Sha256::~Sha256() = default;

void Sha256::Update(const void* data, size_t size_bytes) {
  SHA256_Update(&state_->context, data, size_bytes);
}

Digest Sha256::Finish() {
  Digest digest;
  SHA256_Final(digest.data(), &state_->context);
  return digest;
}

Digest Sha256Of(std::string_view bytes) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

Hash128 Hash128Of(std::string_view bytes) {
  const Digest digest = Sha256Of(bytes);
  Hash128 half;
  std::copy_n(digest.begin(), half.size(), half.begin());
  return half;
}

namespace {
template <typename Array>
Array FromBytes(std::string_view bytes) {
  Array array{};
  if (bytes.size() == array.size()) std::memcpy(array.data(), bytes.data(), array.size());
  return array;
}
}  // namespace

Digest DigestFromBytes(std::string_view bytes) { return FromBytes<Digest>(bytes); }
Hash128 Hash128FromBytes(std::string_view bytes) { return FromBytes<Hash128>(bytes); }

std::string Hex(std::string_view bytes) {
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

}  // namespace moyo
