// A library to preload (LD_PRELOAD) into a program under test: it dies at a chosen file or network
// operation, its disk is full or read-only, or its wall clock jumps, as a page shared with the
// campaign says. So nothing for tests stands in the programs, and every point between two
// operations can be hit.
//
//   MOYO_FAULT_CONTROL  file with a Control, mapped for reading and writing
//   MOYO_FAULT_FOLDER   only files below this folder count
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

enum Operation : uint32_t { kNone, kWrite, kSync, kRename, kUnlink, kSend, kRead };
enum When : uint32_t { kBefore, kAfter };

// As tests/fault/faults.py packs it.
struct Control {
  std::atomic<uint32_t> operation;  // to die at
  std::atomic<uint32_t> when;
  std::atomic<int32_t> countdown;        // dies at the one that brings it to 0
  std::atomic<int32_t> disk_errno;       // not 0: what changes files fails so
  char path_part[48];                    // of the files that count; empty: all
  std::atomic<int64_t> clock_offset_ns;  // added to the wall clock
};
constexpr int64_t kSecond = 1'000'000'000;

Control* control() {
  static Control* const mapped = [] {
    const char* path = getenv("MOYO_FAULT_CONTROL");
    // The system call: open is ours, and asks here.
    const int fd =
        path ? static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC)) : -1;
    if (fd < 0) return static_cast<Control*>(nullptr);
    void* page = mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return page == MAP_FAILED ? nullptr : static_cast<Control*>(page);
  }();
  return mapped;
}

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

long Call(long number, long a, long b, long c, long d, long e, long f) {
  static auto* const next = Next<long(long, ...)>("syscall");
  return next(number, a, b, c, d, e, f);
}

timespec TimeOf(int64_t ns) { return {ns / kSecond, ns % kSecond}; }
int64_t NanosecondsOf(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

int64_t TrueWallClock() {
  timespec now;
  Call(SYS_clock_gettime, CLOCK_REALTIME, reinterpret_cast<long>(&now), 0, 0, 0, 0);
  return NanosecondsOf(now);
}

int64_t WallClock() {
  const Control* const c = control();
  return TrueWallClock() + (c == nullptr ? 0 : c->clock_offset_ns.load());
}

// A wait until a time of the wall clock, as absl::Mutex does: by the one that jumps, also while the
// wait goes on, as the kernel would.
long WaitUntilWallClock(long word, long operation, long value, int64_t deadline, long mask) {
  constexpr int64_t kSlice = kSecond / 4;
  for (;;) {
    const int64_t left = deadline - WallClock();
    const timespec until = TimeOf(TrueWallClock() + std::clamp<int64_t>(left, 0, kSlice));
    const long result =
        Call(SYS_futex, word, operation, value, reinterpret_cast<long>(&until), 0, mask);
    if (result == 0 || errno != ETIMEDOUT || deadline <= WallClock()) return result;
  }
}

bool IsBelow(const char* path) {
  static const char* const folder = getenv("MOYO_FAULT_FOLDER");
  return folder != nullptr && strncmp(path, folder, strlen(folder)) == 0;
}

bool IsBelow(int fd, char (&path)[512]) {
  char link[64];
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof(path) - 1);
  if (length <= 0) return false;
  path[length] = '\0';
  return IsBelow(path);
}

void DieIf(Operation operation, When when, const char* path) {
  Control* const c = control();
  if (c == nullptr || c->operation != operation || c->when != when) return;
  if (operation != kSend && strstr(path, c->path_part) == nullptr) return;
  if (c->countdown.fetch_sub(1) == 1) kill(getpid(), SIGKILL);
}

bool IsArmed() {
  const Control* const c = control();
  return c != nullptr && (c->operation != kNone || c->disk_errno != 0);
}

// What changes a file: through here, so that it can fail or be the last thing that happens.
template <typename Call>
auto Change(Operation operation, const char* path, bool may_fail, Call call) -> decltype(call()) {
  DieIf(operation, kBefore, path);
  if (may_fail && control()->disk_errno != 0) {
    errno = control()->disk_errno;
    return -1;
  }
  const auto result = call();
  const int error = errno;
  DieIf(operation, kAfter, path);
  errno = error;
  return result;
}

template <typename Call>
auto ChangeOf(Operation operation, int fd, bool may_fail, Call call) -> decltype(call()) {
  char path[512];
  if (!IsArmed() || !IsBelow(fd, path)) return call();
  return Change(operation, path, may_fail, call);
}

template <typename Open>
int OpenFile(const char* path, int flags, Open open_it) {
  const bool changes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
  if (changes && IsArmed() && IsBelow(path) && control()->disk_errno != 0) {
    const int error = control()->disk_errno;
    // A full disk lets files be opened that are there.
    if (error != ENOSPC || access(path, F_OK) != 0) {
      errno = error;
      return -1;
    }
  }
  return open_it();
}

mode_t ModeOf(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
  static auto* const next = Next<ssize_t(int, const void*, size_t)>("write");
  return ChangeOf(kWrite, fd, true, [&] { return next(fd, bytes, count); });
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  static auto* const next = Next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return ChangeOf(kWrite, fd, true, [&] { return next(fd, bytes, count, offset); });
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  static auto* const next = Next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return ChangeOf(kWrite, fd, true, [&] { return next(fd, bytes, count, offset); });
}

int fsync(int fd) {
  static auto* const next = Next<int(int)>("fsync");
  return ChangeOf(kSync, fd, false, [&] { return next(fd); });
}

int fdatasync(int fd) {
  static auto* const next = Next<int(int)>("fdatasync");
  return ChangeOf(kSync, fd, false, [&] { return next(fd); });
}

int rename(const char* from, const char* to) {
  static auto* const next = Next<int(const char*, const char*)>("rename");
  if (!IsArmed() || !IsBelow(to)) return next(from, to);
  return Change(kRename, to, true, [&] { return next(from, to); });
}

int unlink(const char* path) {
  static auto* const next = Next<int(const char*)>("unlink");
  if (!IsArmed() || !IsBelow(path)) return next(path);
  // Removing works on a full disk.
  return Change(kUnlink, path, control()->disk_errno != ENOSPC, [&] { return next(path); });
}

ssize_t pread(int fd, void* bytes, size_t count, off_t offset) {
  static auto* const next = Next<ssize_t(int, void*, size_t, off_t)>("pread");
  return ChangeOf(kRead, fd, false, [&] { return next(fd, bytes, count, offset); });
}

ssize_t pread64(int fd, void* bytes, size_t count, off64_t offset) {
  static auto* const next = Next<ssize_t(int, void*, size_t, off64_t)>("pread64");
  return ChangeOf(kRead, fd, false, [&] { return next(fd, bytes, count, offset); });
}

int clock_gettime(clockid_t clock, timespec* time) {
  static auto* const next = Next<int(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, time);
  if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  const Control* const c = control();
  if (c != nullptr) *time = TimeOf(NanosecondsOf(*time) + c->clock_offset_ns);
  return result;
}

int gettimeofday(timeval* time, void*) {
  const timespec now = TimeOf(WallClock());
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* time) {
  const time_t now = WallClock() / kSecond;
  if (time != nullptr) *time = now;
  return now;
}

long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  constexpr long kByWallClock = FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME;
  const bool is_timed = number == SYS_futex && (a[1] & ~FUTEX_PRIVATE_FLAG) == kByWallClock &&
                        a[3] != 0 && control() != nullptr;
  if (!is_timed) return Call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  const int64_t deadline = NanosecondsOf(*reinterpret_cast<const timespec*>(a[3]));
  return WaitUntilWallClock(a[0], a[1], a[2], deadline, a[5]);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static auto* const next = Next<ssize_t(int, const msghdr*, int)>("sendmsg");
  if (!IsArmed()) return next(fd, message, flags);
  return Change(kSend, "", false, [&] { return next(fd, message, flags); });
}

int open(const char* path, int flags, ...) {
  static auto* const next = Next<int(const char*, int, ...)>("open");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return OpenFile(path, flags, [&] { return next(path, flags, mode); });
}

int open64(const char* path, int flags, ...) {
  static auto* const next = Next<int(const char*, int, ...)>("open64");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return OpenFile(path, flags, [&] { return next(path, flags, mode); });
}

// Before any signal is caught: a handler writes, and must not meet a static that is half made.
__attribute__((constructor)) void Prepare() {
  IsBelow("");
  const int error = errno;
  [[maybe_unused]] const ssize_t ignored = write(-1, "", 0);
  errno = error;
}

}  // extern "C"
