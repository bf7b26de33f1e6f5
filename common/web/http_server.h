// The HTTP server of pages and /metrics: exact paths, bounded requests, headers that keep a page to
// itself. No part of the HTTP library shows here.
//
//   MOYO_ASSIGN_OR_RETURN(auto server, HttpServer::Open({.address = "127.0.0.1:8080",
//                                                        .purpose = "the play page",
//                                                        .flag = "--listen"}));
//   server->AddAssets(PageAssets());
//   server->Post("/api/position", {.max_body_bytes = 65536}, [](const Request& request) { ... });
//   std::cout << server->Url() << std::endl;
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/certificate.h"
#include "common/web/assets.h"

namespace moyo::web {

struct Request {
  std::string path;
  std::map<std::string, std::string> query;  // decoded; of a name given twice the first
  std::string body;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  // Set, the browser keeps this token for the guarded routes; an empty one ends that.
  std::optional<std::string> keep_token = {};
};

// Called on the server's threads, several at once.
using Handler = std::function<Response(const Request&)>;

// Whether a route asks who is there (gate.h). /metrics does not: Prometheus never had to.
enum class Guard : uint8_t { kGuarded, kOpen };

// What a POST takes. The type is asked for so that no other site's page can send a request: a
// browser asks first (CORS) before it sends one of these.
struct PostLimits {
  size_t max_body_bytes = size_t{64} << 10;
  std::string content_type = "application/json";
  Guard guard = Guard::kGuarded;
};

// Who gets in on an address, and by what: nothing on loopback; elsewhere TLS and a token, as a
// server of work units has them, unless `insecure` waives both.
struct Access {
  std::optional<rpc::Identity> identity = {};  // TLS; plain text without
  std::string token = {};                      // base64url text; none asked without
  // Instead of the one token, those that it says yes to: off loopback it is asked at each request.
  std::function<bool(const std::string&)> knows = {};
};
enum class Encryption : uint8_t { kAsNeeded, kWaived };
// Makes both anew. INVALID_ARGUMENT: no address. INTERNAL: OpenSSL fails.
absl::StatusOr<Access> NewAccess(const std::string& address, Encryption encryption);

struct HttpServerOptions {
  std::string address = {};  // HOST:PORT; port 0 picks one
  // For the message when the address cannot be had: "cannot serve metrics on ...; choose another
  // --metrics address".
  std::string purpose = {};
  std::string flag = {};
  Access access = {};
  // A thread serves a connection, a connection a request: a client that holds on keeps out few
  // others, and not for longer than `timeout` without a byte.
  size_t threads = 8;
  absl::Duration timeout = absl::Seconds(5);
};

// Thread-safe. Answers from Open on: 404 until a route is added.
class HttpServer {
 public:
  // UNAVAILABLE when the address is none, is not this machine's or is taken: says which and what to
  // do.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(HttpServerOptions options);
  // Waits for the handlers that run; none runs after.
  ~HttpServer();

  void Get(const std::string& path, Guard guard, Handler handler);
  // 413 for a larger body, 415 for another type.
  void Post(const std::string& path, PostLimits limits, Handler handler);
  // "/index.html" is also "/". A browser asks each time whether it still has the right
  // bytes (ETag), so that a new release shows at once. The bytes must outlive the server.
  void AddAssets(std::span<const Asset> assets, Guard guard = Guard::kGuarded);

  int port() const;
  // What a person opens, with the token when one is asked for: "http://127.0.0.1:8080/".
  std::string Url() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace moyo::web
