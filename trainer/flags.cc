#include "trainer/flags.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "common/base/memory.h"
#include "common/rpc/access_flags.h"

namespace moyo::trainer {
namespace {

// What decides the network and how it learns.
void AddLearningOptions(CLI::App& app, TrainingOptions& o) {
  app.add_option("--epochs", o.epochs, "passes over all positions")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--batch-size", o.batch_size, "positions an update")
      ->check(CLI::Range(2, 65536))
      ->capture_default_str();
  app.add_option("--learning-rate", o.learning_rate, "highest learning rate")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--schedule", o.schedule, "learning rate over the run: constant or cosine")
      ->transform(CLI::CheckedTransformer(std::map<std::string, ScheduleKind>{
          {"constant", ScheduleKind::kConstant}, {"cosine", ScheduleKind::kCosine}}));
  app.add_option("--optimizer", o.optimizer, "adamw, sgd or muon")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, OptimizerKind>{{"adamw", OptimizerKind::kAdamW},
                                               {"sgd", OptimizerKind::kSgd},
                                               {"muon", OptimizerKind::kMuon}}));
  app.add_option("--weight-decay", o.weight_decay, "of weights, times the learning rate")
      ->capture_default_str();
  app.add_option("--warmup", o.warmup, "share of the run with rising rate")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  app.add_option("--value-weight", o.value_weight, "weight of the value loss")
      ->capture_default_str();
  app.add_option("--clip-norm", o.clip_norm, "largest gradient norm; 0 for none")
      ->capture_default_str();
  app.add_option("--blocks", o.shape.blocks, "residual blocks")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  app.add_option("--filters", o.shape.filters, "channels")
      ->check(CLI::Range(1, 2048))
      ->capture_default_str();
}

}  // namespace

std::optional<int> Flags::Parse(int argc, char** argv) {
  CLI::App app{
      "Trains a policy network on the finished shards of a Moyo server; resumes where it stopped."};
  app.footer(
      "Example: moyo-trainer --server 127.0.0.1:50051 --run-dir run --optimizer muon --max-minutes "
      "20");
  std::string budget = "10GiB";
  std::string augment = "on";
  double max_minutes = 0;
  double checkpoint_minutes = 1;
  double validate_minutes = 2;
  TrainingOptions& o = options;
  rpc::AccessFlags access;
  rpc::AddAccessFlags(app, access);
  app.add_option("--run-dir", o.run_dir, "folder for checkpoints and model.pt")->required();
  AddLearningOptions(app, o);
  app.add_option("--max-minutes", max_minutes, "end the schedule after this time; 0 for no limit")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--memory-budget", budget, "most memory to use")->capture_default_str();
  app.add_option("--seed", o.seed, "decides weights and order")->capture_default_str();
  app.add_option("--threads", o.threads, "CPU threads; 0 for all")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  app.add_option("--augment", augment, "draw one of the eight symmetries a sample")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  app.add_option("--validation-percent", o.validation_percent, "games held out")
      ->check(CLI::Range(0.1, 50.0))
      ->capture_default_str();
  app.add_option("--validation-positions", o.validation_positions, "positions judged at the end")
      ->capture_default_str();
  app.add_option("--validate-minutes", validate_minutes, "time between validations")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--checkpoint-minutes", checkpoint_minutes, "time between checkpoints")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--metrics", metrics_address, "HOST:PORT to serve /metrics on");
  app.add_flag("--fork", o.fork, "go on from a checkpoint in spite of changed options");
  try {
    app.parse(argc, argv);
    const auto bytes = ParseBytes(budget);
    if (!bytes.ok())
      throw CLI::ValidationError("--memory-budget", std::string(bytes.status().message()));
    o.memory_budget_bytes = *bytes;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::fprintf(stderr, "moyo-trainer: %s; see --help\n", error.what());
    return 2;
  }
  const auto server = rpc::ResolveAccess(access);
  if (!server.ok()) {
    std::fprintf(stderr, "moyo-trainer: %s\n", std::string(server.status().message()).c_str());
    return 1;
  }
  o.server = *server;
  o.augment = augment == "on" ? Augment::kEightSymmetries : Augment::kOff;
  if (max_minutes > 0) o.max_time = absl::Minutes(max_minutes);
  o.checkpoint_interval = absl::Minutes(checkpoint_minutes);
  o.validation_interval = absl::Minutes(validate_minutes);
  return std::nullopt;
}

}  // namespace moyo::trainer
