// Which games were seen before, by hash, in 15 to 22 bytes a game.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "common/go/game_hash.h"

namespace moyo::cli {

// Not thread-safe. Compares 93 of the hash's 128 bits.
class SeenGames {
 public:
  // From the game after `max_games` different ones on, new games are not remembered.
  explicit SeenGames(uint64_t max_games) : max_games_(max_games) {}

  enum class Answer : uint8_t { kNew, kIdentical, kSymmetric };
  // Copies are told by hash and symmetry of the first game with that hash.
  Answer Add(const go::GameIdentity& game);

  bool full() const { return games_ == max_games_; }

 private:
  // In 32-bit words, so that it takes 12 bytes. All zero is an empty place.
  struct Entry {
    uint32_t first = 0;
    uint32_t second = 0;
    uint32_t third_and_symmetry = 0;  // 29 and 3 bits
    bool IsEmpty() const { return first == 0; }
    bool HasHashOf(const Entry& other) const;
  };
  // Open addressing, grown by half when five sixths full: in parts, so that growing needs little
  // memory besides.
  struct Part {
    std::vector<Entry> entries;
    size_t used = 0;
  };
  static constexpr size_t kParts = 256;

  static Entry EntryOf(const go::GameIdentity& game);
  static Entry& Find(std::vector<Entry>& entries, const Entry& wanted);
  static void Grow(Part& part);

  const uint64_t max_games_;
  uint64_t games_ = 0;
  std::array<Part, kParts> parts_;
};

}  // namespace moyo::cli
