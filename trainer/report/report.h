// `moyo-trainer report`: how a run went and how well its network foretells the games that it was
// held from, as JSON and as a page that needs nothing else. It works on the files of a run
// directory, so a run that is finished or still trains is no different.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace moyo::trainer {

struct ReportOptions {
  std::string run_dir = {};
  std::string shards = {};      // the folder that was trained on; empty: the cache of a server's
  std::string model = {};       // to be judged; empty: RUN_DIR/model.pt
  uint64_t positions = 20'000;  // of the validation games, about, spread over all of them
  bool average_symmetries = true;
  int threads = 0;        // 0: all CPUs of this process
  std::string html = {};  // file for the page; empty: none
};

// The JSON object: what `moyo-play eval --json` has, then "run" and "curve" (README.md). Writes the
// page, too, where one is asked for. NOT_FOUND: no checkpoint, no games of its dataset, or no
// model; says which. FAILED_PRECONDITION: no game was held out. DATA_LOSS: a shard is damaged.
absl::StatusOr<std::string> MakeReport(const ReportOptions& options);

}  // namespace moyo::trainer
