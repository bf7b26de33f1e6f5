// HOST:PORT, as flags and join lines carry it. An IPv6 host stands in brackets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace moyo::rpc {

struct HostPort {
  std::string host;  // without brackets
  std::string port;  // decimal, 0 to 65535
};

// INVALID_ARGUMENT: it is not HOST:PORT.
absl::StatusOr<HostPort> SplitAddress(std::string_view address);
std::string JoinAddress(std::string_view host, std::string_view port);

// Only this machine reaches it: 127.0.0.0/8, ::1 and "localhost". A name that merely begins like
// one does not count.
bool IsLoopback(std::string_view address);
// It stands for every address of the machine: 0.0.0.0 or ::.
bool IsWildcard(std::string_view host);

// The machine's own addresses off loopback, as text, without link-local ones; IPv4 first.
std::vector<std::string> OwnAddresses();
// Empty when the machine has no name.
std::string OwnHostName();

}  // namespace moyo::rpc
