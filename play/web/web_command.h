// `moyo-play web`: the play page on an HTTP server of its own.
#pragma once

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "common/web/http_server.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

struct WebOptions {
  std::string listen = "127.0.0.1:8080";
  // Off loopback: TLS and a token as ever, or neither.
  web::Encryption encryption = web::Encryption::kAsNeeded;
  std::string network_name = {};  // shown on the page
  std::string version = {};
};

// Prints the address to open, then serves until SIGINT or SIGTERM; a line on `errors` for each
// answer of status 500. UNAVAILABLE, as web::HttpServer::Open, when the address cannot be had.
absl::Status RunWeb(const WebOptions& options, evaluation::Evaluator& evaluator, std::ostream& out,
                    std::ostream& errors);

}  // namespace moyo::play
