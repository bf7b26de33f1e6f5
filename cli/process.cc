#include "cli/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/base/memory.h"
#include "common/base/status_macros.h"

namespace moyo::cli {
namespace {

constexpr uint64_t kLogTailBytes = 64 * 1024;
constexpr uint64_t kLogMaxBytes = 16 * 1024 * 1024;  // then the old log moves to LOG.1

// Between fork and exec: only calls that are safe there.
[[noreturn]] void BecomeChild(char* const* argv, int log_fd, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // the parent died before the line above
  setpgid(0, 0);
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int null_fd = open("/dev/null", O_RDONLY);
  dup2(null_fd, STDIN_FILENO);
  dup2(log_fd, STDOUT_FILENO);
  dup2(log_fd, STDERR_FILENO);
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);  // the parent's sockets and locks are not the child's
  execv(argv[0], argv);
  const char* reason = strerror(errno);
  for (const char* text :
       {"cannot start ", static_cast<const char*>(argv[0]), ": ", reason, "\n"}) {
    [[maybe_unused]] const ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
  }
  _exit(127);
}

absl::StatusOr<int> OpenLog(const std::string& path, uint64_t& size_bytes) {
  struct stat info = {};
  if (stat(path.c_str(), &info) == 0 && info.st_size > static_cast<off_t>(kLogMaxBytes)) {
    rename(path.c_str(), (path + ".1").c_str());
  }
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoStatus(errno, "open log", path);
  size_bytes = fstat(fd, &info) == 0 ? info.st_size : 0;
  return fd;
}

uint64_t ReadPeakRss(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  }
  return 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Child>> Child::Start(const ChildSpec& spec) {
  const std::string& program = spec.argv.at(0);
  if (access(program.c_str(), X_OK) != 0) {
    return absl::NotFoundError(absl::StrCat("cannot start '", program, "': ", strerror(errno),
                                            "; build or install it beside moyo"));
  }
  uint64_t log_begin = 0;
  MOYO_ASSIGN_OR_RETURN(const int log_fd, OpenLog(spec.log_path, log_begin));
  std::vector<char*> argv;
  for (const std::string& argument : spec.argv) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const uint64_t parent_rss_bytes = ReadMemoryUse().rss_bytes;
  // No signal may run the parent's handlers in the child, where they would write to the parent's
  // pipe.
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) BecomeChild(argv.data(), log_fd, parent);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  close(log_fd);
  if (pid < 0) return ErrnoStatus(error, "start", program);
  return std::unique_ptr<Child>(new Child(pid, log_begin, parent_rss_bytes));
}

Child::~Child() {
  if (!Poll()) return;
  Signal(SIGKILL);
  Reap(/*block=*/true);
}

void Child::Reap(bool block) {
  if (!running_) return;
  int status = 0;
  rusage usage = {};
  pid_t ended;
  do {
    ended = wait4(pid_, &status, block ? 0 : WNOHANG, &usage);
  } while (ended < 0 && errno == EINTR);
  if (ended == 0) return;
  running_ = false;
  killed_by_signal_ = ended == pid_ && WIFSIGNALED(status);
  exit_code_ = killed_by_signal_ ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  // The kernel counts the pages shared with the parent before exec, too: believe only what is more.
  const uint64_t total = static_cast<uint64_t>(usage.ru_maxrss) * 1024;
  if (total > parent_rss_bytes_ || peak_rss_bytes_ == 0) {
    peak_rss_bytes_ = std::max(peak_rss_bytes_, total);
  }
}

bool Child::Poll() {
  if (!running_) return false;
  peak_rss_bytes_ = std::max(peak_rss_bytes_, ReadPeakRss(pid_));
  Reap(/*block=*/false);
  return running_;
}

void Child::Signal(int signal_number) {
  if (running_) kill(pid_, signal_number);
}

void Child::AskToEnd() {
  if (!std::exchange(asked_to_end_, true)) Signal(SIGTERM);
}

void Child::Stop(absl::Duration patience) {
  if (!Poll()) return;
  AskToEnd();
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  const absl::Time deadline = Clock::Steady().Now() + patience;
  while (Poll() && Clock::Steady().Now() < deadline) {
    pollfd wait = {fd, POLLIN, 0};  // without a pidfd (an old kernel) this is a plain wait
    const int64_t left = absl::ToInt64Milliseconds(deadline - Clock::Steady().Now()) + 1;
    poll(&wait, 1, static_cast<int>(std::clamp<int64_t>(left, 1, fd < 0 ? 50 : 1000)));
  }
  if (fd >= 0) close(fd);
  Signal(SIGKILL);
  Reap(/*block=*/true);
}

std::string Child::EndText() const {
  if (!killed_by_signal_) return absl::StrCat("exit code ", exit_code_);
  const int number = exit_code_ - 128;
  return absl::StrCat("signal ", number, " (", strsignal(number), ")");
}

std::string ProgramFolder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path().string();
}

std::string LogTail(const std::string& log_path, uint64_t begin) {
  std::ifstream file(log_path, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const uint64_t size = static_cast<uint64_t>(file.tellg());
  begin = std::max(begin, size > kLogTailBytes ? size - kLogTailBytes : 0);
  if (begin >= size) return "";
  std::string text(size - begin, '\0');
  file.seekg(static_cast<std::streamoff>(begin));
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  return text;
}

std::string LastLogLine(const std::string& log_path, uint64_t begin) {
  const std::string text = LogTail(log_path, begin);
  std::string last;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty()) last = std::string(line);
  }
  return last;
}

}  // namespace moyo::cli
