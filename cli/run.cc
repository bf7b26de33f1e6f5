// moyo run: games in, trained network out, on this machine.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/process.h"
#include "cli/run/inputs.h"
#include "cli/run/run_session.h"
#include "cli/run_folder.h"
#include "common/base/command_line.h"
#include "common/base/filter_flags.h"
#include "common/base/host.h"
#include "common/base/status_macros.h"
#include "common/rpc/access_flags.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

// A flag that server or trainer knows; handed on when it was typed.
struct PassedFlag {
  std::string name;
  std::string value;  // what it takes, as --help shows it
  std::string about;
  std::string standing;  // the default, for --help
  CLI::Validator check;
};

struct RunFlags {
  RunOptions options;
  int workers = AvailableCpus();
  bool json = false;
};

std::vector<PassedFlag> ServerFlags() {
  const auto is_address = [](std::string& text) {
    return rpc::TextOfError(rpc::SplitAddress(text).status());
  };
  return {
      {"--limit", "N", "stop cataloguing after so many games", "", WholeNumber(1)},
      {"--games-per-shard", "N", "games of one work unit", "500", WholeNumber(1)},
      {"--duplicates", "", "copies of a game: keep the first, or all", "drop",
       CLI::IsMember({"drop", "keep"})},
      {"--min-moves", "N", "a damaged game is kept with so many moves", "30", WholeNumber(0)},
      {"--max-moves", "N", "a longer game is filtered", "1000", WholeNumber(1)},
      {"--board-size", "N", "keep only games of this size; 0: all", "0", CLI::Range(0, 25)},
      {"--web", "HOST:PORT", "serve the training page there", "", CLI::Validator(is_address, "")}};
}

// Of flags that came as "--name", "text".
FilterTexts FiltersIn(const std::vector<std::string>& arguments) {
  FilterTexts filters;
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    filters[arguments[i].substr(2)] = arguments[i + 1];
  }
  return filters;
}

std::vector<PassedFlag> FilterFlagsOfServer() {
  std::vector<PassedFlag> flags;
  for (const FilterFlag& flag : FilterFlags()) {
    const auto check = [&flag](std::string& text) {
      return flag.is_valid(text) ? "" : FilterRefusal(flag, text);
    };
    flags.push_back(
        {absl::StrCat("--", flag.name), flag.value, flag.about, "", CLI::Validator(check, "")});
  }
  return flags;
}

std::vector<PassedFlag> TrainerFlags() {
  return {{"--epochs", "N", "passes over all positions", "5", WholeNumber(1)},
          {"--max-minutes", "X", "end the schedule after this time", "", PositiveReal()},
          {"--max-samples", "N", "end the schedule after so many", "", WholeNumber(1)},
          {"--batch-size", "N", "positions of one step", "128", WholeNumber(1)},
          {"--learning-rate", "X", "highest rate of the schedule",
           "0.004 of muon, 0.001 of adamw, 0.05 of sgd", PositiveReal()},
          {"--schedule", "", "learning rate over the run", "cosine",
           CLI::IsMember({"cosine", "constant", "step"})},
          {"--optimizer", "", "how gradients become an update", "muon",
           CLI::IsMember({"muon", "adamw", "sgd"})},
          {"--ema", "X", "decay a step of averaged weights, which become the model; 0: none", "0",
           CLI::Range(0.0, 1.0)},
          {"--architecture", "", "global pooling, or a tower that leelaz can search with", "gpool",
           CLI::IsMember({"gpool", "pooled-tower", "leela-zero"})},
          {"--blocks", "N", "residual blocks", "6", WholeNumber(1)},
          {"--filters", "N", "channels", "64", WholeNumber(1)},
          {"--augment", "", "draw one of the eight symmetries a sample", "on",
           CLI::IsMember({"on", "off"})},
          {"--validation-percent", "X", "games held out", "5", CLI::Range(0.0, 50.0)},
          {"--seed", "N", "decides weights and order", "1", WholeNumber(0)},
          {"--threads", "N", "CPU threads of the trainer", "all", WholeNumber(1)},
          {"--memory-budget", "SIZE", "most memory that the trainer may use", "10GiB",
           SizeValidator()}};
}

void AddPassedFlags(CLI::App& app, const std::vector<PassedFlag>& flags, const char* group,
                    std::vector<std::string>& arguments) {
  for (const PassedFlag& flag : flags) {
    app.add_option_function<std::string>(
           flag.name,
           [&arguments, name = flag.name](const std::string& value) {
             arguments.push_back(name);
             arguments.push_back(value);
           },
           flag.about)
        ->type_name(flag.value)
        ->default_str(flag.standing)
        ->check(flag.check)
        ->group(group);
  }
}

absl::Status Run(RunFlags flags) {
  RunOptions& options = flags.options;
  options.workers = flags.workers;
  options.program_folder = ProgramFolder();
  MOYO_RETURN_IF_ERROR(CheckInputs(options.games));
  MOYO_RETURN_IF_ERROR(OpenRunFolder(options.run_dir));
  for (std::string& path : options.games) {  // the catalogue knows a file by its full path
    path = std::filesystem::absolute(path).lexically_normal().string();
  }
  ProgressBar progress(flags.json ? stderr : stdout);
  absl::StatusOr<RunSummary> summary;
  {
    RunSession session(options, progress);
    summary = session.Run();
  }
  MOYO_RETURN_IF_ERROR(summary.status());
  std::fputs(flags.json ? (DumpJson(SummaryJson(*summary), 2) + "\n").c_str()
                        : absl::StrCat("\n", SummaryText(*summary)).c_str(),
             stdout);
  return absl::OkStatus();
}

}  // namespace

void RegisterRun(CLI::App& app, Action& chosen) {
  auto flags = std::make_shared<RunFlags>();
  RunOptions& options = flags->options;
  CLI::App* command = app.add_subcommand(
      "run", "Turn game records into a trained network on this machine; run it again to resume");
  command->add_option("--games", options.games, "folders, SGF files, lists or archives")
      ->type_name("PATH")
      ->required();
  command->add_option("--run-dir", options.run_dir, "folder of the run; made when missing")
      ->type_name("DIR")
      ->required();
  command->add_option("--workers", flags->workers, "worker processes")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_flag("--parse-only", options.parse_only, "stop when all shards are finished");
  command->add_flag("--json", flags->json, "the summary as JSON; progress goes to stderr");
  AddExamples(
      *command,
      {"moyo run --games ~/sgf --run-dir my-run --max-minutes 60",
       "moyo run --games games.zip --run-dir my-run --parse-only --workers 4",
       "moyo run --games ~/sgf --run-dir my-run --filter-min-rank 1d --web 127.0.0.1:8080"});
  AddPassedFlags(*command, ServerFlags(), "Parsing", options.server_arguments);
  AddPassedFlags(*command, FilterFlagsOfServer(), "Filters", options.server_arguments);
  AddPassedFlags(*command, TrainerFlags(), "Training", options.trainer_arguments);
  command->add_flag("--fork", options.fork, "train on in spite of changed options")
      ->group("Training");
  command->callback([flags, &chosen] {
    const std::string contradiction =
        FilterContradiction(FiltersIn(flags->options.server_arguments));
    if (!contradiction.empty()) throw CLI::ValidationError("filters", contradiction);
    chosen = [flags] { return Run(*flags); };
  });
}

}  // namespace moyo::cli
