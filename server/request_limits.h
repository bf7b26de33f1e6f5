// What every request is held to before it is looked at: sizes, lengths of lists and texts, values
// of enums. Pure. INVALID_ARGUMENT names the field and the limit.
//
// These bound what one call can make the server keep, log or do; whether the ids in it are right is
// the coordinator's to say. Text that people will see has no control characters; what is free text
// (errors, a game's detail) may have them, and is shown with them escaped.
#pragma once

#include "absl/status/status.h"
#include "moyo/v1/admin.pb.h"
#include "moyo/v1/shard.pb.h"
#include "moyo/v1/training.pb.h"
#include "moyo/v1/work.pb.h"

namespace moyo::server {

absl::Status CheckRequest(const v1::RegisterWorkerRequest& request);
absl::Status CheckRequest(const v1::LeaseUnitRequest& request);
absl::Status CheckRequest(const v1::FetchSourcesRequest& request);
absl::Status CheckRequest(const v1::HeartbeatRequest& request);
absl::Status CheckRequest(const v1::CommitUnitRequest& request);
absl::Status CheckRequest(const v1::ReleaseUnitRequest& request);
absl::Status CheckRequest(const v1::GetUploadRequest& request);
absl::Status CheckRequest(const v1::DownloadShardRequest& request);
absl::Status CheckRequest(const v1::GetManifestRequest& request);
absl::Status CheckRequest(const v1::ReportProgressRequest& request);
absl::Status CheckRequest(const v1::GetStatusRequest& request);
absl::Status CheckRequest(const v1::ListLedgerRequest& request);
absl::Status CheckRequest(const v1::AddSourcesRequest& request);
absl::Status CheckRequest(const v1::AddTokenRequest& request);
absl::Status CheckRequest(const v1::ListTokensRequest& request);
absl::Status CheckRequest(const v1::RevokeTokenRequest& request);

}  // namespace moyo::server
