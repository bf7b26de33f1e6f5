// Reads the games below some paths with several threads and reports on them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/progress_bar.h"
#include "cli/survey/survey_report.h"
#include "worker/parse/game_judge.h"

namespace moyo::cli {

struct SurveyOptions {
  std::vector<std::string> paths;  // folders, files, archives
  worker::ParseOptions parse;
  ReportOptions report;
  int threads = 1;
};

struct SurveyOutcome {
  SurveyReport report;
  uint64_t file_bytes = 0;  // of the files read
  double seconds = 0;
};

// The report does not depend on the number of threads. NOT_FOUND: a path does not exist, or no game
// is below any of them. CANCELLED: a signal came.
absl::StatusOr<SurveyOutcome> RunSurvey(const SurveyOptions& options, ProgressBar& progress);

}  // namespace moyo::cli
