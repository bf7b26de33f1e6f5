#include "server/web/training_page.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/rpc/address.h"
#include "common/status/status_json.h"
#include "server/web/curves_json.h"
#include "server/web/page_assets.h"
#include "server/web/sign_in.h"

namespace moyo::server {
namespace {

constexpr size_t kMaxSignInBytes = 4096;
// More rows than a person reads; the slowest are those to look at.
constexpr int kMaxWorkers = 200;
constexpr char kSignedOut[] = "";

// Slowest first; gives how many are left out.
int KeepSlowest(v1::GetStatusResponse& status) {
  auto& workers = *status.mutable_workers();
  std::stable_sort(workers.begin(), workers.end(),
                   [](const v1::WorkerStatus& a, const v1::WorkerStatus& b) {
                     return a.games_per_second() < b.games_per_second();
                   });
  const int left_out = std::max(0, workers.size() - kMaxWorkers);
  workers.DeleteSubrange(workers.size() - left_out, left_out);
  return left_out;
}

web::Response Refusal(int status, absl::string_view code, absl::string_view why) {
  return {.status = status,
          .body = DumpJson({{"code", std::string(code)}, {"error", std::string(why)}})};
}

}  // namespace

absl::StatusOr<std::unique_ptr<TrainingPage>> TrainingPage::Open(PageOptions options,
                                                                 Coordinator& coordinator,
                                                                 TokenKeeper& keeper,
                                                                 const Clock& clock) {
  std::unique_ptr<TrainingPage> page(new TrainingPage(coordinator, keeper, clock));
  page->asks_for_token_ = options.identity.has_value() && !rpc::IsLoopback(options.address);
  web::Access access;
  if (page->asks_for_token_) {
    access.identity = std::move(options.identity);
    access.knows = [&keeper](const std::string& token) { return CheckViewer(keeper, token).ok(); };
  }
  MOYO_ASSIGN_OR_RETURN(page->http_, web::HttpServer::Open({.address = std::move(options.address),
                                                            .purpose = "the training page",
                                                            .flag = "--web",
                                                            .access = std::move(access)}));
  page->AddRoutes();
  if (page->asks_for_token_) page->AddSignIn();
  return page;
}

void TrainingPage::AddRoutes() {
  http_->AddAssets(TrainingPageAssets(), web::Guard::kOpen);
  http_->Get("/api/status", web::Guard::kGuarded, [this](const web::Request&) { return Status(); });
  http_->Get("/api/curves", web::Guard::kGuarded, [this](const web::Request&) {
    return web::Response{.body = DumpJson(CurvesJson(coordinator_.GetTrainingHistory()))};
  });
}

void TrainingPage::AddSignIn() {
  const web::PostLimits limits = {.max_body_bytes = kMaxSignInBytes, .guard = web::Guard::kOpen};
  http_->Post("/api/sign-in", limits,
              [this](const web::Request& request) { return SignIn(request.body); });
  http_->Post("/api/sign-out", limits, [](const web::Request&) {
    return web::Response{.body = "{}", .keep_token = kSignedOut};
  });
}

web::Response TrainingPage::Status() {
  v1::GetStatusResponse status;
  const absl::Status asked = coordinator_.GetStatus({}, status);
  if (!asked.ok()) {
    const absl::string_view why = asked.message();
    return Refusal(503, "failed", why);
  }
  const int left_out = KeepSlowest(status);
  nlohmann::ordered_json json = StatusJson(status);
  json["workers_left_out"] = left_out;
  json["unix_seconds"] = absl::ToDoubleSeconds(clock_.Now() - absl::UnixEpoch());
  json["signed_in"] = asks_for_token_;
  return {.body = DumpJson(json)};
}

web::Response TrainingPage::SignIn(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("code") || !json["code"].is_string()) {
    return Refusal(400, "invalid", R"(send {"code": "..."})");
  }
  const absl::StatusOr<std::string> token = TokenOfPerson(keeper_, json["code"].get<std::string>());
  if (token.ok()) return {.body = "{}", .keep_token = *token};
  const absl::string_view why = token.status().message();
  if (absl::IsInvalidArgument(token.status())) return Refusal(401, "invalid", why);
  return Refusal(401, absl::IsPermissionDenied(token.status()) ? "role" : "unknown", why);
}

}  // namespace moyo::server
