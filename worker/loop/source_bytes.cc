#include "worker/loop/source_bytes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/digest.h"
#include "common/base/files.h"

namespace moyo::worker {
namespace {

constexpr uint64_t kLocalReadBytes = 4 << 20;

bool HasContent(const v1::Source& source, std::string_view bytes) {
  return bytes.size() == source.length_bytes() &&
         ToBytes(Hash128Of(bytes)) == source.content_hash();
}

// In pieces, so that a slow disk shows progress.
std::optional<std::string> ReadLocal(const v1::Source& source, ReadCounters& counters) {
  if (!source.member().empty()) return std::nullopt;
  std::string bytes;
  do {
    const uint64_t piece = std::min(kLocalReadBytes, source.length_bytes() - bytes.size());
    const auto read = ReadFileRange(source.path(), source.offset() + bytes.size(), piece);
    if (!read.ok()) return std::nullopt;
    bytes += *read;
    counters.bytes_read += read->size();
  } while (bytes.size() < source.length_bytes());
  if (!HasContent(source, bytes)) return std::nullopt;
  return bytes;
}

// Sources [begin, end) over the network, in one stream.
class Fetcher {
 public:
  Fetcher(const v1::Lease& lease, int begin, int end, ReadCounters& counters,
          absl::FunctionRef<bool(const v1::Source&, const SourceContent&)> receive)
      : lease_(lease), at_(begin), end_(end), counters_(counters), receive_(receive) {}

  absl::Status Run(CoordinatorClient& client) {
    v1::FetchSourcesRequest request;
    request.set_unit_id(lease_.unit_id());
    request.set_fencing_token(lease_.fencing_token());
    for (int i = at_; i < end_; ++i) request.add_source_ids(lease_.sources(i).source_id());
    const absl::Status status =
        client.Fetch(request, [this](v1::FetchSourcesResponse& message) { return Take(message); });
    if (!problem_.ok()) return problem_;
    if (!status.ok()) return status;
    if (at_ < end_) return absl::UnavailableError("the server's stream of sources ended early");
    return absl::OkStatus();
  }

 private:
  bool Take(v1::FetchSourcesResponse& message) {
    if (at_ >= end_ || message.source_id() != lease_.sources(at_).source_id()) {
      problem_ = absl::DataLossError("the server sent a source that was not asked for");
      return false;
    }
    const v1::Source& source = lease_.sources(at_);
    counters_.bytes_read += message.data().size();
    counters_.fetched_bytes += message.data().size();
    // Never more in memory than was catalogued; one byte more shows that it is another content.
    const size_t room = source.length_bytes() + 1 - bytes_.size();
    bytes_.append(message.data(), 0, std::min(room, message.data().size()));
    if (!message.last() && message.error().empty()) return true;
    SourceContent content{.bytes = bytes_, .error = message.error()};
    if (content.error.empty() && !HasContent(source, bytes_)) {
      content.error = "changed since it was catalogued";
    }
    ++at_;
    if (!receive_(source, content)) {
      problem_ = absl::CancelledError("stopped");
      return false;
    }
    bytes_.clear();
    return true;
  }

  const v1::Lease& lease_;
  int at_;
  const int end_;
  ReadCounters& counters_;
  absl::FunctionRef<bool(const v1::Source&, const SourceContent&)> receive_;
  std::string bytes_;
  absl::Status problem_;
};

}  // namespace

absl::Status ForEachSource(
    CoordinatorClient& client, const v1::Lease& lease, LocalFiles local, ReadCounters& counters,
    absl::FunctionRef<bool(const v1::Source&, const SourceContent&)> receive) {
  for (int at = 0; at < lease.sources_size(); ++at) {
    std::optional<std::string> bytes;
    if (local == LocalFiles::kUse) bytes = ReadLocal(lease.sources(at), counters);
    if (!bytes.has_value()) {
      // What this machine lacks it mostly lacks to the end: members of one archive, another file
      // system.
      return Fetcher(lease, at, lease.sources_size(), counters, receive).Run(client);
    }
    if (!receive(lease.sources(at), {.bytes = *bytes, .error = ""})) {
      return absl::CancelledError("stopped");
    }
  }
  return absl::OkStatus();
}

}  // namespace moyo::worker
