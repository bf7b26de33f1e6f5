#include "common/base/seal.h"

#include <string_view>

#include "common/base/digest.h"

namespace moyo {
namespace {

constexpr std::string_view kMark = "moyo-sha256";
constexpr size_t kSealBytes = kMark.size() + sizeof(Digest);

std::string SealOf(std::string_view bytes) { return std::string(kMark) + ToBytes(Sha256Of(bytes)); }

}  // namespace

std::string Sealed(std::string bytes) {
  bytes += SealOf(bytes);
  return bytes;
}

bool Unseal(std::string& bytes) {
  if (bytes.size() < kSealBytes) return true;
  const size_t sealed_bytes = bytes.size() - kSealBytes;
  const std::string seal = bytes.substr(sealed_bytes);
  if (!seal.starts_with(kMark)) return true;
  bytes.resize(sealed_bytes);
  return SealOf(bytes) == seal;
}

}  // namespace moyo
