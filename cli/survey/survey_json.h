// The report as JSON. cli/README.md documents it; names stay, more may be added.
#pragma once

#include <nlohmann/json.hpp>

#include "cli/survey/survey_run.h"

namespace moyo::cli {

nlohmann::ordered_json SurveyJson(const SurveyOutcome& outcome);

}  // namespace moyo::cli
