#include "common/metrics/exposer.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/base/status_macros.h"
#include "common/metrics/process_metrics.h"

namespace moyo::metrics {
namespace {

using Source = std::shared_ptr<prometheus::Collectable>;

// A scrape is short.
constexpr size_t kThreads = 2;
constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

// prometheus-cpp's own server gives its threads 100 KB of stack, which is less than the
// thread-local data of a process with LibTorch: it cannot start there.
struct Endpoint::Sources {
  absl::Mutex mutex;
  std::vector<Source> sources ABSL_GUARDED_BY(mutex);

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
};

Endpoint::Endpoint() = default;
Endpoint::~Endpoint() = default;

absl::StatusOr<std::unique_ptr<Endpoint>> Endpoint::Open(const std::string& address,
                                                         const std::string& program) {
  std::unique_ptr<Endpoint> endpoint(new Endpoint());
  endpoint->registry_ = std::make_shared<prometheus::Registry>();
  endpoint->process_ = std::make_shared<ProcessMetrics>(program);
  if (address.empty()) return endpoint;
  endpoint->sources_ = std::make_unique<Sources>();
  endpoint->sources_->Add(endpoint->registry_);
  endpoint->sources_->Add(endpoint->process_);
  MOYO_ASSIGN_OR_RETURN(
      endpoint->http_,
      web::HttpServer::Open(
          {.address = address, .purpose = "metrics", .flag = "--metrics", .threads = kThreads}));
  endpoint->http_->Get(
      "/metrics", web::Guard::kOpen, [sources = endpoint->sources_.get()](const web::Request&) {
        return web::Response{.content_type = kContentType, .body = sources->Collect()};
      });
  return endpoint;
}

void Endpoint::WatchDisk(const std::string& folder) { process_->WatchDisk(folder); }

void Endpoint::AddSource(const Source& source) {
  if (sources_ != nullptr) sources_->Add(source);
}

void Endpoint::RemoveSource(const Source& source) {
  if (sources_ != nullptr) sources_->Remove(source);
}

int Endpoint::port() const { return http_ == nullptr ? 0 : http_->port(); }

}  // namespace moyo::metrics
