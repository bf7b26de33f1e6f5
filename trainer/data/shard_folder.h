// A folder of shard files as the dataset: what `moyo shards --out DIR` writes, without a server.
#pragma once

#include <memory>
#include <string>

#include "trainer/data/dataset_source.h"

namespace moyo::trainer {

struct ShardFolderOptions {
  std::string folder;
  std::string cache_folder;  // keeps the manifests that epochs begin with
  StartRule start;
};

// The shards that FOLDER/manifest.json names; without one, every *.npz file by name, copies of
// games and all. The folder is looked at anew for each epoch, so shards may be added (moved into
// place whole, the manifest last). First waits while the manifest says that shards are to come,
// unless the rule's number is there. NOT_FOUND: no folder, or no shard in it. DATA_LOSS: a damaged
// manifest or shard, by name.
std::unique_ptr<DatasetSource> MakeShardFolder(ShardFolderOptions options);

}  // namespace moyo::trainer
