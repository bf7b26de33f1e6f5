#include "common/rpc/join_code.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/status_macros.h"
#include "common/rpc/address.h"

namespace moyo::rpc {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kHeadBytes = 3;
constexpr size_t kChecksumBytes = 4;
constexpr size_t kMaxCodeBytes = 1024;
constexpr std::string_view kBearer = "Bearer ";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string ChecksumOf(std::string_view bytes) {
  return ToBytes(Sha256Of(bytes)).substr(0, kChecksumBytes);
}

absl::Status Refuse(std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("the join code ", View(why), "; copy the whole word that the server printed"));
}

// Characters of base64url without padding.
size_t CharactersFor(size_t bytes) { return (bytes * 4 + 2) / 3; }

// A length byte (0 or `full`) and that many bytes, off the front of `bytes`.
bool TakeField(std::string_view& bytes, size_t full, std::string& field) {
  if (bytes.empty()) return false;
  const auto length = static_cast<uint8_t>(bytes.front());
  if ((length != 0 && length != full) || bytes.size() < 1 + size_t{length}) return false;
  field = bytes.substr(1, length);
  bytes.remove_prefix(1 + length);
  return true;
}

}  // namespace

std::string EncodeJoinCode(const JoinCode& code) {
  const size_t length =
      kHeadBytes + 2 + code.pin.size() + code.token.size() + code.address.size() + kChecksumBytes;
  std::string bytes;
  bytes.push_back(static_cast<char>(kVersion));
  bytes.push_back(static_cast<char>(length >> 8));
  bytes.push_back(static_cast<char>(length));
  bytes.push_back(static_cast<char>(code.pin.size()));
  bytes += code.pin;
  bytes.push_back(static_cast<char>(code.token.size()));
  bytes += code.token + code.address;
  bytes += ChecksumOf(bytes);
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<JoinCode> DecodeJoinCode(std::string_view text) {
  const absl::string_view word = absl::StripAsciiWhitespace(View(text));
  if (word.empty()) return Refuse("is empty");
  if (word.size() > CharactersFor(kMaxCodeBytes)) return Refuse("is too long to be one");
  // A cut may leave one character of a group of four, which no decoder takes.
  std::string decoded;
  const size_t whole = word.size() % 4 == 1 ? word.size() - 1 : word.size();
  if (!absl::WebSafeBase64Unescape(word.substr(0, whole), &decoded)) {
    return Refuse("has characters that no join code has");
  }
  if (decoded.size() < kHeadBytes) return Refuse("is cut off");
  if (static_cast<uint8_t>(decoded[0]) != kVersion) {
    return absl::InvalidArgumentError(
        absl::StrCat("the join code is of version ", static_cast<unsigned>(decoded[0]) & 0xFF,
                     ", this program reads ", kVersion,
                     "; use the release that the server has, or check the first characters"));
  }
  const size_t length = static_cast<uint8_t>(decoded[1]) << 8 | static_cast<uint8_t>(decoded[2]);
  const size_t characters = CharactersFor(length);
  if (word.size() < characters) {
    return Refuse(absl::StrCat("is cut off: ", word.size(), " of ", characters, " characters"));
  }
  if (word.size() > characters) {
    return Refuse(absl::StrCat("has ", word.size() - characters, " characters after its end"));
  }
  std::string_view bytes(decoded);
  if (bytes.size() != length || length < kHeadBytes + 2 + kChecksumBytes ||
      bytes.substr(length - kChecksumBytes) !=
          ChecksumOf(bytes.substr(0, length - kChecksumBytes))) {
    return Refuse("is mistyped (its checksum is wrong)");
  }
  bytes = bytes.substr(kHeadBytes, length - kHeadBytes - kChecksumBytes);
  JoinCode code;
  if (!TakeField(bytes, kPinBytes, code.pin) || !TakeField(bytes, kTokenBytes, code.token)) {
    return Refuse("has fields of a wrong length");
  }
  code.address = std::string(bytes);
  MOYO_RETURN_IF_ERROR(SplitAddress(code.address).status());
  return code;
}

absl::StatusOr<std::string> NewToken() {
  std::string token(kTokenBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(token.data()), kTokenBytes) != 1) {
    return absl::InternalError("the system gives no random numbers");
  }
  return token;
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string BearerOf(std::string_view token) {
  return absl::StrCat(View(kBearer), absl::WebSafeBase64Escape(View(token)));
}

std::string TokenOfBearer(std::string_view bearer) {
  std::string token;
  if (bearer.substr(0, kBearer.size()) != kBearer ||
      bearer.size() > kBearer.size() + CharactersFor(kTokenBytes) ||
      !absl::WebSafeBase64Unescape(View(bearer.substr(kBearer.size())), &token) ||
      token.size() != kTokenBytes) {
    return "";
  }
  return token;
}

}  // namespace moyo::rpc
