// moyo-server backup: a run directory that a server can go on from, copied while one works on it.
#pragma once

#include <string>

namespace moyo::server {

struct BackupOptions {
  std::string run_dir;
  std::string out;  // must not be there
};

// Returns the exit code; a failure is one line on stderr, and leaves nothing under `out`.
int RunBackup(const BackupOptions& options);

}  // namespace moyo::server
