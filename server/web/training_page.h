// The training page: the run at a glance, live, in a browser.
//
//   GET  /                the page; holds no data, so anyone who reaches the port may have it
//   GET  /api/status      what `moyo status --json` gives but its advice, workers slowest first and
//                         200 at most, and: "workers_left_out", "unix_seconds", "signed_in" (a
//                         token was asked for)
//   GET  /api/curves      curves_json.h
//   POST /api/sign-in     {"code": "JOIN CODE or TOKEN"}: keeps the token in a cookie; 401 and
//                         {"error": ..} when it may not see the status. Off loopback only
//   POST /api/sign-out    forgets it
//
// On loopback nothing is asked. Off it, as for gRPC: TLS with the server's certificate and an
// administrator's token, in the cookie or as a bearer, unless both were waived.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/rpc/certificate.h"
#include "common/web/http_server.h"
#include "server/coordinator.h"
#include "server/rpc/token_keeper.h"

namespace moyo::server {

struct PageOptions {
  std::string address;                    // HOST:PORT; port 0 picks one
  std::optional<rpc::Identity> identity;  // TLS and tokens; without, plain text for everyone
};

class TrainingPage {
 public:
  // The others must outlive it. UNAVAILABLE: the address cannot be had.
  static absl::StatusOr<std::unique_ptr<TrainingPage>> Open(PageOptions options,
                                                            Coordinator& coordinator,
                                                            TokenKeeper& keeper,
                                                            const Clock& clock);
  std::string Url() const { return http_->Url(); }
  int port() const { return http_->port(); }

 private:
  TrainingPage(Coordinator& coordinator, TokenKeeper& keeper, const Clock& clock)
      : coordinator_(coordinator), keeper_(keeper), clock_(clock) {}
  void AddRoutes();
  void AddSignIn();
  web::Response Status();
  web::Response SignIn(const std::string& body);

  Coordinator& coordinator_;
  TokenKeeper& keeper_;
  const Clock& clock_;
  bool asks_for_token_ = false;
  std::unique_ptr<web::HttpServer> http_;  // last: its handlers use the others
};

}  // namespace moyo::server
