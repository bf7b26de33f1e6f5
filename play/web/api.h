// What the play page asks: positions, the network's moves, records in and out. Without state: each
// request brings its whole game, so that there are no sessions to bound, lose or mix up. All rules
// of Go are common/go's. README.md in this folder is the protocol.
#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "common/web/http_server.h"
#include "play/shared_evaluator.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

inline constexpr size_t kMaxGameRequestBytes = size_t{64} << 10;
inline constexpr size_t kMaxSgfBytes = size_t{4} << 20;
inline constexpr char kSgfType[] = "application/x-go-sgf";
inline constexpr int kMaxReviewPlies = 64;

struct ApiOptions {
  std::string network_name = {};  // shown to people
  std::string version = {};
};

// Thread-safe. Evaluator and stream must outlive it. Every answer is JSON but that of Save; what is
// wrong is {"error": word, "message": sentence} (api_status.h). Why an answer has status 500 is
// also a line on `errors`: the page sends people there.
class PlayApi {
 public:
  PlayApi(evaluation::Evaluator& evaluator, ApiOptions options, std::ostream& errors)
      : evaluator_(evaluator), options_(std::move(options)), errors_(errors) {}

  web::Response About() const;
  web::Response New(const web::Request& request);
  web::Response Position(const web::Request& request);
  web::Response Reply(const web::Request& request);
  web::Response Review(const web::Request& request);
  web::Response Load(const web::Request& request);  // the body is SGF
  web::Response Save(const web::Request& request);  // the answer is SGF

 private:
  web::Response Respond(const web::Request& request,
                        const absl::StatusOr<nlohmann::ordered_json>& answer);
  web::Response Refuse(const web::Request& request, const absl::Status& status);

  SharedEvaluator evaluator_;
  const ApiOptions options_;
  std::mutex errors_mutex_;
  std::ostream& errors_;
};

// Adds the API's routes below /api. The API must outlive the server.
void AddRoutes(PlayApi& api, web::HttpServer& server);

}  // namespace moyo::play
