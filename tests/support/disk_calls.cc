#include "tests/support/disk_calls.h"

#include <dlfcn.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <optional>
#include <utility>

namespace moyo::test {
namespace {

struct Record {
  std::mutex mutex;
  bool is_on = false;
  std::vector<std::string> calls;
  std::string failing;
  int failing_errno = 0;
  std::string unwritable;
  int unwritable_errno = 0;
};

// Never destroyed: files are written after the end of main, too.
Record& TheRecord() {
  static Record& record = *new Record;
  return record;
}

// Numbers around ".tmp" change from run to run.
std::string ShortName(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  std::string name = path.substr(path.rfind('/') + 1);
  size_t temporary = name.find(".tmp");
  if (temporary == std::string::npos) return name;
  const size_t digits = name.find_last_not_of("0123456789", temporary - 1);
  if (digits != std::string::npos && name[digits] == '.') temporary = digits;
  return name.substr(0, temporary) + ".tmp";
}

// Nothing for what is no file or folder: sockets, pipes, terminals.
std::optional<std::string> NameOf(int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0) return std::nullopt;
  if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return std::nullopt;
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = readlink(link.c_str(), path, sizeof(path));
  if (length <= 0) return std::nullopt;
  return ShortName(std::string(path, length)) + (S_ISDIR(info.st_mode) ? "/" : "");
}

void Note(std::string call) {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  const bool is_repeated = !record.calls.empty() && record.calls.back() == call;
  if (record.is_on && !(is_repeated && call.starts_with("write "))) {
    record.calls.push_back(std::move(call));
  }
}

bool IsOn() {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  return record.is_on;
}

// The error that the sync of this name is to end with, once; 0: none.
int TakeFailure(const std::string& name) {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  if (record.failing != name) return 0;
  record.failing.clear();
  return record.failing_errno;
}

// The C library's function of that name.
template <typename Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// The error that writes to this name end with; 0: none.
int WriteFailure(const std::string& name) {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  return record.unwritable == name ? record.unwritable_errno : 0;
}

// False, with errno, for a write that is to fail.
bool MayWrite(int fd) {
  if (!IsOn()) return true;
  const std::optional<std::string> name = NameOf(fd);
  if (!name) return true;
  if (const int error = WriteFailure(*name); error != 0) {
    errno = error;
    return false;
  }
  Note("write " + *name);
  return true;
}

int Sync(int fd, const char* function) {
  if (IsOn()) {
    if (const std::optional<std::string> name = NameOf(fd)) {
      if (const int error = TakeFailure(*name); error != 0) {
        errno = error;
        return -1;
      }
      Note("sync " + *name);
    }
  }
  return Real<int(int)>(function)(fd);
}

}  // namespace

DiskCalls::DiskCalls() {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  if (std::exchange(record.is_on, true)) std::abort();
  record.calls.clear();
}

DiskCalls::~DiskCalls() {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  record.is_on = false;
  record.failing.clear();
  record.unwritable.clear();
}

std::vector<std::string> DiskCalls::Take() {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  return std::exchange(record.calls, {});
}

void DiskCalls::FailNextSync(const std::string& name, int error) {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  record.failing = name;
  record.failing_errno = error;
}

void DiskCalls::FailWrites(const std::string& name, int error) {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  record.unwritable = name;
  record.unwritable_errno = error;
}

}  // namespace moyo::test

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  if (!moyo::test::MayWrite(fd)) return -1;
  return moyo::test::Real<ssize_t(int, const void*, size_t)>("write")(fd, bytes, size);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  if (!moyo::test::MayWrite(fd)) return -1;
  return moyo::test::Real<ssize_t(int, const void*, size_t, off_t)>("pwrite")(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  if (!moyo::test::MayWrite(fd)) return -1;
  return moyo::test::Real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64")(fd, bytes, size,
                                                                                  at);
}

int fsync(int fd) { return moyo::test::Sync(fd, "fsync"); }

int fdatasync(int fd) { return moyo::test::Sync(fd, "fdatasync"); }

int rename(const char* from, const char* to) noexcept {
  moyo::test::Note("rename " + moyo::test::ShortName(from) + " " + moyo::test::ShortName(to));
  return moyo::test::Real<int(const char*, const char*)>("rename")(from, to);
}

int unlink(const char* path) noexcept {
  moyo::test::Note("unlink " + moyo::test::ShortName(path));
  return moyo::test::Real<int(const char*)>("unlink")(path);
}

}  // extern "C"
