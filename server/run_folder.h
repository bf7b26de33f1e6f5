// RUN_DIR: its version, its one server at a time, and what it was begun with.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/files.h"
#include "moyo/v1/work.pb.h"
#include "server/run_server.h"
#include "server/store/store.h"

namespace moyo::server {

// Creates RUN_DIR with its version file, or checks the version, and takes the lock.
// FAILED_PRECONDITION: another version. ABORTED: another server has it.
absl::StatusOr<FileLock> OpenRunFolder(const std::string& run_dir);

// As the flag says; nullopt without it. INVALID_ARGUMENT: another word than drop or keep.
absl::StatusOr<std::optional<store::Duplicates>> DuplicatesOf(const ServerOptions& options);

// Stores the options that decide the dataset's content at the first start. FAILED_PRECONDITION: the
// flags ask for others than those stored.
absl::StatusOr<v1::ParseOptions> SettleParseOptions(store::Store& store,
                                                    const ServerOptions& options);

}  // namespace moyo::server
