// The report as people read it on a terminal, at most 100 columns but for paths.
#pragma once

#include <string>

#include "cli/survey/survey_run.h"

namespace moyo::cli {

std::string SurveyText(const SurveyOutcome& outcome);

}  // namespace moyo::cli
