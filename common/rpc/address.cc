#include "common/rpc/address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <unistd.h>

#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/text.h"

namespace moyo::rpc {
namespace {

constexpr size_t kMaxAddressBytes = 300;  // a DNS name has at most 253
constexpr uint32_t kMaxPort = 65535;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

absl::Status NotAnAddress(std::string_view address) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", EscapeBytes(address, 80), "' is not HOST:PORT"));
}

bool IsHostCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' ||
         c == ':' || c == '%';
}

}  // namespace

absl::StatusOr<HostPort> SplitAddress(std::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || address.size() > kMaxAddressBytes) {
    return NotAnAddress(address);
  }
  std::string_view host = address.substr(0, colon);
  const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (in_brackets) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!in_brackets && host.find(':') != std::string_view::npos)) {
    return NotAnAddress(address);
  }
  for (const char c : host) {
    if (!IsHostCharacter(c)) return NotAnAddress(address);
  }
  uint32_t port = 0;
  const std::string_view digits = address.substr(colon + 1);
  if (!absl::SimpleAtoi(View(digits), &port) || port > kMaxPort || digits.front() == '+') {
    return NotAnAddress(address);
  }
  return HostPort{std::string(host), absl::StrCat(port)};
}

std::string JoinAddress(std::string_view host, std::string_view port) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  return absl::StrCat(is_v6 ? "[" : "", View(host), is_v6 ? "]:" : ":", View(port));
}

bool IsLoopback(std::string_view address) {
  const absl::StatusOr<HostPort> split = SplitAddress(address);
  if (!split.ok()) return false;
  if (split->host == "localhost") return true;
  in_addr v4;
  if (inet_pton(AF_INET, split->host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6;
  return inet_pton(AF_INET6, split->host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool IsWildcard(std::string_view host) {
  const std::string text(host);
  in_addr v4;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return v4.s_addr == INADDR_ANY;
  in6_addr v6;
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6);
}

std::vector<std::string> OwnAddresses() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const absl::Cleanup free_list = [list] { freeifaddrs(list); };
  std::vector<std::string> v4, v6;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    char text[INET6_ADDRSTRLEN] = "";
    if (entry->ifa_addr->sa_family == AF_INET) {
      const auto* address = reinterpret_cast<const sockaddr_in*>(entry->ifa_addr);
      if (ntohl(address->sin_addr.s_addr) >> 24 == 127) continue;
      if (inet_ntop(AF_INET, &address->sin_addr, text, sizeof(text))) v4.emplace_back(text);
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      const in6_addr& address = reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr)->sin6_addr;
      if (IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_LINKLOCAL(&address)) continue;
      if (inet_ntop(AF_INET6, &address, text, sizeof(text))) v6.emplace_back(text);
    }
  }
  v4.insert(v4.end(), v6.begin(), v6.end());
  return v4;
}

std::string OwnHostName() {
  char host[256] = "";
  return gethostname(host, sizeof(host) - 1) == 0 ? host : "";
}

}  // namespace moyo::rpc
