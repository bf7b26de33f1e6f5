// A training's curves as the page reads them.
#pragma once

#include <nlohmann/json.hpp>

#include "moyo/v1/training.pb.h"

namespace moyo::server {

// Columns instead of points, a third of the size:
//   {"losses": {"samples": [..], "unix_seconds": [..], "policy_loss": [..], "value_loss": [..],
//               "learning_rate": [..], "samples_per_second": [..]},
//    "validations": {"samples": [..], "unix_seconds": [..], "top1": [..], "top5": [..],
//                    "nats": [..], "value_accuracy": [..], "positions": [..]}}
// Five significant digits. A number that is not finite is null.
nlohmann::ordered_json CurvesJson(const v1::TrainingHistory& curves);

}  // namespace moyo::server
