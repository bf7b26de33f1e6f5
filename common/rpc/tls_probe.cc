#include "common/rpc/tls_probe.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/base/status_macros.h"
#include "common/rpc/address.h"
#include "common/rpc/certificate.h"
#include "common/rpc/openssl_objects.h"

namespace moyo::rpc {
namespace {

// Of gRPC (HTTP/2), as RFC 7301 writes a list of protocols.
constexpr unsigned char kHttp2[] = {2, 'h', '2'};

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// Waits until the socket can be read or written; false: the time is over.
bool Await(int fd, short events, absl::Time deadline) {
  for (;;) {
    const absl::Duration left = std::max(deadline - Clock::Steady().Now(), absl::ZeroDuration());
    pollfd entry = {.fd = fd, .events = events, .revents = 0};
    const int ready = poll(&entry, 1, static_cast<int>(absl::ToInt64Milliseconds(left)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

absl::StatusOr<Socket> ConnectTo(const addrinfo& to, absl::Time deadline) {
  Socket socket(::socket(to.ai_family, to.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return absl::UnavailableError(std::strerror(errno));
  if (connect(socket.fd(), to.ai_addr, to.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) return absl::UnavailableError(std::strerror(errno));
  if (!Await(socket.fd(), POLLOUT, deadline)) return absl::UnavailableError("no answer in time");
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return absl::UnavailableError(std::strerror(error));
  return socket;
}

absl::StatusOr<Socket> Connect(const std::string& address, absl::Time deadline) {
  MOYO_ASSIGN_OR_RETURN(const HostPort target, SplitAddress(address));
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int code = getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &list);
  if (code != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot find '", target.host, "': ", gai_strerror(code)));
  }
  const absl::Cleanup free_list = [list] { freeaddrinfo(list); };
  absl::Status last = absl::UnavailableError("no address");
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    absl::StatusOr<Socket> socket = ConnectTo(*entry, deadline);
    if (socket.ok()) return socket;
    last = socket.status();
  }
  return absl::UnavailableError(absl::StrCat("cannot connect to ", address, ": ", last.message()));
}

absl::StatusOr<SslPtr> NewSession(int fd, SSL_CTX* context) {
  SslPtr ssl(SSL_new(context));
  if (ssl == nullptr || SSL_set_fd(ssl.get(), fd) != 1 ||
      SSL_set_alpn_protos(ssl.get(), kHttp2, sizeof(kHttp2)) != 0 ||
      SSL_set_tlsext_host_name(ssl.get(), kServerName) != 1) {
    return absl::InternalError(absl::StrCat("TLS: ", LastOpenSslError()));
  }
  return ssl;
}

// True: the handshake is done. False: the other side does not speak TLS.
absl::StatusOr<bool> Handshake(SSL* ssl, int fd, const std::string& address, absl::Time deadline) {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(ssl);
    if (result == 1) return true;
    const int error = SSL_get_error(ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
      const short events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
      if (Await(fd, events, deadline)) continue;
      return absl::UnavailableError(absl::StrCat(address, " does not answer in time"));
    }
    const bool hung_up = error == SSL_ERROR_SYSCALL || ERR_GET_REASON(ERR_peek_last_error()) ==
                                                           SSL_R_UNEXPECTED_EOF_WHILE_READING;
    const std::string reason = LastOpenSslError();
    if (!hung_up) return false;
    return absl::UnavailableError(absl::StrCat(address, " hung up: ", reason));
  }
}

}  // namespace

absl::StatusOr<ProbeResult> ProbeTls(const std::string& address, absl::Duration timeout) {
  const absl::Time deadline = Clock::Steady().Now() + timeout;
  MOYO_ASSIGN_OR_RETURN(const Socket socket, Connect(address, deadline));
  const SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return absl::InternalError(absl::StrCat("TLS: ", LastOpenSslError()));
  // The certificate is judged by its pin, by the caller; nothing is sent before that.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  MOYO_ASSIGN_OR_RETURN(const SslPtr ssl, NewSession(socket.fd(), context.get()));
  MOYO_ASSIGN_OR_RETURN(const bool speaks_tls,
                        Handshake(ssl.get(), socket.fd(), address, deadline));
  if (!speaks_tls) return ProbeResult{};
  const CertificatePtr certificate(SSL_get1_peer_certificate(ssl.get()));
  std::string pem = certificate ? PemOf(certificate.get()) : "";
  if (pem.empty()) return absl::InternalError(absl::StrCat(address, " shows no certificate"));
  return ProbeResult{std::move(pem)};
}

}  // namespace moyo::rpc
