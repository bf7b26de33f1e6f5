// The most frequent names of a stream of any length, in bounded memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace moyo::cli {

// Counts are exact while there are no more different names than fit. From then on rare names are
// forgotten (Misra and Gries, "Finding repeated elements", 1982): a count may be too low, by
// undercount() at most, and never too high. Not thread-safe.
class NameCounter {
 public:
  // Remembers between `capacity` / 2 and `capacity` names, each cut at 96 bytes. At least 2.
  explicit NameCounter(size_t capacity) : capacity_(capacity) {}

  void Add(std::string_view name);

  // By count, the same counts by name.
  std::vector<std::pair<std::string, uint64_t>> Top(size_t count) const;
  uint64_t undercount() const { return undercount_; }
  size_t names() const { return counts_.size(); }  // remembered

 private:
  void ForgetRareNames();

  const size_t capacity_;
  uint64_t undercount_ = 0;
  absl::flat_hash_map<std::string, uint64_t> counts_;
};

}  // namespace moyo::cli
