// A GTP program as a child process: a command in, its answer out, each with a deadline.
//
//   MOYO_ASSIGN_OR_RETURN(auto program, GtpProcess::Start("gnugo --mode gtp", "gnugo.log"));
//   MOYO_ASSIGN_OR_RETURN(std::string vertex, program->Say("genmove b", absl::Seconds(60)));
//
// SIGPIPE is ignored in this process from the first Start on: a program that ended shows as an
// error of Say.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace moyo::play {

// Not thread-safe. The child is killed when the thread that started it ends.
class GtpProcess {
 public:
  static constexpr size_t kMaxAnswerBytes = size_t{1} << 20;

  // Runs `command` by /bin/sh in a process group of its own; its stderr is appended to `log_path`.
  // A command that cannot be run shows at the first Say.
  static absl::StatusOr<std::unique_ptr<GtpProcess>> Start(const std::string& command,
                                                           const std::string& log_path);
  // Closes the program's input, gives it two seconds to end, then kills its process group.
  ~GtpProcess();
  GtpProcess(const GtpProcess&) = delete;
  GtpProcess& operator=(const GtpProcess&) = delete;

  // The answer without "=", id and surrounding white space; lines that are no answer are skipped.
  // INVALID_ARGUMENT: the program answered "?"; the message is its own. UNAVAILABLE: it has ended.
  // DEADLINE_EXCEEDED: no whole answer in time. RESOURCE_EXHAUSTED: more than kMaxAnswerBytes.
  // After the last three the conversation is over.
  absl::StatusOr<std::string> Say(const std::string& line, absl::Duration timeout);

 private:
  GtpProcess(std::string command, std::string log_path, pid_t pid, int in, int out)
      : command_(std::move(command)),
        log_path_(std::move(log_path)),
        pid_(pid),
        in_(in),
        out_(out) {}
  absl::Status Write(const std::string& text, absl::Time deadline);
  // One line, without its end.
  absl::StatusOr<std::string> ReadLine(absl::Time deadline);
  absl::Status Over(absl::StatusCode code, const std::string& what) const;

  const std::string command_;
  const std::string log_path_;
  const pid_t pid_;
  int in_;   // to the program
  int out_;  // from it
  std::string buffer_;
};

}  // namespace moyo::play
