// Any bytes as moves, passes and setup stones on any board: the board agrees after each with a slow
// one that counts by flood fill and keeps nothing but colours.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "common/go/board.h"
#include "tests/fuzz/require.h"

namespace moyo::fuzz {
namespace {

using go::Board;
using go::Color;
using go::Legality;

class SlowBoard {
 public:
  SlowBoard(int size, Board::Suicide suicide)
      : size_(size), suicide_(suicide), stones_(size * size, Color::kEmpty) {}

  Legality Play(int at, Color color) {
    if (stones_[at] != Color::kEmpty) return Legality::kOccupied;
    if (at == ko_ && color == ko_color_) return Legality::kKo;
    const std::vector<Color> before = stones_;
    stones_[at] = color;
    const Color enemy = go::Opposite(color);
    std::vector<int> taken;
    for (int next : Neighbours(at)) {
      if (stones_[next] != enemy || Chain(next).second > 0) continue;
      for (int stone : Chain(next).first) {
        stones_[stone] = Color::kEmpty;
        taken.push_back(stone);
      }
    }
    const auto [chain, liberties] = Chain(at);
    if (liberties == 0 && suicide_ == Board::Suicide::kForbidden) {
      stones_ = before;
      return Legality::kSuicide;
    }
    captures_[static_cast<int>(color)] += static_cast<int>(taken.size());
    ko_ = taken.size() == 1 && chain.size() == 1 && liberties == 1 ? taken[0] : -1;
    ko_color_ = enemy;
    if (liberties == 0) {
      for (int stone : chain) stones_[stone] = Color::kEmpty;
      captures_[static_cast<int>(enemy)] += static_cast<int>(chain.size());
    }
    return Legality::kLegal;
  }

  void Setup(int at, Color color) {
    stones_[at] = color;
    ko_ = -1;
  }
  void Pass() { ko_ = -1; }

  // A chain's stones, and how many liberties it has.
  std::pair<std::vector<int>, int> Chain(int start) const {
    std::vector<char> seen(stones_.size(), 0);
    std::vector<int> chain = {start};
    int liberties = 0;
    seen[start] = 1;
    for (size_t i = 0; i < chain.size(); ++i) {
      for (int next : Neighbours(chain[i])) {
        if (seen[next]) continue;
        if (stones_[next] != Color::kEmpty && stones_[next] != stones_[start]) continue;
        seen[next] = 1;
        if (stones_[next] == Color::kEmpty) {
          ++liberties;
        } else {
          chain.push_back(next);
        }
      }
    }
    return {chain, liberties};
  }

  Color At(int at) const { return stones_[at]; }
  int ko() const { return ko_; }
  int captures(Color by) const { return captures_[static_cast<int>(by)]; }

 private:
  std::vector<int> Neighbours(int at) const {
    std::vector<int> found;
    const int x = at % size_;
    if (at >= size_) found.push_back(at - size_);
    if (x > 0) found.push_back(at - 1);
    if (x < size_ - 1) found.push_back(at + 1);
    if (at + size_ < size_ * size_) found.push_back(at + size_);
    return found;
  }

  const int size_;
  const Board::Suicide suicide_;
  std::vector<Color> stones_;
  int ko_ = -1;  // the point that ko_color_ may not play
  Color ko_color_ = Color::kEmpty;
  std::array<int, 3> captures_{};
};

go::Point PointOf(int at, int size) {
  return {static_cast<uint8_t>(at % size), static_cast<uint8_t>(at / size)};
}

void CheckSame(const Board& board, const SlowBoard& slow) {
  const int size = board.size();
  for (Color color : {Color::kBlack, Color::kWhite}) {
    Require(board.captures(color) == slow.captures(color), "captures are counted");
  }
  Require(board.KoPoint() == (slow.ko() < 0 ? go::kPass : PointOf(slow.ko(), size)),
          "the ko is where it is");
  for (int at = 0; at < size * size; ++at) {
    const auto [x, y] = PointOf(at, size);
    Require(board.At(x, y) == slow.At(at), "stones stand where they stand");
    if (size > 19) continue;
    for (Color color : {Color::kBlack, Color::kWhite}) {
      const bool bit = board.Stones(color)[at >> 6] >> (at & 63) & 1;
      Require(bit == (slow.At(at) == color), "the bits are the stones");
    }
  }
}

// Chains, and the hash: the same stones set up anew have the same one.
void CheckChains(const Board& board, const SlowBoard& slow) {
  const int size = board.size();
  Board fresh(size);
  bool all_have_liberties = true;
  for (int at = 0; at < size * size; ++at) {
    if (slow.At(at) == Color::kEmpty) continue;
    const auto [x, y] = PointOf(at, size);
    const auto [chain, liberties] = slow.Chain(at);
    Require(board.ChainStones(x, y) == static_cast<int>(chain.size()), "chains have their stones");
    Require(board.ChainLiberties(x, y) == liberties, "chains have their liberties");
    all_have_liberties &= liberties > 0;
    fresh.PlaceSetup({PointOf(at, size), slow.At(at)});
  }
  Require(board.AllChainsHaveLiberties() == all_have_liberties,
          "chains without liberties are seen");
  Require(board.StonesHash() == fresh.StonesHash(), "equal stones have equal hashes");
}

// Two bytes a step. The first: its high bits choose what, the rest and the second byte where.
class Game {
 public:
  Game(int size, Board::Suicide suicide) : board_(size, suicide), slow_(size, suicide) {}

  void Step(unsigned char what, unsigned char where) {
    const int points = board_.size() * board_.size();
    const int at = ((what & 0x1f) << 8 | where) % points;
    switch (what >> 5) {
      case 0:
        board_.Play({go::kPass, color_});
        slow_.Pass();
        break;
      case 1:  // setup, while every chain lives: a replay checks that before the first move
        SetUp(at, static_cast<Color>(where % 3));
        return;
      case 2:  // a retake
        Play(slow_.ko() < 0 ? at : slow_.ko());
        break;
      case 3:  // the same colour again
        Play(at);
        return;
      default:
        Play(at);
    }
    color_ = go::Opposite(color_);
  }

  void CheckEnd() const { CheckChains(board_, slow_); }

 private:
  void Play(int at) {
    const go::Move move{PointOf(at, board_.size()), color_};
    const Legality check = board_.Check(move);
    const Legality legality = board_.Play(move);
    Require(check == legality, "checking and playing agree");
    Require(legality == slow_.Play(at, color_), "the slow board finds the same legality");
    CheckSame(board_, slow_);
  }

  void SetUp(int at, Color color) {
    const Board board = board_;
    Require(board_.PlaceSetup({PointOf(at, board_.size()), color}), "setup on the board is taken");
    SlowBoard after = slow_;
    after.Setup(at, color);
    CheckSame(board_, after);
    if (board_.AllChainsHaveLiberties()) {
      slow_.Setup(at, color);
    } else {
      board_ = board;
    }
  }

  Board board_;
  SlowBoard slow_;
  Color color_ = Color::kBlack;
};

}  // namespace
}  // namespace moyo::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moyo;
  constexpr size_t kMostSteps = 500;  // long enough for every kind of chain, and quick
  if (size < 1) return 0;
  const int lines = go::kMinBoardSize + data[0] % (go::kMaxBoardSize - go::kMinBoardSize + 1);
  fuzz::Game game(lines,
                  data[0] & 0x80 ? go::Board::Suicide::kAllowed : go::Board::Suicide::kForbidden);
  const size_t end = std::min(size, 1 + 2 * kMostSteps);
  for (size_t i = 1; i + 1 < end; i += 2) game.Step(data[i], data[i + 1]);
  game.CheckEnd();
  return 0;
}
