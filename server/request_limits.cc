#include "server/request_limits.h"

#include <cmath>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/status_macros.h"
#include "common/base/utf8.h"

namespace moyo::server {
namespace {

constexpr size_t kMaxNameBytes = 200;
constexpr size_t kMaxIdBytes = 100;
constexpr size_t kMaxErrorBytes = 64 * 1024;
constexpr size_t kMaxPathBytes = 4096;  // PATH_MAX
constexpr size_t kMaxPaths = 10'000;
constexpr size_t kMaxLeases = 10'000;
constexpr size_t kMaxSourceIds = 1'000'000;
constexpr size_t kMaxRows = 1'000'000;
constexpr size_t kHashBytes = 16;
constexpr size_t kMaxReasonBytes = 64;
constexpr size_t kMaxDetailBytes = 400;
constexpr uint32_t kSymmetries = 8;
constexpr uint32_t kMaxMoves = 65'535;  // a shard counts a game's moves in 16 bits
constexpr size_t kMaxMarks = 2048;      // of a shard's longest game, 65,535 moves
constexpr uint64_t kMaxLifetimeSeconds = uint64_t{100} * 366 * 24 * 3600;

absl::Status AtMost(const char* field, size_t size, size_t limit) {
  if (size <= limit) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("field ", field, " has ", size, " bytes or entries; at most ", limit));
}

// For text that is logged and shown. Protobuf has seen to it that it is UTF-8.
absl::Status Plain(const char* field, const std::string& text, size_t limit) {
  MOYO_RETURN_IF_ERROR(AtMost(field, text.size(), limit));
  size_t at = 0;
  while (at < text.size() && ControlCharacterBytes(std::string_view(text).substr(at)) == 0) ++at;
  if (at == text.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("field ", field, " has control characters (a line end, perhaps)"));
}

absl::Status EmptyOr(const char* field, const std::string& bytes, size_t size) {
  if (bytes.empty() || bytes.size() == size) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("field ", field, " has ", bytes.size(), " bytes; it has ", size, " or none"));
}

absl::Status CheckRow(const v1::LedgerRow& row) {
  MOYO_RETURN_IF_ERROR(Plain("reason", row.reason(), kMaxReasonBytes));
  MOYO_RETURN_IF_ERROR(AtMost("detail", row.detail().size(), kMaxDetailBytes));
  MOYO_RETURN_IF_ERROR(AtMost("marks", row.marks_size(), kMaxMarks));
  if (row.moves() > kMaxMoves) {
    return absl::InvalidArgumentError(
        absl::StrCat("field moves is ", row.moves(), "; it is at most ", kMaxMoves));
  }
  if (row.symmetry() >= kSymmetries) {
    return absl::InvalidArgumentError(
        absl::StrCat("field symmetry is ", row.symmetry(), "; it is below ", kSymmetries));
  }
  return EmptyOr("game_hash", row.game_hash(), kHashBytes);
}

}  // namespace

absl::Status CheckRequest(const v1::RegisterWorkerRequest& request) {
  return Plain("name", request.name(), kMaxNameBytes);
}

absl::Status CheckRequest(const v1::LeaseUnitRequest& request) {
  return Plain("worker_id", request.worker_id(), kMaxIdBytes);
}

absl::Status CheckRequest(const v1::FetchSourcesRequest& request) {
  return AtMost("source_ids", request.source_ids_size(), kMaxSourceIds);
}

absl::Status CheckRequest(const v1::HeartbeatRequest& request) {
  MOYO_RETURN_IF_ERROR(Plain("worker_id", request.worker_id(), kMaxIdBytes));
  MOYO_RETURN_IF_ERROR(AtMost("leases", request.leases_size(), kMaxLeases));
  for (const v1::LeaseProgress& lease : request.leases()) {
    MOYO_RETURN_IF_ERROR(Plain("lease_id", lease.lease_id(), kMaxIdBytes));
  }
  if (std::isfinite(request.games_per_second())) return absl::OkStatus();
  return absl::InvalidArgumentError("field games_per_second is no number");
}

absl::Status CheckRequest(const v1::CommitUnitRequest& request) {
  MOYO_RETURN_IF_ERROR(Plain("worker_id", request.worker_id(), kMaxIdBytes));
  MOYO_RETURN_IF_ERROR(Plain("lease_id", request.lease_id(), kMaxIdBytes));
  MOYO_RETURN_IF_ERROR(Plain("run_id", request.run_id(), kMaxIdBytes));
  MOYO_RETURN_IF_ERROR(EmptyOr("shard_digest", request.shard_digest(), sizeof(Digest)));
  MOYO_RETURN_IF_ERROR(AtMost("rows", request.rows_size(), kMaxRows));
  for (const v1::LedgerRow& row : request.rows()) MOYO_RETURN_IF_ERROR(CheckRow(row));
  return absl::OkStatus();
}

absl::Status CheckRequest(const v1::ReleaseUnitRequest& request) {
  MOYO_RETURN_IF_ERROR(Plain("worker_id", request.worker_id(), kMaxIdBytes));
  MOYO_RETURN_IF_ERROR(Plain("lease_id", request.lease_id(), kMaxIdBytes));
  MOYO_RETURN_IF_ERROR(Plain("run_id", request.run_id(), kMaxIdBytes));
  // Free text: see OneLine.
  return AtMost("error", request.error().size(), kMaxErrorBytes);
}

absl::Status CheckRequest(const v1::GetUploadRequest&) { return absl::OkStatus(); }

absl::Status CheckRequest(const v1::DownloadShardRequest&) { return absl::OkStatus(); }

absl::Status CheckRequest(const v1::GetManifestRequest&) { return absl::OkStatus(); }

absl::Status CheckRequest(const v1::ReportProgressRequest& request) {
  const v1::TrainingProgress& progress = request.progress();
  MOYO_RETURN_IF_ERROR(Plain("trainer", progress.trainer(), kMaxNameBytes));
  // Free text: see TrainingRecord.
  MOYO_RETURN_IF_ERROR(AtMost("error", progress.error().size(), kMaxErrorBytes));
  return EmptyOr("dataset_digest", progress.dataset_digest(), sizeof(Digest));
}

absl::Status CheckRequest(const v1::GetStatusRequest&) { return absl::OkStatus(); }

absl::Status CheckRequest(const v1::ListLedgerRequest& request) {
  if (v1::GameState_IsValid(request.state())) return absl::OkStatus();
  return absl::InvalidArgumentError("field state is no GameState");
}

absl::Status CheckRequest(const v1::AddSourcesRequest& request) {
  MOYO_RETURN_IF_ERROR(AtMost("paths", request.paths_size(), kMaxPaths));
  if (request.paths().empty()) return absl::InvalidArgumentError("no path was given");
  for (const std::string& path : request.paths()) {
    MOYO_RETURN_IF_ERROR(AtMost("paths", path.size(), kMaxPathBytes));
    if (path.empty() || path.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError("field paths has a path that no file can have");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRequest(const v1::AddTokenRequest& request) {
  MOYO_RETURN_IF_ERROR(Plain("name", request.name(), kMaxNameBytes));
  if (request.lifetime_seconds() <= kMaxLifetimeSeconds) return absl::OkStatus();
  return absl::InvalidArgumentError("field lifetime_seconds is over 100 years");
}

absl::Status CheckRequest(const v1::ListTokensRequest&) { return absl::OkStatus(); }

absl::Status CheckRequest(const v1::RevokeTokenRequest& request) {
  return Plain("name", request.name(), kMaxNameBytes);
}

}  // namespace moyo::server
