// Child processes: started with their output in a log file, watched, stopped, and never left
// behind.
//
//   MOYO_ASSIGN_OR_RETURN(auto child, Child::Start({.argv = {"/usr/bin/x"}, .log_path = "x.log"}));
//   while (child->Poll()) { ... }                     // running
//   if (child->exit_code() != 0) LastLogLine("x.log")
//
// A child stands in its own process group (Ctrl-C reaches only the parent, which stops children in
// order) and is killed by the kernel when the thread that started it ends: start children from the
// main thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace moyo::cli {

struct ChildSpec {
  std::vector<std::string> argv;  // argv[0]: the program's path
  std::string log_path;           // stdout and stderr, appended
};

// Not thread-safe.
class Child {
 public:
  // NOT_FOUND: the program is not there or not executable.
  static absl::StatusOr<std::unique_ptr<Child>> Start(const ChildSpec& spec);
  // Kills what still runs.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // True while it runs. Notes the peak memory; call it every now and then.
  bool Poll();
  void Signal(int signal_number);
  // SIGTERM, once: a second one would tell a program to drop what it is finishing.
  void AskToEnd();
  // AskToEnd, then SIGKILL after `patience`. Returns when it has ended.
  void Stop(absl::Duration patience);

  pid_t pid() const { return pid_; }
  // After the end: 0..255, or 128 + the signal's number.
  int exit_code() const { return exit_code_; }
  bool killed_by_signal() const { return killed_by_signal_; }
  // "exit code 1", "signal 9 (Killed)".
  std::string EndText() const;
  uint64_t peak_rss_bytes() const { return peak_rss_bytes_; }
  // Where the log ended when this child was started.
  uint64_t log_begin() const { return log_begin_; }

 private:
  Child(pid_t pid, uint64_t log_begin, uint64_t parent_rss_bytes)
      : pid_(pid), log_begin_(log_begin), parent_rss_bytes_(parent_rss_bytes) {}
  // Reaps it if it has ended; waits for that when `block`.
  void Reap(bool block);

  pid_t pid_;
  bool asked_to_end_ = false;
  uint64_t log_begin_;
  uint64_t parent_rss_bytes_;
  bool running_ = true;
  int exit_code_ = -1;
  bool killed_by_signal_ = false;
  uint64_t peak_rss_bytes_ = 0;
};

// The folder of this program, where its siblings lie.
std::string ProgramFolder();

// The log from `begin` on (at most its last 64 KiB); empty when there is none.
std::string LogTail(const std::string& log_path, uint64_t begin);
// Its last line that is not blank; empty when there is none.
std::string LastLogLine(const std::string& log_path, uint64_t begin);

}  // namespace moyo::cli
