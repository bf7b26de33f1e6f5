// Requests that no page of ours would send: whatever comes, an answer of the protocol goes back.
#include <gtest/gtest.h>
#include <httplib.h>

#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "play/web/api.h"
#include "play/web/page_assets.h"
#include "tests/play/fake_evaluator.h"

namespace moyo::play {
namespace {

using Method = web::Response (PlayApi::*)(const web::Request&);
constexpr Method kMethods[] = {&PlayApi::New,    &PlayApi::Position, &PlayApi::Reply,
                               &PlayApi::Review, &PlayApi::Load,     &PlayApi::Save};

const std::string kSeeds[] = {
    R"({"game": {"komi": 6.5, "handicap": 2, "ruleset": 3, "setup": ["bdp", "bpd"], "result": "B+R",
       "moves": ["wdd", "bpp", "w", "bqq"]}, "ply": 2, "evaluate": true, "temperature": 0.5, "seed": 7,
       "lost_turns": 1, "from": 0, "count": 3, "black": "A", "white": "B"})",
    R"({"handicap": 9, "komi": 0.5})",
    "(;GM[1]FF[4]SZ[19]KM[6.5]PB[A]PW[\xbf\xc2\xbd\xe0]HA[2]AB[dp][pd];W[dd](;B[qq])(;B[]))",
};

// One to eight small damages: bytes changed, taken out, doubled, or exchanged for telling words.
std::string Damage(std::string text, std::mt19937_64& random) {
  static const std::string kWords[] = {"[",     "]",  "{",     "}",          "\"", "null",
                                       "1e999", "-1", "true",  "\\u0000",    ":",  "bpd",
                                       "\xff",  "(;", "[[[[[", "99999999999"};
  for (uint64_t left = 1 + random() % 8; left > 0 && !text.empty(); --left) {
    const size_t at = random() % text.size();
    switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, 1 + random() % 5);
        break;
      case 2:
        text.insert(at, text.substr(at, 1 + random() % 20));
        break;
      default:
        text.insert(at, kWords[random() % std::size(kWords)]);
    }
  }
  return text;
}

void ExpectAnAnswer(const web::Response& response, const std::string& request) {
  EXPECT_TRUE(response.status == 200 || response.status == 400)
      << response.status << " for " << request;
  if (response.content_type != "application/json") return;
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << response.body;
  EXPECT_TRUE(response.status == 200 || json.contains("error")) << response.body;
}

TEST(HostileRequests, DamagedOnesAreAnsweredInForm) {
  FakeEvaluator network;
  std::ostringstream errors;
  PlayApi api(network, {}, errors);
  std::mt19937_64 random(1);
  size_t understood = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string body = Damage(kSeeds[random() % std::size(kSeeds)], random);
    const web::Response response =
        (api.*kMethods[random() % std::size(kMethods)])({.path = "", .query = {}, .body = body});
    ExpectAnAnswer(response, body);
    understood += response.status == 200;
  }
  EXPECT_GT(understood, 500u);  // else the damages would test the JSON reader alone
}

TEST(HostileRequests, DeepNestingIsNoRecursion) {
  FakeEvaluator network;
  std::ostringstream errors;
  PlayApi api(network, {}, errors);
  for (const Method method : kMethods) {
    for (const char* open : {"[", "{\"game\":", "(;"}) {
      std::string body;
      const size_t most = method == &PlayApi::Load ? kMaxSgfBytes : kMaxGameRequestBytes;
      while (body.size() < most) body += open;
      ExpectAnAnswer((api.*method)({.path = "", .query = {}, .body = body}), open);
    }
  }
}

TEST(HostileRequests, ManyAtOnceShareOneNetwork) {
  FakeEvaluator network;
  network.Prefer("Q16", 0.4f);
  std::ostringstream errors;
  PlayApi api(network, {}, errors);
  auto server = web::HttpServer::Open({.address = "127.0.0.1:0"});
  ASSERT_TRUE(server.ok()) << server.status();
  (*server)->AddAssets(PageAssets());
  AddRoutes(api, **server);
  std::vector<std::thread> clients;
  std::atomic<int> right = 0;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] {
      httplib::Client client("127.0.0.1", (*server)->port());
      for (int round = 0; round < 20; ++round) {
        const auto answer = client.Post("/api/reply", R"({"game": {"moves": ["bdd"]}})",
                                        i % 4 == 3 ? "text/plain" : "application/json");
        EXPECT_TRUE(answer) << httplib::to_string(answer.error());
        right += answer && answer->status == (i % 4 == 3 ? 415 : 200);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 16 * 20);
  httplib::Client client("127.0.0.1", (*server)->port());
  EXPECT_EQ(client.Get("/")->status, 200);
  EXPECT_EQ(client.Get("/api/about")->status, 200);
  EXPECT_EQ(client.Post("/api/load", "(;SZ[19];B[pd])", kSgfType)->status, 200);
  EXPECT_EQ(client.Post("/api/load", "(;SZ[19];B[pd])", "application/json")->status, 415);
  EXPECT_EQ(
      client.Post("/api/position", std::string(kMaxGameRequestBytes + 1, ' '), "application/json")
          ->status,
      413);
}

}  // namespace
}  // namespace moyo::play
