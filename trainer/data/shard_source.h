// Finished shards, over gRPC into a local cache, as a Dataset.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/server_access.h"
#include "trainer/data/dataset.h"

namespace moyo::trainer {

struct LoadedDataset {
  std::unique_ptr<Dataset> dataset;
  std::string digest;  // 32 bytes, GetManifestResponse.dataset_digest
};

// `server` is checked (rpc::AwaitServer). Waits until the server's manifest is complete, downloads
// the shards that the cache lacks (each checked against its digest), and loads them. Rides out a
// server that is away. `on_wait` is called about once a second with a line for people. CANCELLED on
// shutdown; FAILED_PRECONDITION when the manifest holds no game; UNAUTHENTICATED,
// PERMISSION_DENIED: the server does not take the token.
absl::StatusOr<LoadedDataset> LoadFromServer(
    const rpc::ServerAccess& server, const std::string& cache_folder, double validation_percent,
    const std::function<void(const std::string&)>& on_wait);

}  // namespace moyo::trainer
