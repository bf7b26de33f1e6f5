#include "common/metrics/exposer.h"

#include <httplib.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/metrics/process_metrics.h"

namespace moyo::metrics {
namespace {

using Source = std::shared_ptr<prometheus::Collectable>;

// One request at a time on a connection, and few threads: a scrape is short, and a client that
// holds on must not keep the others out for long.
constexpr size_t kThreads = 2;
constexpr time_t kTimeoutSeconds = 5;
constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";

// Not SO_REUSEPORT, which the library would set: a taken port must be an error.
void SetSocketOptions(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

absl::Status NotServed(const std::string& address, const std::string& why) {
  return absl::UnavailableError(absl::StrCat("cannot serve metrics on ", address, ": ", why,
                                             "; choose another --metrics address"));
}

}  // namespace

// prometheus-cpp's own server gives its threads 100 KB of stack, which is less than the
// thread-local data of a process with LibTorch: it cannot start there.
struct Endpoint::Http {
  httplib::Server server;
  std::thread thread;
  int port = 0;
  absl::Mutex mutex;
  std::vector<Source> sources ABSL_GUARDED_BY(mutex);

  Http() {
    server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server.set_socket_options(SetSocketOptions);
    server.set_keep_alive_max_count(1);
    server.set_read_timeout(kTimeoutSeconds);
    server.set_write_timeout(kTimeoutSeconds);
    server.set_payload_max_length(1024);
    server.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(Collect(), kContentType);
    });
  }
  ~Http() {
    server.stop();
    if (thread.joinable()) thread.join();
  }
  // Under the lock, so that a source that was removed is not asked any more.
  std::string Collect() {
    absl::MutexLock lock(&mutex);
    std::vector<prometheus::MetricFamily> families;
    for (const Source& source : sources) {
      for (prometheus::MetricFamily& family : source->Collect()) {
        families.push_back(std::move(family));
      }
    }
    return prometheus::TextSerializer().Serialize(families);
  }
  void Add(const Source& source) {
    absl::MutexLock lock(&mutex);
    sources.push_back(source);
  }
  void Remove(const Source& source) {
    absl::MutexLock lock(&mutex);
    sources.erase(std::remove(sources.begin(), sources.end(), source), sources.end());
  }
  bool Bind(const std::string& host, int wanted) {
    port = wanted == 0 ? server.bind_to_any_port(host)
                       : (server.bind_to_port(host, wanted) ? wanted : -1);
    return port > 0;
  }
  void Start() {
    thread = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();  // else stop() could come too early
  }
};

Endpoint::Endpoint() = default;
Endpoint::~Endpoint() = default;

absl::StatusOr<std::unique_ptr<Endpoint>> Endpoint::Open(const std::string& address,
                                                         const std::string& program) {
  std::unique_ptr<Endpoint> endpoint(new Endpoint());
  endpoint->registry_ = std::make_shared<prometheus::Registry>();
  endpoint->process_ = std::make_shared<ProcessMetrics>(program);
  if (address.empty()) return endpoint;
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port > 65535) {
    return NotServed(address, "it is not HOST:PORT");
  }
  endpoint->http_ = std::make_unique<Http>();
  endpoint->http_->Add(endpoint->registry_);
  endpoint->http_->Add(endpoint->process_);
  errno = 0;
  if (!endpoint->http_->Bind(address.substr(0, colon), static_cast<int>(port))) {
    return NotServed(address, errno == 0 ? "no such address here" : std::strerror(errno));
  }
  endpoint->http_->Start();
  return endpoint;
}

void Endpoint::WatchDisk(const std::string& folder) { process_->WatchDisk(folder); }

void Endpoint::AddSource(const Source& source) {
  if (http_ != nullptr) http_->Add(source);
}

void Endpoint::RemoveSource(const Source& source) {
  if (http_ != nullptr) http_->Remove(source);
}

int Endpoint::port() const { return http_ == nullptr ? 0 : http_->port; }

}  // namespace moyo::metrics
