#include "trainer/flags.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/command_line.h"
#include "common/base/memory.h"
#include "trainer/train/option_names.h"

namespace moyo::trainer {
namespace {

void AddNetworkOptions(CLI::App& app, TrainingOptions& o) {
  NetShape& shape = o.shape;
  app.add_option("--init", o.init,
                 "start from these weights: a model.pt or a Leela Zero file; its size is taken")
      ->type_name("FILE");
  AddChoice(app, "--architecture", shape.architecture,
            "global pooling, or a tower that leelaz can search with",
            {{"gpool", Architecture::kGlobalPooling},
             {"pooled-tower", Architecture::kPooledTower},
             {"leela-zero", Architecture::kLeelaZero}});
  app.add_option("--blocks", shape.blocks, "residual blocks")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  app.add_option("--filters", shape.filters, "channels")
      ->check(CLI::Range(1, 2048))
      ->capture_default_str();
}

bool NamesShape(const CLI::App& app) {
  return app.count("--architecture") + app.count("--blocks") + app.count("--filters") > 0;
}

// How long, and at which rate.
void AddScheduleOptions(CLI::App& app, TrainingOptions& o) {
  app.add_option("--epochs", o.epochs, "passes over all positions")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--max-samples", o.max_samples, "end the schedule after so many; 0: never")
      ->capture_default_str();
  app.add_option("--learning-rate", o.learning_rate, "highest rate of the schedule")
      ->check(CLI::PositiveNumber)
      ->default_str("0.004 of muon, 0.001 of adamw, 0.05 of sgd");
  AddChoice(app, "--schedule", o.schedule, "learning rate over the run", ScheduleNames());
  app.add_option("--decay-at", o.decay_at,
                 "step schedule: shares of the run at which the rate falls")
      ->delimiter(',')
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--decay-factor", o.decay_factor, "step schedule: of the rate at each fall")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--warmup", o.warmup, "share of the run with rising rate")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
}

// How a batch becomes an update.
void AddUpdateOptions(CLI::App& app, TrainingOptions& o) {
  app.add_option("--batch-size", o.batch_size, "positions of one step")
      ->check(CLI::Range(2, 65536))
      ->capture_default_str();
  app.add_option("--micro-batch", o.micro_batch,
                 "positions of one pass, gradients add up; 0: all, or what the budget allows")
      ->check(CLI::Range(0, 65536))
      ->capture_default_str();
  AddChoice(
      app, "--precision", o.precision,
      "of a pass through the network; auto: the checkpoint's, or bf16 where the processor has "
      "its products, else fp32; fp16 on a GPU",
      PrecisionNames());
  app.add_option("--loss-scale", o.loss_scale,
                 "fp16: the loss is multiplied by it at first; it adapts")
      ->check(CLI::Range(1.0, 16777216.0))
      ->capture_default_str();
  AddChoice(app, "--optimizer", o.optimizer, "how gradients become an update", OptimizerNames());
  app.add_option("--weight-decay", o.weight_decay,
                 "of weights, not of norms and biases; times the learning rate")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--policy-weight", o.policy_weight, "weight of the policy loss")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--value-weight", o.value_weight, "weight of the value loss")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--ownership-weight", o.ownership_weight,
                 "pooled-tower: weight of the loss of who has each point in the end; learned from "
                 "games whose last board has the result's area, as those of 'moyo-play self-play'")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--label-smoothing", o.label_smoothing,
                 "share of the policy target spread over all moves")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  app.add_option("--ema", o.ema,
                 "decay a step of averaged weights, which become the model; 0: none")
      ->check(CLI::Range(0.0, 0.999999))
      ->capture_default_str();
  app.add_option("--clip-norm", o.clip_norm, "largest gradient norm; 0: none")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

// What a person may choose anew at each start.
void AddCheckpointOptions(CLI::App& app, TrainingOptions& o) {
  app.add_option("--keep-checkpoints", o.keep_checkpoints, "newest ones kept, besides the best")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--start-after", o.start_after,
                 "train as soon as so many shards are there; 0: after the whole parse")
      ->capture_default_str();
  AddChoice(app, "--device", o.device, "auto: a GPU where there is one",
            {{"auto", DeviceKind::kAuto}, {"cpu", DeviceKind::kCpu}, {"cuda", DeviceKind::kCuda}});
  app.add_option("--threads", o.threads, "CPU threads; 0: the checkpoint's, or all")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  app.add_option("--loss-log", o.loss_log,
                 "append the losses of each step to this file, exact to the bit")
      ->type_name("FILE");
  app.add_flag("--fork", o.fork, "go on from a checkpoint in spite of changed options");
}

void AddGroupOptions(CLI::App& app, GroupOptions& group) {
  CLI::Option* ranks =
      app.add_option("--ranks", group.ranks, "trainers that learn together, this one included")
          ->check(CLI::Range(1, 1024))
          ->capture_default_str();
  CLI::Option* rank = app.add_option("--rank", group.rank, "of this one, from 0")
                          ->check(CLI::Range(0, 1023))
                          ->needs(ranks);
  app.add_option("--rendezvous", group.rendezvous,
                 "where rank 0 listens and the others find it; nothing there is encrypted")
      ->type_name("HOST:PORT")
      ->needs(ranks)
      ->needs(rank);
  app.add_option_function<double>(
         "--rank-patience-minutes",
         [&group](const double& minutes) { group.patience = absl::Minutes(minutes); },
         "a rank that keeps the others waiting for longer is lost")
      ->check(CLI::PositiveNumber)
      ->default_str("10")
      ->needs(ranks);
}

void CheckGroup(const GroupOptions& group) {
  if (group.rank >= group.ranks) {
    throw CLI::ValidationError(
        "--rank", absl::StrCat("of ", group.ranks, " ranks the last is ", group.ranks - 1));
  }
  if (group.ranks > 1 && group.rendezvous.empty()) throw CLI::RequiredError("--rendezvous");
}

// Where games come from, and who else trains on them.
void AddSourceOptions(CLI::App& app, Flags& flags) {
  AddGroupOptions(app, flags.options.group);
  flags.link = ServerLink::Make();
  if (flags.link != nullptr) return flags.link->AddFlags(app, flags.shards);
  app.add_option("--shards", flags.shards, "folder of shards, as 'moyo shards --out' writes it")
      ->type_name("DIR")
      ->required();
}

void AddValidationOptions(CLI::App& app, TrainingOptions& o, double& validate_minutes) {
  app.add_option("--validation-percent", o.validation_percent, "games held out")
      ->check(CLI::Range(0.1, 50.0))
      ->capture_default_str();
  app.add_option("--validation-positions", o.validation_positions, "positions judged at the end")
      ->capture_default_str();
  app.add_option("--validate-minutes", validate_minutes, "time between validations")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

uint64_t Bytes(const char* name, const std::string& text) {
  const auto bytes = ParseBytes(text);
  if (!bytes.ok()) throw CLI::ValidationError(name, std::string(bytes.status().message()));
  return *bytes;
}

}  // namespace

std::optional<int> Flags::Parse(int argc, char** argv) {
  CLI::App app("Train a policy network on finished shards; go on where it stopped", "moyo-trainer");
  InitCommandLine(app);
  AddExamples(app, {"moyo-trainer --server 127.0.0.1:50051 --run-dir my-run --max-minutes 60",
                    "moyo-trainer --shards shards --run-dir my-run --blocks 10 --filters 128"});
  // main() hands it to report_flags.h; here --help gets to know it.
  const CLI::App* report =
      app.add_subcommand("report", "Judge a run's network by the games that were held out");
  std::string budget = "10GiB";
  std::string games_memory = "0";
  double max_minutes = 0;
  double checkpoint_minutes = 1;
  double validate_minutes = 2;
  TrainingOptions& o = options;
  AddSourceOptions(app, *this);
  app.add_option("--run-dir", o.run_dir, "folder for checkpoints and model.pt")
      ->type_name("DIR")
      ->required();
  AddNetworkOptions(app, o);
  AddScheduleOptions(app, o);
  AddUpdateOptions(app, o);
  AddCheckpointOptions(app, o);
  app.add_option("--max-minutes", max_minutes, "end the schedule after this time; 0: never")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--memory-budget", budget, "most memory to use")
      ->type_name("SIZE")
      ->capture_default_str();
  app.add_option("--games-memory", games_memory,
                 "of it, most for games; more are trained in windows; 0: what is left")
      ->type_name("SIZE")
      ->capture_default_str();
  app.add_option("--seed", o.seed, "decides weights and order")->capture_default_str();
  AddChoice(app, "--augment", o.augment, "draw one of the eight symmetries a sample",
            AugmentNames());
  AddValidationOptions(app, o, validate_minutes);
  app.add_option("--checkpoint-minutes", checkpoint_minutes, "time between checkpoints")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  bool check_options = false;
  app.add_flag("--check-options", check_options)->group("");  // of `moyo run`, before it parses
  if (const auto end = ParseFlags(app, argc, argv)) return Print(*end);
  if (report->parsed()) return Print(WrongUsage(app, "'report' comes before its options"));
  try {
    CheckGroup(o.group);
    o.memory_budget_bytes = Bytes("--memory-budget", budget);
    if (games_memory != "0") o.games_bytes = Bytes("--games-memory", games_memory);
    if (o.shape.architecture == Architecture::kGlobalPooling &&
        o.shape.filters < kLeastPoolingFilters) {
      throw CLI::ValidationError("--filters",
                                 absl::StrCat("gpool needs at least ", kLeastPoolingFilters));
    }
  } catch (const CLI::ParseError& error) {
    return Print(WrongUsage(app, error.what()));
  }
  const absl::Status status = link == nullptr ? absl::OkStatus() : link->Resolve();
  if (!status.ok()) {
    std::fprintf(stderr, "moyo-trainer: %s\n", std::string(status.message()).c_str());
    return 1;
  }
  if (check_options) return 0;
  o.shape_from_init = !NamesShape(app);
  if (app.count("--learning-rate") == 0) o.learning_rate = DefaultLearningRate(o.optimizer);
  if (max_minutes > 0) o.max_time = absl::Minutes(max_minutes);
  o.checkpoint_interval = absl::Minutes(checkpoint_minutes);
  o.validation_interval = absl::Minutes(validate_minutes);
  return std::nullopt;
}

}  // namespace moyo::trainer
