// Finished shards, over gRPC into a local cache.
#pragma once

#include <memory>
#include <string>

#include "common/rpc/server_access.h"
#include "trainer/data/dataset_source.h"

namespace moyo::trainer {

struct ShardSourceOptions {
  rpc::ServerAccess server;
  std::string cache_folder;  // shards by digest, manifests by dataset digest
  StartRule start;
};

// `server` is checked already (rpc::AwaitServer). Shards are downloaded when they are first read,
// and each is checked against its digest. Rides out a server that is away, except in Newest. Each
// manifest is kept beside the shards, the newest few of them, so that an epoch can end on its
// manifest after a restart. A server that was reset meanwhile is noticed (FAILED_PRECONDITION of
// Newest). UNAUTHENTICATED, PERMISSION_DENIED: the server does not take the token.
std::unique_ptr<DatasetSource> MakeShardSource(ShardSourceOptions options);

}  // namespace moyo::trainer
