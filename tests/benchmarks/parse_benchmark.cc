// SGF bytes to a finished shard, whole and stage by stage, on the bundled games, single thread.
// Items are games, bytes are SGF bytes.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/files.h"
#include "common/go/game_hash.h"
#include "common/go/replay.h"
#include "common/sgf/game_reader.h"
#include "common/sgf/splitter.h"
#include "common/shard/shard.h"
#include "common/shard/zip.h"
#include "worker/parse/parse_job.h"

namespace moyo {
namespace {

constexpr size_t kGamesPerShard = 500;

// The bundled games, one SGF a string.
const std::vector<std::string>& Texts() {
  static const auto* const texts = [] {
    auto* result = new std::vector<std::string>();
    const auto archive = ReadFile(MOYO_SOURCE_DIR "/tests/data/games-2015.zip");
    if (!archive.ok()) return result;
    auto members = shard::ReadZip(*archive, uint64_t{1} << 30);
    if (!members.ok()) return result;
    for (shard::ZipMember& member : *members) {
      if (!member.bytes.empty()) result->push_back(std::move(member.bytes));
    }
    return result;
  }();
  return *texts;
}

const std::vector<go::GameRecord>& Records() {
  static const auto* const records = [] {
    auto* result = new std::vector<go::GameRecord>(Texts().size());
    sgf::GameReader reader;
    for (size_t i = 0; i < Texts().size(); ++i) reader.Read(Texts()[i], (*result)[i]);
    return result;
  }();
  return *records;
}

// Runs `work(i)` over all games an iteration and reports games, bytes and positions a second.
template <typename Work>
void OverGames(benchmark::State& state, Work work) {
  size_t bytes = 0;
  size_t positions = 0;
  for (const std::string& text : Texts()) bytes += text.size();
  for (const go::GameRecord& record : Records()) positions += record.moves.size();
  if (Texts().empty()) return state.SkipWithError("tests/data/games-2015.zip is not readable");
  for (auto _ : state) {
    for (size_t i = 0; i < Texts().size(); ++i) work(i);
  }
  state.SetItemsProcessed(state.iterations() * Texts().size());
  state.SetBytesProcessed(state.iterations() * bytes);
  state.counters["positions"] =
      benchmark::Counter(state.iterations() * positions, benchmark::Counter::kIsRate);
}

void BM_Split(benchmark::State& state) {
  OverGames(state, [](size_t i) { benchmark::DoNotOptimize(sgf::SplitGames(Texts()[i])); });
}
BENCHMARK(BM_Split);

void BM_Read(benchmark::State& state) {
  sgf::GameReader reader;
  go::GameRecord game;
  OverGames(state, [&](size_t i) { benchmark::DoNotOptimize(reader.Read(Texts()[i], game)); });
}
BENCHMARK(BM_Read);

void BM_Replay(benchmark::State& state) {
  go::Replayer replayer;
  OverGames(state, [&](size_t i) { benchmark::DoNotOptimize(replayer.Replay(Records()[i])); });
}
BENCHMARK(BM_Replay);

void BM_GameHash(benchmark::State& state) {
  OverGames(state, [](size_t i) { benchmark::DoNotOptimize(go::GameHash(Records()[i])); });
}
BENCHMARK(BM_GameHash);

void BM_WriteAndDigest(benchmark::State& state) {
  std::vector<shard::Columns> shards(Texts().size() / kGamesPerShard + 1);
  for (size_t i = 0; i < Records().size(); ++i) {
    shards[i / kGamesPerShard].Append(Records()[i], go::GameHash(Records()[i]));
  }
  size_t shard_bytes = 0;
  OverGames(state, [&](size_t i) {
    if (i % kGamesPerShard != 0) return;
    const shard::Columns& columns = shards[i / kGamesPerShard];
    benchmark::DoNotOptimize(shard::DigestOf(columns));
    shard_bytes += shard::WriteNpz(columns).size();
  });
  state.counters["bytes_per_game"] =
      static_cast<double>(shard_bytes) / state.iterations() / Texts().size();
}
BENCHMARK(BM_WriteAndDigest);

void BM_SgfToShard(benchmark::State& state) {
  std::unique_ptr<worker::ParseJob> job;
  OverGames(state, [&](size_t i) {
    if (i % kGamesPerShard == 0) job = std::make_unique<worker::ParseJob>(worker::ParseOptions{});
    job->AddSource(Texts()[i], i, 1);
    if (i % kGamesPerShard + 1 < kGamesPerShard && i + 1 < Texts().size()) return;
    benchmark::DoNotOptimize(shard::DigestOf(job->columns()));
    benchmark::DoNotOptimize(shard::WriteNpz(job->columns()));
  });
}
BENCHMARK(BM_SgfToShard);

}  // namespace
}  // namespace moyo

BENCHMARK_MAIN();
