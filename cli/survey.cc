// moyo survey: what some game records hold, without a server.
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/progress_bar.h"
#include "cli/survey/survey_json.h"
#include "cli/survey/survey_run.h"
#include "cli/survey/survey_text.h"
#include "common/base/command_line.h"
#include "common/base/host.h"
#include "common/base/status_macros.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

struct SurveyFlags {
  SurveyOptions options;
  bool json = false;
};

absl::Status Survey(const SurveyFlags& flags) {
  ProgressBar progress(stderr);  // so that the report alone can be piped
  MOYO_ASSIGN_OR_RETURN(const SurveyOutcome outcome, RunSurvey(flags.options, progress));
  const std::string report =
      flags.json ? DumpJson(SurveyJson(outcome), 2) + "\n" : SurveyText(outcome);
  std::fputs(report.c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace

void RegisterSurvey(CLI::App& app, Action& chosen) {
  auto flags = std::make_shared<SurveyFlags>();
  SurveyOptions& options = flags->options;
  options.threads = AvailableCpus();
  CLI::App* command = app.add_subcommand(
      "survey", "Report what game records hold: counts, copies, damage; needs no server");
  command->add_option("PATH", options.paths, "folders, SGF files, lists or archives")->required();
  command->add_flag("--json", flags->json, "the report as JSON");
  command->add_option("--threads", options.threads, "how many read games")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--limit", options.report.limit, "stop after so many games")
      ->check(WholeNumber(1));
  command
      ->add_option("--min-moves", options.parse.min_moves,
                   "a damaged game is kept with so many moves")
      ->check(WholeNumber(0))
      ->capture_default_str();
  command->add_option("--max-moves", options.parse.filter.max_moves, "a longer game is filtered")
      ->check(WholeNumber(1))
      ->capture_default_str();
  command
      ->add_option("--board-size", options.parse.filter.board_size,
                   "keep only games of this size; 0: all")
      ->check(CLI::Range(0, 25))
      ->capture_default_str();
  AddExamples(*command, {"moyo survey ~/sgf", "moyo survey games.zip --json"});
  command->callback([flags, &chosen] { chosen = [flags] { return Survey(*flags); }; });
}

}  // namespace moyo::cli
