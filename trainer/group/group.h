// Trainers that learn together: the ranks, and what they say to each other. For trainer/ only:
// includes Torch.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trainer/group/group_options.h"

namespace moyo::trainer {

// The ranks 0..size-1, of which this process is one. All make the same calls in the same order;
// each waits for the others. Not thread-safe. Each call's error is UNAVAILABLE: a rank is lost, and
// the group is of no use any more. SIGPIPE must be ignored, as InstallShutdownHandlers does: gloo
// may write to a rank that has just ended.
class Group {
 public:
  virtual ~Group() = default;
  int rank() const { return rank_; }
  int size() const { return size_; }
  bool is_first() const { return rank_ == 0; }
  // Whether a call has failed.
  bool lost() const { return lost_; }

  // In place: the sum over the ranks, the same bits on each. Contiguous tensors of equal shape.
  absl::Status Sum(torch::Tensor& tensor);
  absl::Status Sum(std::span<double> numbers);
  // What rank 0 gave, on every rank.
  absl::StatusOr<std::string> FromFirst(std::string bytes);

 protected:
  Group(int rank, int size) : rank_(rank), size_(size) {}

 private:
  // With more than one rank; they throw when one is lost.
  virtual void SumOverRanks(torch::Tensor& tensor) = 0;
  virtual void BroadcastFromFirst(torch::Tensor& tensor) = 0;
  absl::Status Lost(const std::exception& error);

  const int rank_;
  const int size_;
  bool lost_ = false;
};

// One process after the other calls it, first for the group of all ranks, then after each loss for
// that of the ranks that still answer, in their old order. Rank 0 is where the others meet: without
// it there is no going on.
class Rendezvous {
 public:
  // With one rank, nothing is listened to. UNAVAILABLE: rank 0 cannot listen there, or is not
  // reached within the patience. UNIMPLEMENTED: a build without c10d. ALREADY_EXISTS: another
  // process has this rank. INVALID_ARGUMENT: rank 0 was told another number of ranks.
  static absl::StatusOr<std::unique_ptr<Rendezvous>> Open(const GroupOptions& options);
  virtual ~Rendezvous() = default;
  // UNAVAILABLE: not all ranks came in time, rank 0 is gone, or this one came too late.
  virtual absl::StatusOr<std::unique_ptr<Group>> Next() = 0;
};

// A rank that learns alone.
std::unique_ptr<Group> MakeLoneGroup();

}  // namespace moyo::trainer
