#include "worker/loop/source_bytes.h"

#include <algorithm>
#include <memory>

#include "common/base/digest.h"
#include "common/base/files.h"

namespace moyo::worker {
namespace {

// Whether the bytes seen are those that were catalogued.
class ContentCheck {
 public:
  explicit ContentCheck(const v1::Source& source) : source_(source) {}

  void Update(std::string_view bytes) {
    size_bytes_ += bytes.size();
    sha_.Update(bytes);
  }
  // Another content is known before its end when there is more of it.
  bool MayHold() const { return size_bytes_ <= source_.length_bytes(); }
  bool Holds() {
    const Digest digest = sha_.Finish();
    const std::string_view hash(reinterpret_cast<const char*>(digest.data()), sizeof(Hash128));
    return size_bytes_ == source_.length_bytes() && hash == source_.content_hash();
  }

 private:
  const v1::Source& source_;
  Sha256 sha_;
  uint64_t size_bytes_ = 0;
};

enum class LocalRead : uint8_t { kDone, kNotHere, kStopped };

LocalRead ReadLocal(const v1::Source& source, ReadCounters& counters, UnitSink& sink) {
  if (!source.member().empty()) return LocalRead::kNotHere;
  ContentCheck check(source);
  sink.BeginSource(source);
  const absl::Status read = ReadFileRange(source.path(), source.offset(), source.length_bytes(),
                                          [&](std::string_view bytes) {
                                            counters.bytes_read += bytes.size();
                                            check.Update(bytes);
                                            return sink.Feed(bytes);
                                          });
  if (read.ok() && check.Holds()) {
    return sink.EndSource() ? LocalRead::kDone : LocalRead::kStopped;
  }
  sink.DropSource();
  return absl::IsCancelled(read) ? LocalRead::kStopped : LocalRead::kNotHere;
}

// Sources [begin, end) over the network, in one stream.
class Fetcher {
 public:
  Fetcher(const v1::Lease& lease, int begin, ReadCounters& counters, UnitSink& sink)
      : lease_(lease), at_(begin), counters_(counters), sink_(sink) {}

  absl::Status Run(CoordinatorClient& client) {
    v1::FetchSourcesRequest request;
    request.set_unit_id(lease_.unit_id());
    request.set_fencing_token(lease_.fencing_token());
    for (int i = at_; i < lease_.sources_size(); ++i) {
      request.add_source_ids(lease_.sources(i).source_id());
    }
    const absl::Status status =
        client.Fetch(request, [this](v1::FetchSourcesResponse& message) { return Take(message); });
    if (!problem_.ok()) return problem_;
    if (!status.ok()) return status;
    if (at_ < lease_.sources_size()) {
      return absl::UnavailableError("the server's stream of sources ended early");
    }
    return absl::OkStatus();
  }

 private:
  bool Take(const v1::FetchSourcesResponse& message) {
    if (at_ >= lease_.sources_size() || message.source_id() != lease_.sources(at_).source_id()) {
      problem_ = absl::DataLossError("the server sent a source that was not asked for");
      return false;
    }
    counters_.bytes_read += message.data().size();
    counters_.fetched_bytes += message.data().size();
    if (TakeBytes(lease_.sources(at_), message)) return true;
    problem_ = absl::CancelledError("stopped");
    return false;
  }

  bool TakeBytes(const v1::Source& source, const v1::FetchSourcesResponse& message) {
    if (check_ == nullptr) {
      check_ = std::make_unique<ContentCheck>(source);
      sink_.BeginSource(source);
    }
    check_->Update(message.data());
    if (check_->MayHold() && !sink_.Feed(message.data())) return false;
    if (!message.last() && message.error().empty()) return true;
    ++at_;
    std::string why = message.error();
    if (why.empty() && !check_->Holds()) why = "changed since it was catalogued";
    check_ = nullptr;
    return why.empty() ? sink_.EndSource() : sink_.FailSource(source, why);
  }

  const v1::Lease& lease_;
  int at_;
  ReadCounters& counters_;
  UnitSink& sink_;
  std::unique_ptr<ContentCheck> check_;  // of the open source
  absl::Status problem_;
};

}  // namespace

absl::Status ReadUnit(CoordinatorClient& client, const v1::Lease& lease, LocalFiles local,
                      ReadCounters& counters, UnitSink& sink) {
  for (int at = 0; at < lease.sources_size(); ++at) {
    const LocalRead read = local == LocalFiles::kUse ? ReadLocal(lease.sources(at), counters, sink)
                                                     : LocalRead::kNotHere;
    if (read == LocalRead::kStopped) return absl::CancelledError("stopped");
    // What this machine lacks it mostly lacks to the end: members of one archive, another file
    // system.
    if (read == LocalRead::kNotHere) return Fetcher(lease, at, counters, sink).Run(client);
  }
  return absl::OkStatus();
}

}  // namespace moyo::worker
