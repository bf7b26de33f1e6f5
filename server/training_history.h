// The curves of a training: what was reported, thinned so that it stays small however long it runs.
//
//   TrainingHistory history;
//   history.Load(stored);          // from the last life of the server
//   history.Add(report, now);      // once a second or so
//   history.curves();              // at most kMaxPoints of each kind, by samples
//
// Not thread-safe. Holds no clock: times are the caller's.
#pragma once

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "moyo/v1/training.pb.h"

namespace moyo::server {

class TrainingHistory {
 public:
  // When one more would come, every second point goes. From then on losses keep at least the
  // distance that is left; each validation is taken, they are rare.
  static constexpr size_t kMaxPoints = 512;

  // Empty bytes: an empty history. False, and empty, for bytes that are none.
  bool Load(const std::string& bytes);
  std::string Bytes() const { return curves_.SerializeAsString(); }

  // A report from before points that stand (a trainer that went on from its checkpoint, or began
  // anew) takes their place: they are forgotten. A validation counts when its numbers are new.
  void Add(const v1::TrainingProgress& report, absl::Time now);

  const v1::TrainingHistory& curves() const { return curves_; }

 private:
  v1::TrainingHistory curves_;
};

}  // namespace moyo::server
