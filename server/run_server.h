// The server program behind its flags.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/filter_flags.h"

namespace moyo::server {

struct ServerOptions {
  std::string run_dir;
  std::string listen;
  std::vector<std::string> games;  // empty: serve what the run directory holds
  uint64_t limit_games = 0;        // 0: none
  uint32_t games_per_shard = 500;
  // Unset: as the run directory has them, else the defaults. They decide what the dataset holds, so
  // a run directory keeps those it began with.
  std::optional<std::string> duplicates;  // drop or keep
  std::optional<uint32_t> min_moves;      // 30
  std::optional<uint32_t> max_moves;      // 1000
  std::optional<uint32_t> board_size;     // 0: all
  FilterTexts filters;
  uint32_t lease_seconds = 60;
  uint32_t max_attempts = 3;
  double backup_after_seconds = 2;  // 0: no backups
  uint32_t recheck_percent = 0;
  std::string metrics;    // HOST:PORT; empty: none
  std::string web;        // HOST:PORT of the training page; empty: none
  bool insecure = false;  // off loopback: plain text, no tokens
  std::string
      advertise;  // HOST:PORT of join codes; empty: as it listens. Port 0: the one listened on
};

// Serves until SIGINT or SIGTERM, or until the disk fails in a way that only a restart mends
// (Store::SyncFailure); returns the exit code (0 done, 1 failed, kWrongUsage, kRunInUse).
// A failure is one line on stderr.
int RunServer(const ServerOptions& options);

}  // namespace moyo::server
