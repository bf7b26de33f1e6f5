#include "common/rpc/server_access.h"

#include <grpcpp/security/credentials.h>

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/rpc/address.h"
#include "common/rpc/certificate.h"
#include "common/rpc/join_code.h"
#include "common/rpc/tls_probe.h"

namespace moyo::rpc {
namespace {

constexpr absl::Duration kProbeTimeout = absl::Seconds(5);
constexpr uint64_t kMaxJoinFileBytes = 8192;
constexpr size_t kShownPinBytes = 8;

std::string ShortPin(const std::string& pin) { return Hex(pin.substr(0, kShownPinBytes)); }

absl::StatusOr<ServerAccess> AccessOf(std::string_view text, std::string_view where) {
  const absl::StatusOr<JoinCode> code = DecodeJoinCode(text);
  if (!code.ok()) {
    return absl::Status(
        code.status().code(),
        absl::StrCat(absl::string_view(where.data(), where.size()), ": ", code.status().message()));
  }
  return ServerAccess(code->address, code->pin, code->token);
}

absl::Status CheckPin(ServerAccess& access, const std::string& certificate_pem) {
  MOYO_ASSIGN_OR_RETURN(const std::string pin, PinOf(certificate_pem));
  if (EqualInConstantTime(pin, access.pin)) {
    access.certificate_pem = certificate_pem;
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "server ", access.address, " shows another certificate (", ShortPin(pin),
      "...) than the join code names (", ShortPin(access.pin),
      "...): it was made anew, or this is another server; nothing was sent; get a new join code "
      "with 'moyo token add' on the server's machine"));
}

}  // namespace

absl::StatusOr<ServerAccess> ResolveAccess(const AccessFlags& flags) {
  if (!flags.server.empty()) {
    MOYO_RETURN_IF_ERROR(SplitAddress(flags.server).status());
    return ServerAccess(flags.server);
  }
  if (!flags.join.empty()) return AccessOf(flags.join, "--join");
  if (!flags.join_file.empty()) {
    const absl::StatusOr<std::string> text = ReadFile(flags.join_file, kMaxJoinFileBytes);
    if (!text.ok()) {
      return absl::Status(text.status().code(),
                          absl::StrCat("--join-file: ", text.status().message()));
    }
    return AccessOf(*text, absl::StrCat("--join-file ", flags.join_file));
  }
  const char* variable = std::getenv(kJoinVariable);
  if (variable != nullptr && *variable != '\0') return AccessOf(variable, kJoinVariable);
  return absl::InvalidArgumentError(
      "no server was named; give --server HOST:PORT, --join CODE or --join-file FILE");
}

absl::Status CheckServer(ServerAccess& access, absl::Duration timeout) {
  MOYO_ASSIGN_OR_RETURN(const ProbeResult found, ProbeTls(access.address, timeout));
  const bool speaks_tls = !found.certificate_pem.empty();
  if (!access.pin.empty() && speaks_tls) return CheckPin(access, found.certificate_pem);
  if (access.pin.empty() && !speaks_tls) return absl::OkStatus();
  if (speaks_tls) {
    return absl::FailedPreconditionError(
        absl::StrCat("server ", access.address,
                     " speaks TLS and asks for a token: use --join CODE instead of --server "
                     "('moyo token add' on the server's machine prints one)"));
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "server ", access.address,
      " does not speak TLS, as the join code says it should; nothing was sent; start moyo-server "
      "without --insecure, or use --server ",
      access.address, " on a network that you trust"));
}

absl::Status AwaitServer(ServerAccess& access, const OnWait& on_wait) {
  return Retry(
      absl::InfiniteDuration(), [&] { return CheckServer(access, kProbeTimeout); }, on_wait);
}

std::shared_ptr<grpc::Channel> MakeChannel(const ServerAccess& access) {
  if (access.pin.empty()) return MakeChannel(access.address);
  grpc::SslCredentialsOptions trust;
  trust.pem_root_certs = access.certificate_pem;
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::SslCredentials(trust);
  if (!access.token.empty()) {
    credentials = grpc::CompositeChannelCredentials(
        credentials, grpc::AccessTokenCredentials(absl::WebSafeBase64Escape(access.token)));
  }
  grpc::ChannelArguments arguments = DefaultArguments();
  arguments.SetSslTargetNameOverride(kServerName);
  return grpc::CreateCustomChannel(access.address, credentials, arguments);
}

bool IsAccessRefused(const absl::Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status);
}

}  // namespace moyo::rpc
