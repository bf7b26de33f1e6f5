// The calls that bring bytes to the disk, as a test's own process makes them. A power cut cannot be
// had in a test; the order of these calls is what outlives one.
//
//   test::DiskCalls calls;
//   ASSERT_TRUE(WriteFileAtomically(folder + "/a", "bytes").ok());
//   EXPECT_THAT(calls.Take(), ElementsAre("write a.tmp", "sync a.tmp", "rename a.tmp a", "sync
//   b/"));
#pragma once

#include <cerrno>
#include <string>
#include <vector>

namespace moyo::test {

// Records from its construction to its destruction, on all threads; at most one at a time. Linking
// it puts its own write, rename and sync functions before the C library's.
class DiskCalls {
 public:
  DiskCalls();
  ~DiskCalls();
  DiskCalls(const DiskCalls&) = delete;
  DiskCalls& operator=(const DiskCalls&) = delete;

  // What was called since the last time, in order: "write NAME" (once for any number in a row),
  // "sync NAME", "rename NAME NAME", "unlink NAME". Names are those of the last part of a path, a
  // folder's with '/' at its end, a temporary file's without its numbers. Only files and folders
  // count.
  std::vector<std::string> Take();

  // The next sync of that name fails with this errno, and does nothing.
  void FailNextSync(const std::string& name, int error = EIO);
  // From now on every write to that name fails with this errno; 0: no more.
  void FailWrites(const std::string& name, int error = ENOSPC);
};

}  // namespace moyo::test
