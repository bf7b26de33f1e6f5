// In a thread sanitizer build, part of every program: lets the sanitizer see what absl::Mutex and
// absl::CondVar order. The packaged Abseil is built without it, so that its atomics tell it
// nothing, and all that a mutex guards would look like a race. gRPC's own mutexes are Abseil's, and
// come through here, too.
//
// These definitions stand before the library's and call them (dlsym, RTLD_NEXT). A lock is an
// acquire and an unlock a release of the mutex' address. Whoever unlocks also evaluates the
// conditions of those who wait, under the lock, but behind the release: what is read meanwhile does
// not count.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <string>

#include "absl/base/options.h"
#include "absl/synchronization/mutex.h"

extern "C" {  // of the sanitizer, in no header of its
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}

#define MOYO_TEXT_OF(name) #name
#define MOYO_TEXT(name) MOYO_TEXT_OF(name)

namespace moyo::test {
namespace {

// The library's function; its name as the Itanium C++ ABI mangles it, behind the namespace.
template <typename Function>
Function* Original(const char* name) {
  const std::string inner = MOYO_TEXT(ABSL_OPTION_INLINE_NAMESPACE_NAME);
  const std::string mangled = "_ZN4absl" + std::to_string(inner.size()) + inner + name;
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, mangled.c_str()));
}

struct Unseen {
  Unseen() {
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  }
  ~Unseen() {
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  }
};

// Calls the library, unseen; the mutex is released before and acquired behind, as the call does.
enum Order { kAcquire = 1, kRelease = 2 };

template <int kOrder, typename Call>
auto Through(void* mutex, Call call) {
  if constexpr ((kOrder & kRelease) != 0) __tsan_release(mutex);
  const auto result = [&] {
    const Unseen unseen;
    return call();
  }();
  if constexpr ((kOrder & kAcquire) != 0) __tsan_acquire(mutex);
  return result;
}

}  // namespace
}  // namespace moyo::test

namespace absl {
ABSL_NAMESPACE_BEGIN

using moyo::test::kAcquire;
using moyo::test::kRelease;
using moyo::test::Original;
using moyo::test::Through;

void Mutex::Lock() {
  static auto* const original = Original<void(Mutex*)>("5Mutex4LockEv");
  Through<kAcquire>(this, [&] { return original(this), true; });
}

void Mutex::Unlock() {
  static auto* const original = Original<void(Mutex*)>("5Mutex6UnlockEv");
  Through<kRelease>(this, [&] { return original(this), true; });
}

bool Mutex::TryLock() {
  static auto* const original = Original<bool(Mutex*)>("5Mutex7TryLockEv");
  const bool locked = Through<0>(this, [&] { return original(this); });
  if (locked) __tsan_acquire(this);
  return locked;
}

void Mutex::ReaderLock() {
  static auto* const original = Original<void(Mutex*)>("5Mutex10ReaderLockEv");
  Through<kAcquire>(this, [&] { return original(this), true; });
}

void Mutex::ReaderUnlock() {
  static auto* const original = Original<void(Mutex*)>("5Mutex12ReaderUnlockEv");
  Through<kRelease>(this, [&] { return original(this), true; });
}

void Mutex::Await(const Condition& condition) {
  static auto* const original =
      Original<void(Mutex*, const Condition&)>("5Mutex5AwaitERKNS0_9ConditionE");
  Through<kRelease | kAcquire>(this, [&] { return original(this, condition), true; });
}

bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  static auto* const original = Original<bool(Mutex*, const Condition&, Duration)>(
      "5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
  return Through<kRelease | kAcquire>(this, [&] { return original(this, condition, timeout); });
}

bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  static auto* const original = Original<bool(Mutex*, const Condition&, Time)>(
      "5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  return Through<kRelease | kAcquire>(this, [&] { return original(this, condition, deadline); });
}

void Mutex::LockWhen(const Condition& condition) {
  static auto* const original =
      Original<void(Mutex*, const Condition&)>("5Mutex8LockWhenERKNS0_9ConditionE");
  Through<kAcquire>(this, [&] { return original(this, condition), true; });
}

bool Mutex::LockWhenWithTimeout(const Condition& condition, Duration timeout) {
  static auto* const original = Original<bool(Mutex*, const Condition&, Duration)>(
      "5Mutex19LockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE");
  return Through<kAcquire>(this, [&] { return original(this, condition, timeout); });
}

bool Mutex::LockWhenWithDeadline(const Condition& condition, Time deadline) {
  static auto* const original = Original<bool(Mutex*, const Condition&, Time)>(
      "5Mutex20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  return Through<kAcquire>(this, [&] { return original(this, condition, deadline); });
}

void CondVar::Wait(Mutex* mutex) {
  static auto* const original = Original<void(CondVar*, Mutex*)>("7CondVar4WaitEPNS0_5MutexE");
  Through<kRelease | kAcquire>(mutex, [&] { return original(this, mutex), true; });
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  static auto* const original = Original<bool(CondVar*, Mutex*, Duration)>(
      "7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
  return Through<kRelease | kAcquire>(mutex, [&] { return original(this, mutex, timeout); });
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static auto* const original =
      Original<bool(CondVar*, Mutex*, Time)>("7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
  return Through<kRelease | kAcquire>(mutex, [&] { return original(this, mutex, deadline); });
}

ABSL_NAMESPACE_END
}  // namespace absl
