// moyo reset: forget shards, model or both, after showing what goes.
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/run_reset.h"
#include "common/base/command_line.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"

namespace moyo::cli {
namespace {

struct ResetOptions {
  std::string run_dir;
  ResetScope scope;
  bool dry_run = false;
  bool yes = false;
};

absl::Status Confirm(const ResetOptions& options) {
  if (options.yes) return absl::OkStatus();
  if (!isatty(STDIN_FILENO)) {
    return absl::FailedPreconditionError(
        absl::StrCat("nothing was removed from '", options.run_dir,
                     "': this is no terminal to ask on; repeat with --yes"));
  }
  std::printf("remove these? [y/N] ");
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (ShutdownRequested()) return absl::CancelledError("stopped by a signal; nothing was removed");
  if (answer == "y" || answer == "Y" || answer == "yes") return absl::OkStatus();
  return absl::FailedPreconditionError("nothing was removed: the answer was not y");
}

absl::Status Reset(ResetOptions options) {
  if (!options.scope.shards && !options.scope.model)
    options.scope = {.shards = true, .model = true};
  MOYO_ASSIGN_OR_RETURN(const std::vector<ResetItem> items,
                        ListReset(options.run_dir, options.scope));
  if (items.empty()) {
    std::printf("nothing to remove in %s\n", options.run_dir.c_str());
    return absl::OkStatus();
  }
  for (const ResetItem& item : items) {
    std::printf("%10s  %8s files  %s\n", HumanBytes(item.bytes).c_str(),
                WithCommas(item.files).c_str(), item.path.c_str());
  }
  if (options.dry_run) {
    std::printf("nothing was removed (--dry-run)\n");
    return absl::OkStatus();
  }
  MOYO_RETURN_IF_ERROR(Confirm(options));
  MOYO_RETURN_IF_ERROR(ApplyReset(options.run_dir, items));
  std::printf("removed\n");
  return absl::OkStatus();
}

}  // namespace

void RegisterReset(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ResetOptions>();
  CLI::App* command =
      app.add_subcommand("reset", "Remove the shards, the model, or both from a run directory");
  command->add_option("--run-dir", options->run_dir, "run directory")->type_name("DIR")->required();
  command->add_flag("--shards", options->scope.shards,
                    "only catalogue, shards and spool; tokens and certificate go with them");
  command->add_flag("--model", options->scope.model, "only checkpoints and model");
  command->add_flag("--dry-run", options->dry_run, "show what would go, remove nothing");
  command->add_flag("--yes", options->yes, "do not ask");
  AddExamples(*command, {"moyo reset --run-dir my-run --dry-run",
                         "moyo reset --run-dir my-run --model --yes"});
  command->callback([options, &chosen] { chosen = [options] { return Reset(*options); }; });
}

}  // namespace moyo::cli
