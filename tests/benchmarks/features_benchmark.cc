// Bit planes to floats, and a position's planes by replay. Items are samples.
#include <benchmark/benchmark.h>

#include <vector>

#include "common/features/liberties.h"
#include "common/features/planes.h"
#include "tests/common/go/random_game.h"

namespace moyo::features {
namespace {

constexpr int kBatch = 256;

std::vector<BitPlanes> MakeBatch() {
  std::vector<BitPlanes> batch(kBatch);
  for (int i = 0; i < kBatch; ++i) {
    const go::GameRecord game = go::RandomGame(i, 100);
    go::Board board(kBoardSize);
    History history;
    for (const go::Move& move : game.moves) {
      board.Play(move);
      history.Push(board);
    }
    history.Fill(go::Color::kBlack, batch[i]);
  }
  return batch;
}

void BM_ExpandNhwc(benchmark::State& state) {
  const std::vector<BitPlanes> batch = MakeBatch();
  std::vector<float> output(kBatch * kPlanes * kPointCount);
  for (auto _ : state) ExpandNhwc(batch, kPlanes, output);
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(BM_ExpandNhwc);

void BM_CountLiberties(benchmark::State& state) {
  const std::vector<BitPlanes> batch = MakeBatch();
  for (auto _ : state) {
    for (const BitPlanes& sample : batch) {
      benchmark::DoNotOptimize(CountLiberties(sample.history[0], sample.history[kHistory]));
    }
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(BM_CountLiberties);

void BM_ReplayToPly100AndFill(benchmark::State& state) {
  const go::GameRecord game = go::RandomGame(1, 100);
  BitPlanes planes;
  for (auto _ : state) {
    go::Board board(kBoardSize);
    History history;
    history.Push(board);
    for (const go::Move& move : game.moves) {
      board.Play(move);
      history.Push(board);
    }
    history.Fill(go::Color::kBlack, planes);
    benchmark::DoNotOptimize(planes);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ReplayToPly100AndFill);

}  // namespace
}  // namespace moyo::features

BENCHMARK_MAIN();
