// `moyo-trainer report`: how a run went and how well its network foretells the games that it was
// held from, as JSON and as a page that needs nothing else. It works on the files of a run
// directory, so a run that is finished or still trains is no different.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

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

// Gives `take` the JSON object: what GameEvaluationJson has, then "run" and "curve" (README.md).
// Writes the page after that, where one is asked for, whatever `take` returned: what fails of the
// two costs nothing of the other. Returns the first error of both, or why there are no figures.
// NOT_FOUND: no checkpoint, no games of its dataset, or no model; says which. FAILED_PRECONDITION:
// no game was held out. DATA_LOSS: a shard is damaged.
absl::Status MakeReport(const ReportOptions& options,
                        absl::FunctionRef<absl::Status(const std::string& json)> take);

}  // namespace moyo::trainer
