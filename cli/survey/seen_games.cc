#include "cli/survey/seen_games.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace moyo::cli {
namespace {

constexpr size_t kFirstEntries = 16;
constexpr uint32_t kSymmetryBits = 3;

}  // namespace

bool SeenGames::Entry::HasHashOf(const Entry& other) const {
  return first == other.first && second == other.second &&
         third_and_symmetry >> kSymmetryBits == other.third_and_symmetry >> kSymmetryBits;
}

SeenGames::Entry SeenGames::EntryOf(const go::GameIdentity& game) {
  uint32_t words[3];
  std::memcpy(words, game.hash.data(), sizeof(words));
  // No entry is empty.
  return {std::max(words[0], 1u), words[1], words[2] << kSymmetryBits | game.symmetry};
}

SeenGames::Answer SeenGames::Add(const go::GameIdentity& game) {
  const Entry wanted = EntryOf(game);
  Part& part = parts_[wanted.second % kParts];
  if (part.used * 6 >= part.entries.size() * 5 && !full()) Grow(part);
  if (part.entries.empty()) return Answer::kNew;
  Entry& entry = Find(part.entries, wanted);
  if (!entry.IsEmpty()) {
    return entry.third_and_symmetry == wanted.third_and_symmetry ? Answer::kIdentical
                                                                 : Answer::kSymmetric;
  }
  if (full()) return Answer::kNew;
  entry = wanted;
  ++part.used;
  ++games_;
  return Answer::kNew;
}

// The entry with that hash, or the empty one where it belongs: there is always one.
SeenGames::Entry& SeenGames::Find(std::vector<Entry>& entries, const Entry& wanted) {
  size_t at = static_cast<uint64_t>(wanted.first) * entries.size() >> 32;
  while (!entries[at].IsEmpty() && !entries[at].HasHashOf(wanted)) {
    at = at + 1 == entries.size() ? 0 : at + 1;
  }
  return entries[at];
}

void SeenGames::Grow(Part& part) {
  std::vector<Entry> larger(std::max(kFirstEntries, part.entries.size() * 3 / 2));
  for (const Entry& entry : part.entries) {
    if (!entry.IsEmpty()) Find(larger, entry) = entry;
  }
  part.entries = std::move(larger);
}

}  // namespace moyo::cli
