// The server's status as JSON for programs: what `moyo status --json` prints and the training page
// reads. cli/README.md documents the keys.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "moyo/v1/admin.pb.h"

namespace moyo {

// The keys are stable; more may be added. Without a trainer's report `training.reported` is false
// and the numbers are 0; `top1`, `top5` and `nats` are null until the first validation. A number
// that is not finite is dumped as null.
nlohmann::ordered_json StatusJson(const v1::GetStatusResponse& status);

nlohmann::ordered_json LedgerJson(const v1::LedgerCounts& ledger);

// A score of the training's last validation; null before the first.
nlohmann::ordered_json ScoreJson(const v1::TrainingProgress& training, double score);

std::string HexDigest(const std::string& bytes);

// Text that may be broken UTF-8, to one line of JSON (or more with `indent` >= 0).
std::string DumpJson(const nlohmann::ordered_json& json, int indent = -1);

}  // namespace moyo
