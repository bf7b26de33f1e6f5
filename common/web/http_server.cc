#include "common/web/http_server.h"

#include <httplib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/base/digest.h"
#include "common/base/status_macros.h"
#include "common/rpc/address.h"
#include "common/rpc/join_code.h"
#include "common/web/gate.h"

namespace moyo::web {
namespace {

using Handled = httplib::Server::HandlerResponse;

constexpr size_t kShownDigestBytes = 16;
// A refused body of up to this much is read all the same: to close a connection with bytes unread
// resets it, and the sender may then never see the answer (RFC 9112, 9.6).
constexpr uint64_t kDrainedBytes = uint64_t{64} << 10;
constexpr int kUndecided = -1;  // a response's status before anything has set it
constexpr char kPlain[] = "text/plain; charset=utf-8";

// Scripts, styles, pictures and requests of this server only; no frame around the page; no type
// but the one that is said. Inline styles and scripts are refused with the rest.
const httplib::Headers kHeaders = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
     "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

absl::Status NotServed(const HttpServerOptions& options, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("cannot serve ", options.purpose, " on ",
                                             options.address, ": ", why, "; choose another ",
                                             options.flag, " address"));
}

void Answer(httplib::Response& response, int status, const std::string& sentence) {
  response.status = status;
  response.set_header("Cache-Control", "no-store");
  response.set_content(sentence + "\n", kPlain);
}

Claims ClaimsOf(const httplib::Request& request) {
  return {.host = request.get_header_value("Host"),
          .authorization = request.get_header_value("Authorization"),
          .cookie = request.get_header_value("Cookie"),
          .token = request.get_param_value("token")};
}

Request Translate(const httplib::Request& request, std::string body) {
  Request out{.path = request.path, .query = {}, .body = std::move(body)};
  for (const auto& [name, value] : request.params) out.query.emplace(name, value);
  return out;
}

bool IsOfType(const httplib::Request& request, const std::string& content_type) {
  const std::string given = request.get_header_value("Content-Type");
  return absl::EqualsIgnoreCase(given.substr(0, given.find(';')), content_type);
}

// The methods whose bodies are read, by Take.
bool HasBody(absl::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE";
}

// Reads the rest of a request whose answer stands.
void Drain(const httplib::Request& request, httplib::Response& response,
           const httplib::ContentReader& read) {
  const int status = response.status;
  const auto forget = [](const char*, size_t) { return true; };
  if (request.is_multipart_form_data()) {
    read([](const httplib::MultipartFormData&) { return true; }, forget);
  } else {
    read(forget);
  }
  response.status = status;  // where the body is damaged too, the library has set another
}

}  // namespace

absl::StatusOr<Access> NewAccess(const std::string& address, Encryption encryption) {
  MOYO_ASSIGN_OR_RETURN(const rpc::HostPort split, rpc::SplitAddress(address));
  if (rpc::IsLoopback(address) || encryption == Encryption::kWaived) return Access();
  std::vector<std::string> names = rpc::OwnAddresses();
  names.push_back(rpc::OwnHostName());
  if (!rpc::IsWildcard(split.host)) names.push_back(split.host);
  MOYO_ASSIGN_OR_RETURN(rpc::Identity identity, rpc::MakeIdentity(names));
  MOYO_ASSIGN_OR_RETURN(const std::string token, rpc::NewToken());
  return Access{.identity = std::move(identity), .token = absl::WebSafeBase64Escape(token)};
}

struct HttpServer::Impl {
  struct Route {
    Guard guard = Guard::kGuarded;
    Handler handler = {};
    PostLimits limits = {};  // of POST
    // Of an asset: its bytes instead of a handler.
    std::optional<Asset> asset = {};
    std::string etag = {};
  };
  using Routes = absl::flat_hash_map<std::string, std::shared_ptr<const Route>>;

  const HttpServerOptions options;
  const std::string host;
  std::unique_ptr<httplib::Server> http;
  socket_t listener = INVALID_SOCKET;  // of `http`, which closes it
  std::unique_ptr<Gate> gate;
  int port = 0;
  absl::Mutex mutex;
  Routes gets ABSL_GUARDED_BY(mutex);
  Routes posts ABSL_GUARDED_BY(mutex);
  std::thread thread;

  Impl(HttpServerOptions given, std::string host)
      : options(std::move(given)), host(std::move(host)) {}
  ~Impl() {
    if (http != nullptr) http->stop();
    if (thread.joinable()) thread.join();
  }

  static std::string TooLarge(const Route& route) {
    return absl::StrCat("This takes at most ", route.limits.max_body_bytes, " bytes.");
  }
  void MakeHttp();
  bool Bind(int wanted);
  void Start();
  std::shared_ptr<const Route> Find(const Routes& routes, const std::string& path)
      ABSL_SHARED_LOCKS_REQUIRED(mutex);
  // False, with the answer, for a request that may not enter.
  bool Enter(const httplib::Request& request, bool known, httplib::Response& response);
  // Not SO_REUSEPORT, which the library would set: a taken port must be an error.
  void SetSocketOptions(socket_t socket);
  // What of a request can be answered before its body is read. Unhandled with a status: refused,
  // and its body is to be drained.
  Handled Decide(const httplib::Request& request, httplib::Response& response);
  // Sets an answer unless the request is a POST to be taken.
  void Judge(const httplib::Request& request, httplib::Response& response);
  void Send(Response answer, httplib::Response& response);
  void Serve(const Route& route, const httplib::Request& request, httplib::Response& response);
  void Take(const httplib::Request& request, httplib::Response& response,
            const httplib::ContentReader& read);
};

void HttpServer::Impl::SetSocketOptions(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  listener = socket;
}

void HttpServer::Impl::MakeHttp() {
  if (options.access.identity) {
    http = std::make_unique<httplib::SSLServer>([this](SSL_CTX& context) {
      return rpc::UseIdentity(*options.access.identity, &context).ok();
    });
  } else {
    http = std::make_unique<httplib::Server>();
  }
  const size_t threads = options.threads;
  http->new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  http->set_socket_options([this](socket_t socket) { SetSocketOptions(socket); });
  http->set_keep_alive_max_count(1);
  http->set_read_timeout(absl::ToInt64Seconds(options.timeout));
  http->set_write_timeout(absl::ToInt64Seconds(options.timeout));
  http->set_default_headers(kHeaders);
  // The library would put the exception's text into a header.
  http->set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
        Answer(response, 500, "The server failed at this request.");
      });
  // Everything is decided before a body is read: large ones that nobody asked for are never read.
  http->set_pre_routing_handler(
      [this](const httplib::Request& request, httplib::Response& response) {
        return Decide(request, response);
      });
  const auto take = [this](const httplib::Request& request, httplib::Response& response,
                           const httplib::ContentReader& read) { Take(request, response, read); };
  http->Post("/.*", take);
  http->Put("/.*", take);
  http->Patch("/.*", take);
  http->Delete("/.*", take);
}

bool HttpServer::Impl::Bind(int wanted) {
  port =
      wanted == 0 ? http->bind_to_any_port(host) : (http->bind_to_port(host, wanted) ? wanted : -1);
  // The library lets five connections wait; a page of many parts opens more at once.
  return port > 0 && ::listen(listener, SOMAXCONN) == 0;
}

void HttpServer::Impl::Start() {
  const bool on_loopback = rpc::IsLoopback(options.address);
  const Gate::Reach reach = on_loopback                    ? Gate::Reach::kLoopback
                            : options.access.token.empty() ? Gate::Reach::kOpen
                                                           : Gate::Reach::kToken;
  gate = !on_loopback && options.access.knows != nullptr
             ? std::make_unique<Gate>(options.access.knows, port)
             : std::make_unique<Gate>(reach, options.access.token, port);
  thread = std::thread([this] { http->listen_after_bind(); });
  while (!http->is_running()) std::this_thread::yield();  // else stop() could come too early
}

std::shared_ptr<const HttpServer::Impl::Route> HttpServer::Impl::Find(const Routes& routes,
                                                                      const std::string& path) {
  const auto found = routes.find(path);
  return found == routes.end() ? nullptr : found->second;
}

bool HttpServer::Impl::Enter(const httplib::Request& request, bool known,
                             httplib::Response& response) {
  switch (gate->Judge(ClaimsOf(request))) {
    case Verdict::kEnter:
      return true;
    case Verdict::kKeepToken:
      response.set_header("Set-Cookie", gate->Cookie());
      response.set_header("Cache-Control", "no-store");
      // Out of sight: the token shall not stand in the address bar or the history. To a path of
      // ours only: "//elsewhere/" would be another host.
      response.set_redirect(known ? request.path : "/", 303);
      return false;
    case Verdict::kNoToken:
      Answer(response, 401,
             options.access.knows == nullptr
                 ? "This page asks for a token. Open the whole address that the program printed."
                 : "This asks for a token: sign in on the page, or send it as a bearer.");
      return false;
    case Verdict::kStrangeHost:
      Answer(response, 403, "This server answers to the names of this machine only.");
      return false;
  }
  return false;
}

Handled HttpServer::Impl::Decide(const httplib::Request& request, httplib::Response& response) {
  Judge(request, response);
  const auto size = request.get_header_value<uint64_t>("Content-Length");
  const bool drain = HasBody(request.method) && size > 0 && size <= kDrainedBytes;
  return response.status == kUndecided || drain ? Handled::Unhandled : Handled::Handled;
}

void HttpServer::Impl::Judge(const httplib::Request& request, httplib::Response& response) {
  const bool is_post = request.method == "POST";
  if (!is_post && request.method != "GET" && request.method != "HEAD") {
    return Answer(response, 405, "This server knows GET and POST.");
  }
  // A range could be asked for a thousand times over in one request; no asset is large enough.
  if (request.has_header("Range")) {
    return Answer(response, 416, "This server sends whole files.");
  }
  std::shared_ptr<const Route> route;
  {
    absl::ReaderMutexLock lock(&mutex);
    route = Find(is_post ? posts : gets, request.path);
  }
  const bool open = route != nullptr && route->guard == Guard::kOpen;
  if (!open && !Enter(request, route != nullptr, response)) return;
  if (route == nullptr) {
    Answer(response, 404, "There is nothing at this address.");
  } else if (!is_post) {
    Serve(*route, request, response);
  } else if (!IsOfType(request, route->limits.content_type)) {
    Answer(response, 415, absl::StrCat("This takes ", route->limits.content_type, "."));
  } else if (request.get_header_value<uint64_t>("Content-Length") > route->limits.max_body_bytes) {
    Answer(response, 413, TooLarge(*route));
  }
}

void HttpServer::Impl::Send(Response answer, httplib::Response& response) {
  response.status = answer.status;
  response.set_header("Cache-Control", "no-store");
  if (answer.keep_token) response.set_header("Set-Cookie", gate->Cookie(*answer.keep_token));
  response.set_content(std::move(answer.body), answer.content_type);
}

void HttpServer::Impl::Serve(const Route& route, const httplib::Request& request,
                             httplib::Response& response) {
  if (!route.asset) {
    return Send(route.handler(Translate(request, "")), response);
  }
  response.set_header("Cache-Control", "no-cache");
  response.set_header("ETag", route.etag);
  if (request.get_header_value("If-None-Match") == route.etag) {
    response.status = 304;
    return;
  }
  response.status = 200;
  response.set_content(route.asset->bytes.data(), route.asset->bytes.size(),
                       std::string(ContentTypeOf(route.asset->path)));
}

void HttpServer::Impl::Take(const httplib::Request& request, httplib::Response& response,
                            const httplib::ContentReader& read) {
  if (response.status != kUndecided) return Drain(request, response, read);
  std::shared_ptr<const Route> route;
  {
    absl::ReaderMutexLock lock(&mutex);
    route = Find(posts, request.path);
  }
  const size_t limit = route->limits.max_body_bytes;
  std::string body;
  // Also what a compressed body unpacks to, and one in chunks that does not say its length.
  bool fits = true;
  const bool whole = read([&](const char* data, size_t size) {
    fits = size <= limit - body.size();
    if (fits) body.append(data, size);
    return fits;
  });
  if (!fits) return Answer(response, 413, TooLarge(*route));
  if (!whole) return Answer(response, 400, "The request's body is damaged.");
  Send(route->handler(Translate(request, std::move(body))), response);
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Open(HttpServerOptions options) {
  const absl::StatusOr<rpc::HostPort> split = rpc::SplitAddress(options.address);
  if (!split.ok()) return NotServed(options, "it is not HOST:PORT");
  int port = 0;
  if (!absl::SimpleAtoi(split->port, &port)) return NotServed(options, "it is not HOST:PORT");
  auto impl = std::make_unique<Impl>(std::move(options), split->host);
  impl->MakeHttp();
  if (!impl->http->is_valid()) return NotServed(impl->options, "its certificate does not load");
  errno = 0;
  if (!impl->Bind(port)) {
    return NotServed(impl->options, errno == 0 ? "no such address here" : std::strerror(errno));
  }
  impl->Start();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

void HttpServer::Get(const std::string& path, Guard guard, Handler handler) {
  absl::MutexLock lock(&impl_->mutex);
  impl_->gets[path] =
      std::make_shared<Impl::Route>(Impl::Route{.guard = guard, .handler = std::move(handler)});
}

void HttpServer::Post(const std::string& path, PostLimits limits, Handler handler) {
  absl::MutexLock lock(&impl_->mutex);
  impl_->posts[path] = std::make_shared<Impl::Route>(
      Impl::Route{.guard = limits.guard, .handler = std::move(handler), .limits = limits});
}

void HttpServer::AddAssets(std::span<const Asset> assets, Guard guard) {
  absl::MutexLock lock(&impl_->mutex);
  for (const Asset& asset : assets) {
    const std::string digest = Hex(ToBytes(Sha256Of(asset.bytes)));
    auto route = std::make_shared<Impl::Route>();
    route->guard = guard;
    route->asset = asset;
    route->etag = absl::StrCat("\"", digest.substr(0, kShownDigestBytes), "\"");
    if (asset.path == "/index.html") impl_->gets["/"] = route;
    impl_->gets[std::string(asset.path)] = std::move(route);
  }
}

int HttpServer::port() const { return impl_->port; }

std::string HttpServer::Url() const {
  std::string host = impl_->host;
  if (rpc::IsWildcard(host)) {
    const std::vector<std::string> addresses = rpc::OwnAddresses();
    host = addresses.empty() ? rpc::OwnHostName() : addresses.front();
  }
  const Access& access = impl_->options.access;
  return absl::StrCat(access.identity ? "https://" : "http://",
                      rpc::JoinAddress(host, absl::StrCat(impl_->port)), "/",
                      access.token.empty() ? "" : "?token=", access.token);
}

}  // namespace moyo::web
