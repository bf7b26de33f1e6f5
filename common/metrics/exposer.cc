#include "common/metrics/exposer.h"

#include <httplib.h>
#include <prometheus/gauge.h>
#include <prometheus/text_serializer.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/memory.h"
#include "common/base/version.h"

namespace moyo::metrics {
namespace {

prometheus::MetricFamily GaugeFamily(const char* name, const char* help, double value) {
  prometheus::ClientMetric metric;
  metric.gauge.value = value;
  return {name, help, prometheus::MetricType::Gauge, {std::move(metric)}};
}

// Read at each scrape, so that nothing has to keep them up to date.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  explicit ProcessMetrics(std::string program) : program_(std::move(program)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    const MemoryUse use = ReadMemoryUse();
    prometheus::MetricFamily build =
        GaugeFamily("moyo_build_info", "1, labelled with the build.", 1);
    build.metric[0].label = {{"program", program_}, {"version", kReleaseVersion}};
    return {build,
            GaugeFamily("process_resident_memory_bytes", "Resident memory of this process.",
                        use.rss_bytes),
            GaugeFamily("process_virtual_memory_bytes", "Virtual memory of this process.",
                        use.vms_bytes),
            GaugeFamily("moyo_system_memory_total_bytes",
                        "Memory of the machine, or the container's limit where it is lower.",
                        use.system_total_bytes),
            GaugeFamily("moyo_system_memory_available_bytes", "Memory that is still to be had.",
                        use.system_available_bytes)};
  }

 private:
  const std::string program_;
};

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

  Http() {
    server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server.set_socket_options(SetSocketOptions);
    server.set_keep_alive_max_count(1);
    server.set_read_timeout(kTimeoutSeconds);
    server.set_write_timeout(kTimeoutSeconds);
    server.set_payload_max_length(1024);
  }
  ~Http() {
    server.stop();
    if (thread.joinable()) thread.join();
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
  endpoint->memory_ = std::make_shared<ProcessMetrics>(program);
  if (address.empty()) return endpoint;
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port > 65535) {
    return NotServed(address, "it is not HOST:PORT");
  }
  endpoint->http_ = std::make_unique<Http>();
  const auto collect = [registry = endpoint->registry_, memory = endpoint->memory_](
                           const httplib::Request&, httplib::Response& response) {
    std::vector<prometheus::MetricFamily> families = registry->Collect();
    for (prometheus::MetricFamily& family : memory->Collect()) {
      families.push_back(std::move(family));
    }
    response.set_content(prometheus::TextSerializer().Serialize(families), kContentType);
  };
  endpoint->http_->server.Get("/metrics", collect);
  errno = 0;
  if (!endpoint->http_->Bind(address.substr(0, colon), static_cast<int>(port))) {
    return NotServed(address, errno == 0 ? "no such address here" : std::strerror(errno));
  }
  endpoint->http_->Start();
  return endpoint;
}

int Endpoint::port() const { return http_ == nullptr ? 0 : http_->port; }

}  // namespace moyo::metrics
