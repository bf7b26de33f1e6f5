#include "common/web/http_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "tests/common/web/test_page.h"

namespace moyo::web {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kJson[] = "application/json";
constexpr size_t kLimit = 1000;

Response Echo(const Request& request) { return {.body = request.body}; }

// A client that sends what it is told to and when.
class Connection {
 public:
  explicit Connection(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // A server that has heard enough closes: what it does not take is no failure.
  void Send(const std::string& bytes) const {
    (void)send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void HangUp() const { shutdown(fd_, SHUT_WR); }
  // Whether one comes within a tenth of a second.
  bool HasAnswer() const {
    pollfd readable = {.fd = fd_, .events = POLLIN, .revents = 0};
    return poll(&readable, 1, 100) > 0;
  }
  // All up to the end.
  std::string Answer() const {
    std::string answer;
    char buffer[4096];
    for (ssize_t n; (n = read(fd_, buffer, sizeof(buffer))) > 0;) answer.append(buffer, n);
    return answer;
  }

 private:
  const int fd_;
};

// A server on loopback with a page, an echo and a handler that throws.
class HttpServerTest : public ::testing::Test {
 protected:
  void SetUp() override { Open({.address = "127.0.0.1:0", .purpose = "a test", .flag = "--x"}); }

  void Open(HttpServerOptions options) {
    auto opened = HttpServer::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    server_ = *std::move(opened);
    server_->AddAssets(TestPage());
    server_->Post("/echo", {.max_body_bytes = kLimit}, Echo);
    server_->Get("/query", Guard::kGuarded, [](const Request& request) {
      const auto found = request.query.find("q");
      return Response{.body = found == request.query.end() ? "none" : found->second};
    });
    server_->Get("/open", Guard::kOpen, [](const Request&) { return Response{.body = "open"}; });
    server_->Get("/throws", Guard::kGuarded,
                 [](const Request&) -> Response { throw std::runtime_error("a secret"); });
  }

  httplib::Client Client() { return httplib::Client("127.0.0.1", server_->port()); }

  enum class Then : uint8_t { kWait, kHangUp };
  // The whole answer to bytes that no client library would send.
  std::string Raw(const std::string& bytes, Then then = Then::kWait) {
    const Connection connection(server_->port());
    connection.Send(bytes);
    if (then == Then::kHangUp) connection.HangUp();
    return connection.Answer();
  }

  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, PageComesWithTypeAndHeadersThatKeepItToItself) {
  const auto answer = Client().Get("/");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr("<title>Test</title>"));
  EXPECT_EQ(answer->get_header_value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(answer->get_header_value("X-Content-Type-Options"), "nosniff");
  const std::string policy = answer->get_header_value("Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_EQ(Client().Get("/index.html")->body, answer->body);
}

TEST_F(HttpServerTest, BytesThatTheBrowserHasAreNotSentAgain) {
  const auto first = Client().Get("/sub/answer.js");
  ASSERT_TRUE(first);
  const std::string etag = first->get_header_value("ETag");
  EXPECT_EQ(first->get_header_value("Cache-Control"), "no-cache");
  const auto again = Client().Get("/sub/answer.js", {{"If-None-Match", etag}});
  EXPECT_EQ(again->status, 304);
  EXPECT_TRUE(again->body.empty());
  EXPECT_EQ(Client().Get("/sub/answer.js", {{"If-None-Match", "\"other\""}})->status, 200);
}

TEST_F(HttpServerTest, HandlerGetsTheDecodedQuery) {
  EXPECT_EQ(Client().Get("/query?q=a%20b&q=second")->body, "a b");
  EXPECT_EQ(Client().Get("/query")->body, "none");
  EXPECT_EQ(Client().Get("/query")->get_header_value("Cache-Control"), "no-store");
}

TEST_F(HttpServerTest, WhatIsNotThereIsNotFound) {
  for (const char* path : {"/nothing", "/../etc/passwd", "/sub", "/sub/", "/echo"}) {
    EXPECT_EQ(Client().Get(path)->status, 404) << path;
  }
  EXPECT_EQ(Client().Post("/nothing", "{}", kJson)->status, 404);
  EXPECT_EQ(Client().Post("/index.html", "{}", kJson)->status, 404);
}

TEST_F(HttpServerTest, PostOfTheRightTypeReachesTheHandler) {
  EXPECT_EQ(Client().Post("/echo", R"({"a": 1})", kJson)->body, R"({"a": 1})");
  EXPECT_EQ(Client().Post("/echo", "{}", "application/json; charset=utf-8")->status, 200);
  EXPECT_EQ(Client().Post("/echo", "", kJson)->status, 200);
}

// What a form or a script of another site can send without being asked first.
TEST_F(HttpServerTest, PostOfAnotherTypeIsRefused) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                           "application/jsonx", ""}) {
    EXPECT_EQ(Client().Post("/echo", "{}", type)->status, 415) << type;
  }
}

// The body comes after the answer could have gone: a server that closed without reading it would
// reset the connection, and the answer with it.
TEST_F(HttpServerTest, AnswerToARefusedBodyArrives) {
  const std::string kLate = "a body of 24 bytes, late";
  for (const char* head :
       {"POST /echo HTTP/1.1\r\nContent-Type: text/plain\r\n", "POST /nothing HTTP/1.1\r\n",
        "PUT /echo HTTP/1.1\r\n", "PATCH /echo HTTP/1.1\r\n", "DELETE /echo HTTP/1.1\r\n",
        "POST /echo HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n",
        "POST /echo HTTP/1.1\r\nContent-Type: application/json\r\nRange: bytes=0-1\r\n"}) {
    const Connection connection(server_->port());
    connection.Send(absl::StrCat(head, "Host: localhost\r\nContent-Length: 24\r\n\r\n"));
    EXPECT_FALSE(connection.HasAnswer()) << head;
    connection.Send(kLate);
    EXPECT_THAT(connection.Answer(), StartsWith("HTTP/1.1 4")) << head;
  }
}

TEST_F(HttpServerTest, BodyOverTheLimitIsRefused) {
  EXPECT_EQ(Client().Post("/echo", std::string(kLimit, 'x'), kJson)->status, 200);
  EXPECT_EQ(Client().Post("/echo", std::string(kLimit + 1, 'x'), kJson)->status, 413);
}

TEST_F(HttpServerTest, BodyInChunksIsHeldToTheLimitToo) {
  auto send = [&](size_t size) {
    return Client().Post(
        "/echo",
        [size, sent = size_t{0}](size_t, httplib::DataSink& sink) mutable {
          const std::string piece(std::min<size_t>(100, size - sent), 'x');
          sent += piece.size();
          if (!sink.write(piece.data(), piece.size())) return false;
          if (sent == size) sink.done();
          return true;
        },
        kJson);
  };
  const auto small = send(kLimit);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->body.size(), kLimit);
  // The server may close while the client still writes: then there is no answer to read.
  const auto large = send(100 * kLimit);
  EXPECT_TRUE(!large || large->status == 413);
}

TEST_F(HttpServerTest, CompressedBodyIsHeldToTheLimitUnpacked) {
  httplib::Client client = Client();
  client.set_compress(true);
  EXPECT_EQ(client.Post("/echo", std::string(kLimit, 'x'), kJson)->body.size(), kLimit);
  EXPECT_EQ(client.Post("/echo", std::string(10'000'000, 'x'), kJson)->status, 413);
}

TEST_F(HttpServerTest, OtherMethodsAreRefused) {
  EXPECT_EQ(Client().Put("/echo", "{}", kJson)->status, 405);
  EXPECT_EQ(Client().Patch("/echo", "{}", kJson)->status, 405);
  EXPECT_EQ(Client().Delete("/echo", "{}", kJson)->status, 405);
  EXPECT_EQ(Client().Delete("/echo")->status, 405);
  EXPECT_EQ(Client().Options("/echo")->status, 405);
  EXPECT_EQ(Client().Head("/")->status, 200);
}

TEST_F(HttpServerTest, RangesAreRefused) {
  EXPECT_EQ(Client().Get("/", {{"Range", "bytes=0-,0-,0-"}})->status, 416);
}

TEST_F(HttpServerTest, HandlerThatThrowsTellsNothing) {
  const auto answer = Client().Get("/throws");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_THAT(answer->body, Not(HasSubstr("secret")));
  for (const auto& [name, value] : answer->headers) EXPECT_THAT(value, Not(HasSubstr("secret")));
}

TEST_F(HttpServerTest, NonsenseLeavesTheServerServing) {
  const std::string long_line(20'000, 'a');
  const std::string post =
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  for (const std::string& bytes :
       {std::string("nonsense\r\n\r\n"),
        "GET /" + long_line + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + long_line + "\r\n\r\n",
        post + "Content-Length: 99999999999999999999\r\n\r\nx",
        post + "Content-Length: -1\r\n\r\nx", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        std::string("GET /%00%0d%0aX:y HTTP/1.1\r\nHost: localhost\r\n\r\n")}) {
    EXPECT_THAT(Raw(bytes), StartsWith("HTTP/1.1 4")) << bytes.substr(0, 200);
    EXPECT_EQ(Client().Get("/open")->body, "open");
  }
  for (const std::string& bytes :
       {std::string(), std::string("\0\1\2\3\xff", 5), std::string("GET")}) {
    EXPECT_EQ(Raw(bytes, Then::kHangUp), "");
    EXPECT_EQ(Client().Get("/open")->body, "open");
  }
}

TEST_F(HttpServerTest, LoopbackUnderAnotherNameIsForbidden) {
  const std::string request = "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
  EXPECT_THAT(Raw(request), StartsWith("HTTP/1.1 403"));
}

TEST_F(HttpServerTest, TakenPortIsUnavailableAndSaysWhatToDo) {
  const std::string address = absl::StrCat("127.0.0.1:", server_->port());
  const auto second = HttpServer::Open({.address = address, .purpose = "a test", .flag = "--x"});
  EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
  EXPECT_THAT(std::string(second.status().message()),
              AllOf(HasSubstr("a test on " + address), HasSubstr("another --x address")));
}

TEST_F(HttpServerTest, AddressThatIsNoneIsUnavailable) {
  for (const char* address : {"", "here", "127.0.0.1:70000", "203.0.113.7:0"}) {
    EXPECT_TRUE(absl::IsUnavailable(HttpServer::Open({.address = address}).status())) << address;
  }
}

TEST(HttpServerOpen, CertificateThatDoesNotLoadIsUnavailable) {
  const auto opened = HttpServer::Open(
      {.address = "0.0.0.0:0", .access = {.identity = rpc::Identity{"no key", "none"}}});
  EXPECT_TRUE(absl::IsUnavailable(opened.status())) << opened.status();
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("certificate"));
}

TEST_F(HttpServerTest, UrlOfLoopbackNeedsNoToken) {
  EXPECT_EQ(server_->Url(), absl::StrCat("http://127.0.0.1:", server_->port(), "/"));
}

// On all addresses, which loopback is one of: as a client on another machine sees it.
class NetworkTest : public HttpServerTest {
 protected:
  void SetUp() override {
    auto access = NewAccess("0.0.0.0:0", Encryption::kAsNeeded);
    ASSERT_TRUE(access.ok()) << access.status();
    token_ = access->token;
    Open({.address = "0.0.0.0:0", .access = *std::move(access)});
  }
  httplib::Client Tls() {
    httplib::Client client(absl::StrCat("https://127.0.0.1:", server_->port()));
    client.enable_server_certificate_verification(false);
    return client;
  }
  std::string token_;
};

TEST_F(NetworkTest, TokenOfTheUrlBecomesACookieOutOfSight) {
  EXPECT_THAT(server_->Url(), AllOf(StartsWith("https://"), HasSubstr("/?token=" + token_)));
  const auto first = Tls().Get("/?token=" + token_);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->status, 303);
  EXPECT_EQ(first->get_header_value("Location"), "/");
  const std::string cookie = first->get_header_value("Set-Cookie");
  EXPECT_THAT(cookie, AllOf(HasSubstr(token_), HasSubstr("HttpOnly"), HasSubstr("Secure")));
  const auto second = Tls().Get("/", {{"Cookie", cookie.substr(0, cookie.find(';'))}});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, 200);
}

TEST_F(NetworkTest, RightTokenLeadsToNoOtherHost) {
  const auto answer = Tls().Get("//evil.example/?token=" + token_);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->get_header_value("Location"), "/");
}

TEST_F(NetworkTest, WithoutTokenOnlyOpenRoutesAnswer) {
  EXPECT_EQ(Tls().Get("/")->status, 401);
  EXPECT_EQ(Tls().Get("/nothing")->status, 401);
  EXPECT_EQ(Tls().Get("/?token=wrong")->status, 401);
  EXPECT_EQ(Tls().Post("/echo", "{}", kJson)->status, 401);
  EXPECT_EQ(Tls().Get("/open")->status, 200);
}

TEST_F(NetworkTest, PlainTextIsNotSpoken) { EXPECT_FALSE(Client().Get("/open")); }

TEST(NewAccess, LoopbackAndWaivedNeedNothing) {
  for (const auto& access : {NewAccess("127.0.0.1:1", Encryption::kAsNeeded),
                             NewAccess("0.0.0.0:1", Encryption::kWaived)}) {
    ASSERT_TRUE(access.ok()) << access.status();
    EXPECT_FALSE(access->identity);
    EXPECT_TRUE(access->token.empty());
  }
  EXPECT_TRUE(absl::IsInvalidArgument(NewAccess("here", Encryption::kAsNeeded).status()));
}

}  // namespace
}  // namespace moyo::web
