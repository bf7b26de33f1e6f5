#include "cli/survey/name_counter.h"

#include <algorithm>

namespace moyo::cli {
namespace {

constexpr size_t kMaxNameBytes = 96;

// UTF-8 is cut between characters.
std::string_view Cut(std::string_view name) {
  if (name.size() <= kMaxNameBytes) return name;
  size_t end = kMaxNameBytes;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  return name.substr(0, end);
}

}  // namespace

void NameCounter::Add(std::string_view name) {
  name = Cut(name);
  const absl::string_view key(name.data(), name.size());
  if (const auto found = counts_.find(key); found != counts_.end()) {
    ++found->second;
    return;
  }
  if (counts_.size() >= capacity_) ForgetRareNames();
  counts_.emplace(key, 1);
}

// Takes the middle count away from each name; at least half of them have no more than that.
void NameCounter::ForgetRareNames() {
  std::vector<uint64_t> counts;
  for (const auto& [name, count] : counts_) counts.push_back(count);
  const auto middle = counts.begin() + static_cast<ptrdiff_t>(counts.size() / 2);
  std::nth_element(counts.begin(), middle, counts.end());
  const uint64_t taken = *middle;
  undercount_ += taken;
  absl::erase_if(counts_, [taken](const auto& entry) { return entry.second <= taken; });
  for (auto& [name, count] : counts_) count -= taken;
}

std::vector<std::pair<std::string, uint64_t>> NameCounter::Top(size_t count) const {
  std::vector<std::pair<std::string, uint64_t>> names(counts_.begin(), counts_.end());
  const auto end = names.begin() + static_cast<ptrdiff_t>(std::min(count, names.size()));
  std::partial_sort(names.begin(), end, names.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  names.erase(end, names.end());
  return names;
}

}  // namespace moyo::cli
