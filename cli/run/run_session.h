// One `moyo run`: server, workers and trainer as children of this process, from the first game to
// the model.
//
//   check: the trainer is there and takes its options
//   parse: server up -> workers up -> every unit finished
//   train: trainer up -> trainer done
// Each phase ends at once where an earlier run finished it. Whatever happens, no child is left
// behind.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/progress_bar.h"
#include "cli/run/run_options.h"
#include "cli/run/summary.h"
#include "cli/run/supervised_child.h"
#include "cli/server_connection.h"

namespace moyo::cli {

// Not thread-safe; one use, on the main thread.
class RunSession {
 public:
  RunSession(const RunOptions& options, ProgressBar& progress);
  ~RunSession();  // stops the trainer, the workers, the server, in this order

  // CANCELLED: a signal; FAILED_PRECONDITION: a program gave up, or no game was accepted.
  absl::StatusOr<RunSummary> Run();

 private:
  absl::Status StartServer();
  void MakeWorkers();
  absl::Status Parse();
  absl::Status CheckParsed() const;
  absl::Status CheckTrainer() const;
  absl::Status Train();
  absl::Status WaitForTrainer(SupervisedChild& trainer);
  // One look at everything: restarts, status, peaks; false when the server gave no answer.
  absl::StatusOr<bool> Tick();
  absl::Status TickServer();
  absl::Status TickWorkers();
  absl::StatusOr<bool> TickStatus();
  // Waits for the next look; CANCELLED on a signal.
  absl::Status Pause(absl::Duration pause) const;
  void StopWorkers();
  void NoteDeath(const SupervisedChild& child, int restarts_before);
  bool TrainedBefore() const;
  std::string TrainedWith() const;
  ChildSpec TrainerSpec(const std::string& server) const;

  const RunOptions& options_;
  ProgressBar& progress_;
  RunSummary summary_;
  SupervisedChild server_;
  std::vector<std::unique_ptr<SupervisedChild>> workers_;
  std::unique_ptr<SupervisedChild> trainer_;
  std::unique_ptr<ServerConnection> connection_;
  absl::Time answered_;  // when the server last gave a status
};

}  // namespace moyo::cli
