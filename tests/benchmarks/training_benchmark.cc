// How fast moyo-trainer's own loop learns: games in memory, batches drawn ahead, forward, backward
// and update, for networks of several sizes. A line of JSON for the machine and one a network;
// training.py puts them beside Python's.
//
//   training_benchmark --nets leela-zero:6x64,gpool:6x64 --threads 2 --seconds 20
#include <sys/resource.h>
#include <torch/torch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/base/host.h"
#include "common/base/status_macros.h"
#include "tests/trainer/data/made_shards.h"
#include "trainer/data/epoch_reader.h"
#include "trainer/data/feed.h"
#include "trainer/process_tuning.h"
#include "trainer/train/learner.h"

namespace moyo::trainer {
namespace {

constexpr int kMovesAGame = 210;  // as games of the collections have
constexpr int64_t kGemmSize = 2048;

struct Settings {
  std::vector<std::string> nets = {"leela-zero:4x32", "leela-zero:6x64", "leela-zero:6x96",
                                   "leela-zero:12x192", "gpool:6x64"};
  int threads = 0;
  double seconds = 20;
  double gemm_seconds = 3;
  int games = 2000;
  uint32_t batch_size = 128;
  std::string precision = "bf16";
  std::string optimizer = "adamw";
};

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Of all threads, with what the kernel did for them.
double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return time.tv_sec + 1e-6 * time.tv_usec; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Span {
  double wall = Now(), cpu = CpuSeconds();
  double Wall() const { return Now() - wall; }
  double Cpu() const { return CpuSeconds() - cpu; }
};

// The most that matrices give here: GFLOP a CPU second, of square ones large enough.
double GemmPeak(torch::ScalarType type, double seconds) {
  torch::NoGradGuard no_grad;
  const torch::Tensor a = torch::randn({kGemmSize, kGemmSize}).to(type);
  const torch::Tensor b = torch::randn({kGemmSize, kGemmSize}).to(type);
  torch::mm(a, b);  // threads and memory are there now
  double best = 0;
  for (const Span all; all.Wall() < seconds;) {
    const Span span;
    torch::mm(a, b);
    best = std::max(best, 2e-9 * kGemmSize * kGemmSize * kGemmSize / span.Cpu());
  }
  return best;
}

// Floating point operations of a sample's forward and backward pass. The gradient of the planes is
// not asked for; what is done a channel or a point is not counted.
double FlopsASample(const Network& network) {
  double flops = 0;
  for (const auto& item : network.named_parameters()) {
    const double products =
        static_cast<double>(item->numel()) * (item->dim() == 4   ? features::kPointCount
                                              : item->dim() == 2 ? 1
                                                                 : 0);
    const bool reads_planes = item->dim() == 4 && item->size(1) == network.input_channels;
    flops += products * 2 * (reads_planes ? 2 : 3);
  }
  return flops;
}

std::optional<NetShape> ShapeOf(const std::string& name) {
  // No architecture has an x in its name.
  const std::vector<std::string> parts = absl::StrSplit(name, absl::ByAnyChar(":x"));
  NetShape shape;
  const auto architecture = ArchitectureOf(parts[0]);
  if (parts.size() != 3 || !architecture || !absl::SimpleAtoi(parts[1], &shape.blocks) ||
      !absl::SimpleAtoi(parts[2], &shape.filters)) {
    return std::nullopt;
  }
  shape.architecture = *architecture;
  return shape;
}

absl::Status Measure(const std::string& name, const Settings& settings, WindowedDataset& data) {
  const auto shape = ShapeOf(name);
  if (!shape) return absl::InvalidArgumentError(name + " is no network; one is gpool:6x64");
  TrainingOptions options;
  options.shape = *shape;
  options.batch_size = settings.batch_size;
  options.precision = settings.precision == "fp32" ? Precision::kFp32 : Precision::kBf16;
  options.optimizer = settings.optimizer == "muon" ? OptimizerKind::kMuon : OptimizerKind::kAdamW;
  const std::unique_ptr<Group> group = MakeLoneGroup();
  Learner learner(options, options.batch_size, torch::kCPU, *group);
  EpochReader reader(data, {}, options.seed, options.augment);
  const uint64_t end = reader.size() - reader.size() % options.batch_size;
  Feed feed(std::move(reader), 0, end, options.batch_size, learner.share());
  Batch batch;
  const auto step = [&]() -> absl::Status {
    MOYO_ASSIGN_OR_RETURN(const bool more, feed.Next(batch));
    if (!more) return absl::OutOfRangeError("too few games for so long; give more --games");
    return learner.Step(batch, 1e-4).status();
  };
  for (int i = 0; i < 3; ++i) MOYO_RETURN_IF_ERROR(step());
  const absl::Duration waited_before = feed.waited();
  const Span span;
  uint64_t samples = 0;
  while (span.Wall() < settings.seconds) {
    MOYO_RETURN_IF_ERROR(step());
    samples += batch.size();
  }
  const double wall = span.Wall(), cpu = span.Cpu();
  const double flops = FlopsASample(learner.judged());
  std::printf(
      "{\"net\": \"%s\", \"samples\": %llu, \"samples_per_second\": %.1f, "
      "\"samples_per_cpu_second\": %.1f, \"gflops_per_cpu_second\": %.1f, \"feed_wait_ratio\": "
      "%.5f}\n",
      name.c_str(), static_cast<unsigned long long>(samples), samples / wall, samples / cpu,
      1e-9 * flops * samples / cpu, absl::ToDoubleSeconds(feed.waited() - waited_before) / wall);
  std::fflush(stdout);
  return absl::OkStatus();
}

absl::Status RunAll(Settings settings) {
  if (settings.threads == 0) settings.threads = AvailableCpus();
  at::set_num_threads(settings.threads);
  if (settings.gemm_seconds > 0) {
    std::printf(
        "{\"threads\": %d, \"bf16_gemm_gflops_per_cpu_second\": %.1f, "
        "\"fp32_gemm_gflops_per_cpu_second\": %.1f}\n",
        settings.threads, GemmPeak(torch::kBFloat16, settings.gemm_seconds / 2),
        GemmPeak(torch::kFloat, settings.gemm_seconds / 2));
    std::fflush(stdout);
  }
  const auto shards = MakeShards(1, settings.games, 'd', kMovesAGame);
  MOYO_ASSIGN_OR_RETURN(const auto data, WindowedDataset::Open(shards, 5, uint64_t{1} << 30));
  for (const std::string& net : settings.nets) {
    MOYO_RETURN_IF_ERROR(Measure(net, settings, *data));
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  LimitSpinning(argv);
  TuneAllocator();
  Settings settings;
  CLI::App app{"Steps of training a second, by moyo-trainer's own loop."};
  app.add_option("--nets", settings.nets, "ARCHITECTURE:BLOCKSxFILTERS, ...")->delimiter(',');
  app.add_option("--threads", settings.threads, "0: all CPUs")->capture_default_str();
  app.add_option("--seconds", settings.seconds, "of each network")->capture_default_str();
  app.add_option("--gemm-seconds", settings.gemm_seconds, "of the peak of matrix products; 0: none")
      ->capture_default_str();
  app.add_option("--games", settings.games, "made for it, of 210 random moves")
      ->capture_default_str();
  app.add_option("--batch-size", settings.batch_size)->capture_default_str();
  app.add_option("--precision", settings.precision)
      ->check(CLI::IsMember({"bf16", "fp32"}))
      ->capture_default_str();
  app.add_option("--optimizer", settings.optimizer)
      ->check(CLI::IsMember({"adamw", "muon"}))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = RunAll(settings);
  if (status.ok()) return 0;
  std::fprintf(stderr, "training_benchmark: %s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace moyo::trainer

int main(int argc, char** argv) { return moyo::trainer::Main(argc, argv); }
