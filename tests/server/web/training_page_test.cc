// The training page's server in this process, asked as a browser asks.
#include "server/web/training_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/join_code.h"
#include "server/web/curves_json.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr char kJson[] = "application/json";

class TrainingPageTest : public testing::Test {
 protected:
  TrainingPageTest() {
    store_ = *store::Store::Open(state_.path(), {}, clock_);
    coordinator_ = std::make_unique<Coordinator>(*store_, CoordinatorOptions{}, clock_);
    keeper_ = *TokenKeeper::Load(*store_, clock_);
  }

  void Open(const std::string& address, std::optional<rpc::Identity> identity = {}) {
    auto page = TrainingPage::Open({.address = address, .identity = std::move(identity)},
                                   *coordinator_, *keeper_, clock_);
    ASSERT_TRUE(page.ok()) << page.status();
    page_ = *std::move(page);
  }
  // As other machines see it.
  void OpenOffLoopback() { Open("0.0.0.0:0", *rpc::MakeIdentity({"moyo.example.org"})); }

  httplib::Client Plain() { return httplib::Client("127.0.0.1", page_->port()); }
  std::unique_ptr<httplib::SSLClient> Tls() {
    auto client = std::make_unique<httplib::SSLClient>("127.0.0.1", page_->port());
    client->enable_server_certificate_verification(false);
    return client;
  }
  std::string CodeOf(store::Role role, absl::Duration lifetime = absl::InfiniteDuration()) {
    const auto added = keeper_->Add(role, "", lifetime);
    EXPECT_TRUE(added.ok()) << added.status();
    last_name_ = added->name;
    return rpc::EncodeJoinCode({.address = "h:1", .pin = "", .token = added->secret});
  }
  httplib::Result SignIn(const std::string& code) {
    return Tls()->Post("/api/sign-in", json({{"code", code}}).dump(), kJson);
  }
  // "name=value" of the cookie that came with an answer.
  static std::string CookieOf(const httplib::Result& answer) {
    const std::string cookie = answer->get_header_value("Set-Cookie");
    return cookie.substr(0, cookie.find(';'));
  }
  int StatusWith(const httplib::Headers& headers) {
    return Tls()->Get("/api/status", headers)->status;
  }

  test::TempFolder state_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Coordinator> coordinator_;
  std::unique_ptr<TokenKeeper> keeper_;
  std::unique_ptr<TrainingPage> page_;
  std::string last_name_;
};

v1::ReportProgressRequest Report(uint64_t samples) {
  v1::ReportProgressRequest request;
  v1::TrainingProgress& progress = *request.mutable_progress();
  progress.set_samples(samples);
  progress.set_policy_loss(3.1415926);
  progress.set_value_loss(std::numeric_limits<double>::infinity());
  progress.set_top1(0.25);
  progress.set_validation_positions(1000);
  return request;
}

TEST_F(TrainingPageTest, OnLoopbackNothingIsAsked) {
  Open("127.0.0.1:0");
  EXPECT_THAT(page_->Url(), HasSubstr("http://127.0.0.1:"));
  const auto page = Plain().Get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_THAT(page->body, HasSubstr("<title>Moyo</title>"));
  EXPECT_THAT(page->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  const auto status = Plain().Get("/api/status");
  ASSERT_EQ(status->status, 200);
  const json answer = json::parse(status->body);
  EXPECT_EQ(answer["ledger"]["found"], 0);
  EXPECT_EQ(answer["signed_in"], false);
  EXPECT_EQ(answer["unix_seconds"], 1'700'000'000);
  EXPECT_EQ(Plain().Post("/api/sign-in", R"({"code":"x"})", kJson)->status, 404);
}

TEST_F(TrainingPageTest, OnLoopbackAnotherMachinesNameIsRefused) {
  Open("127.0.0.1:0");
  EXPECT_EQ(Plain().Get("/api/status", {{"Host", "evil.example"}})->status, 403);
}

TEST_F(TrainingPageTest, CurvesAreWhatTheTrainerReported) {
  Open("127.0.0.1:0");
  v1::ReportProgressResponse response;
  for (uint64_t step = 1; step <= 3; ++step) {
    ASSERT_TRUE(coordinator_->ReportProgress(Report(step * 256), response).ok());
  }
  const json curves = json::parse(Plain().Get("/api/curves")->body);
  EXPECT_EQ(curves["losses"]["samples"], json({256, 512, 768}));
  EXPECT_EQ(curves["losses"]["policy_loss"], json({3.1416, 3.1416, 3.1416}));
  EXPECT_EQ(curves["losses"]["value_loss"], json({nullptr, nullptr, nullptr}));
  EXPECT_EQ(curves["validations"]["top1"], json::array({0.25}));
  EXPECT_EQ(curves["validations"]["positions"], json::array({1000}));
}

TEST_F(TrainingPageTest, CurvesOutliveARestartOfTheServer) {
  v1::ReportProgressResponse response;
  ASSERT_TRUE(coordinator_->ReportProgress(Report(256), response).ok());
  ASSERT_TRUE(coordinator_->ReportProgress(Report(512), response).ok());
  coordinator_->Stop();
  coordinator_ = std::make_unique<Coordinator>(*store_, CoordinatorOptions{}, clock_);
  ASSERT_TRUE(coordinator_->Load().ok());
  EXPECT_EQ(CurvesJson(coordinator_->GetTrainingHistory())["losses"]["samples"], json({256, 512}));
}

TEST_F(TrainingPageTest, OfManyWorkersTheSlowestAreShown) {
  Open("127.0.0.1:0");
  for (int i = 0; i < 300; ++i) {
    v1::RegisterWorkerRequest request;
    request.set_name(absl::StrCat("w", i));
    request.set_protocol_version(1);
    request.set_parser_version(1);
    v1::RegisterWorkerResponse worker;
    ASSERT_TRUE(coordinator_->RegisterWorker(request, worker).ok());
    v1::HeartbeatRequest beat;
    beat.set_worker_id(worker.worker_id());
    beat.set_games_per_second(1000 - i);
    v1::HeartbeatResponse answer;
    ASSERT_TRUE(coordinator_->Heartbeat(beat, answer).ok());
  }
  const json status = json::parse(Plain().Get("/api/status")->body);
  EXPECT_EQ(status["workers"].size(), 200u);
  EXPECT_EQ(status["workers"][0]["name"], "w299");
  EXPECT_EQ(status["workers_left_out"], 100);
}

TEST_F(TrainingPageTest, OffLoopbackThePageHoldsNothingAndItsDataAskForAToken) {
  OpenOffLoopback();
  EXPECT_THAT(page_->Url(), HasSubstr("https://"));
  EXPECT_THAT(page_->Url(), Not(HasSubstr("token")));
  EXPECT_EQ(Tls()->Get("/")->status, 200);
  EXPECT_EQ(StatusWith({}), 401);
  EXPECT_EQ(Tls()->Get("/api/curves")->status, 401);
  EXPECT_FALSE(Plain().Get("/api/status")) << "plain text is not answered";
}

TEST_F(TrainingPageTest, AnAdministratorsCodeSignsInUntilItIsRevoked) {
  OpenOffLoopback();
  const auto answer = SignIn(absl::StrCat(" ", CodeOf(store::Role::kAdmin), "\n"));
  ASSERT_EQ(answer->status, 200) << answer->body;
  const std::string attributes = answer->get_header_value("Set-Cookie");
  EXPECT_THAT(attributes, HasSubstr("HttpOnly"));
  EXPECT_THAT(attributes, HasSubstr("Secure"));
  EXPECT_THAT(attributes, HasSubstr("SameSite="));
  const httplib::Headers cookie = {{"Cookie", CookieOf(answer)}};
  const auto status = Tls()->Get("/api/status", cookie);
  ASSERT_EQ(status->status, 200);
  EXPECT_EQ(json::parse(status->body)["signed_in"], true);
  ASSERT_TRUE(keeper_->Revoke(last_name_).ok());
  EXPECT_EQ(StatusWith(cookie), 401);
}

TEST_F(TrainingPageTest, TheBareTokenDoesToo) {
  OpenOffLoopback();
  const auto added = *keeper_->Add(store::Role::kAdmin, "", absl::InfiniteDuration());
  const std::string text = absl::WebSafeBase64Escape(added.secret);
  EXPECT_EQ(SignIn(text)->status, 200);
  EXPECT_EQ(StatusWith({{"Authorization", absl::StrCat("Bearer ", text)}}), 200);
}

TEST_F(TrainingPageTest, ATokenInTheAddressCountsForNothing) {
  OpenOffLoopback();
  const auto added = *keeper_->Add(store::Role::kAdmin, "", absl::InfiniteDuration());
  const std::string text = absl::WebSafeBase64Escape(added.secret);
  EXPECT_EQ(Tls()->Get(absl::StrCat("/api/status?token=", text))->status, 401);
}

TEST_F(TrainingPageTest, OthersAreTurnedAwayWithTheReason) {
  OpenOffLoopback();
  const auto code_of = [](const httplib::Result& answer) {
    EXPECT_EQ(answer->status, 401);
    EXPECT_FALSE(answer->has_header("Set-Cookie"));
    return json::parse(answer->body)["code"].get<std::string>();
  };
  EXPECT_EQ(code_of(SignIn(CodeOf(store::Role::kWorker))), "role");
  EXPECT_EQ(code_of(SignIn(absl::WebSafeBase64Escape(std::string(32, 'x')))), "unknown");
  EXPECT_EQ(code_of(SignIn("no code")), "invalid");
  EXPECT_EQ(code_of(SignIn("")), "invalid");
  const std::string expiring = CodeOf(store::Role::kAdmin, absl::Hours(1));
  clock_.Advance(absl::Hours(2));
  EXPECT_EQ(code_of(SignIn(expiring)), "unknown");
}

TEST_F(TrainingPageTest, WhatIsNoSignInIsRefused) {
  OpenOffLoopback();
  for (const char* body : {"", "[]", "{}", R"({"code":1})", "{", "\xff"}) {
    EXPECT_EQ(Tls()->Post("/api/sign-in", body, kJson)->status, 400) << body;
  }
  EXPECT_EQ(Tls()->Post("/api/sign-in", "code=x", "application/x-www-form-urlencoded")->status,
            415);
  EXPECT_EQ(Tls()->Post("/api/sign-in", std::string(5000, ' '), kJson)->status, 413);
}

TEST_F(TrainingPageTest, SignOutForgetsTheToken) {
  OpenOffLoopback();
  const auto answer = Tls()->Post("/api/sign-out", "{}", kJson);
  ASSERT_EQ(answer->status, 200);
  EXPECT_THAT(answer->get_header_value("Set-Cookie"), HasSubstr("Max-Age=0"));
}

TEST_F(TrainingPageTest, WithoutAnIdentityOffLoopbackEveryoneMayLook) {
  Open("0.0.0.0:0");
  EXPECT_EQ(Plain().Get("/api/status")->status, 200);
}

TEST_F(TrainingPageTest, ATakenPortIsSaid) {
  Open("127.0.0.1:0");
  const auto second =
      TrainingPage::Open({.address = absl::StrCat("127.0.0.1:", page_->port()), .identity = {}},
                         *coordinator_, *keeper_, clock_);
  ASSERT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("--web"));
}

}  // namespace
}  // namespace moyo::server
