// moyo-server backup: a run directory that a server can go on from, copied while one works on it.
#pragma once

#include <string>

namespace moyo::server {

struct BackupOptions {
  std::string run_dir;
  // Must not be there. The copy is made in `out`.part, where what a backup that was cut off left
  // gives way, and nothing else.
  std::string out;
};

// Returns the exit code; a failure is one line on stderr, and leaves nothing under `out`.
int RunBackup(const BackupOptions& options);

}  // namespace moyo::server
