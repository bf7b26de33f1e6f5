#include "common/go/game_hash.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "common/go/symmetry.h"

namespace moyo::go {
namespace {

using Text = std::vector<uint8_t>;

// One symmetry of one board size as tables; passes stay passes.
class Image {
 public:
  Image(int symmetry, int board_size) : swap_(symmetry >> 2 & 1) {
    for (uint8_t c = 0; c < x_.size(); ++c) {
      const uint8_t mirrored = board_size - 1 - c;
      const bool on_board = c < board_size;
      x_[c] = on_board && (symmetry & 1) ? mirrored : c;
      y_[c] = on_board && (symmetry & 2) ? mirrored : c;
    }
  }
  // Writes the two coordinates of a point's image.
  void Write(Point point, uint8_t* out) const {
    out[swap_] = x_[point.x];
    out[1 - swap_] = y_[point.y];
  }

 private:
  int swap_;
  std::array<uint8_t, Point::kPassCoordinate + 1> x_, y_;
};

// The setup stones as they lie under one symmetry, sorted: their order in the file means nothing.
Text SetupText(const GameRecord& game, int symmetry) {
  std::vector<std::array<uint8_t, 3>> stones;
  for (const Setup& setup : game.setup) {
    const Point image = Transform(setup.point, symmetry, game.info.board_size);
    stones.push_back({static_cast<uint8_t>(setup.color), image.x, image.y});
  }
  std::sort(stones.begin(), stones.end());
  Text text;
  for (const auto& stone : stones) text.insert(text.end(), stone.begin(), stone.end());
  return text;
}

// Bits of the symmetries whose setup text is least.
unsigned LeastBySetup(const GameRecord& game, Text& least) {
  unsigned candidates = 0;
  for (int symmetry = 0; symmetry < kSymmetries; ++symmetry) {
    Text text = SetupText(game, symmetry);
    if (candidates == 0 || text < least) {
      least = std::move(text);
      candidates = 1u << symmetry;
    } else if (text == least) {
      candidates |= 1u << symmetry;
    }
  }
  return candidates;
}

// Narrows the candidates move by move; a few moves decide all but the most symmetric games.
int LeastByMoves(const GameRecord& game, unsigned candidates) {
  for (const Move& move : game.moves) {
    if ((candidates & (candidates - 1)) == 0) break;
    int least = 0x10000;
    unsigned kept = 0;
    for (int symmetry = 0; symmetry < kSymmetries; ++symmetry) {
      if ((candidates >> symmetry & 1) == 0) continue;
      const Point image = Transform(move.point, symmetry, game.info.board_size);
      const int key = image.x << 8 | image.y;
      if (key < least) kept = 0;
      least = std::min(least, key);
      if (key == least) kept |= 1u << symmetry;
    }
    candidates = kept;
  }
  return __builtin_ctz(candidates);
}

constexpr size_t kBytesPerMove = 3;

struct Canonical {
  Text text;
  size_t moves_at = 0;  // where the moves begin in it
  int symmetry = 0;
};

void WriteCanonical(const GameRecord& game, Canonical& canonical) {
  unsigned candidates = (1u << kSymmetries) - 1;
  Text setup;
  if (!game.setup.empty()) candidates = LeastBySetup(game, setup);
  canonical.symmetry = LeastByMoves(game, candidates);
  const Image image(canonical.symmetry, game.info.board_size);
  Text& text = canonical.text;
  text.clear();
  text.push_back(game.info.board_size);
  text.insert(text.end(), setup.begin(), setup.end());
  size_t at = canonical.moves_at = text.size();
  text.resize(at + kBytesPerMove * game.moves.size());
  for (const Move& move : game.moves) {
    text[at] = static_cast<uint8_t>(move.color);
    image.Write(move.point, &text[at + 1]);
    at += kBytesPerMove;
  }
}

// One step of a 64-bit mix: multiplication by an odd constant (that of splitmix64) and a shift that
// brings the high bits down. Stored in databases: do not change.
uint64_t Mix(uint64_t state, uint64_t word) {
  state = (state ^ word) * 0xbf58476d1ce4e5b9;
  return state ^ (state >> 29);
}

uint64_t MixBytes(uint64_t state, const uint8_t* bytes, size_t size) {
  for (; size >= sizeof(uint64_t); size -= sizeof(uint64_t), bytes += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, bytes, sizeof(word));
    state = Mix(state, word);
  }
  for (; size > 0; --size) state = Mix(state, *bytes++);
  return state;
}

void WriteMarks(const Canonical& canonical, std::vector<uint32_t>& marks) {
  constexpr size_t kBytesPerMark = kMovesPerMark * kBytesPerMove;
  static_assert(kBytesPerMark % sizeof(uint64_t) == 0);
  marks.clear();
  const uint8_t* const text = canonical.text.data();
  uint64_t state = MixBytes(0, text, canonical.moves_at);
  for (size_t at = canonical.moves_at; at + kBytesPerMark <= canonical.text.size();
       at += kBytesPerMark) {
    state = MixBytes(state, text + at, kBytesPerMark);
    marks.push_back(static_cast<uint32_t>(state >> 32));
  }
}

Hash128 HashOf(const Text& text) {
  return Hash128Of({reinterpret_cast<const char*>(text.data()), text.size()});
}

}  // namespace

void Identify(const GameRecord& game, GameIdentity& identity) {
  thread_local Canonical canonical;
  WriteCanonical(game, canonical);
  identity.hash = HashOf(canonical.text);
  identity.symmetry = canonical.symmetry;
  WriteMarks(canonical, identity.marks);
}

Hash128 GameHash(const GameRecord& game) {
  thread_local Canonical canonical;
  WriteCanonical(game, canonical);
  return HashOf(canonical.text);
}

bool IsContinuedBy(const GameRecord& shorter, const GameRecord& longer) {
  Canonical a;
  Canonical b;
  WriteCanonical(shorter, a);
  WriteCanonical(longer, b);
  return a.moves_at == b.moves_at && a.text.size() < b.text.size() &&
         std::equal(a.text.begin(), a.text.end(), b.text.begin());
}

}  // namespace moyo::go
