// The server's status as text for people and as JSON for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "moyo/v1/admin.pb.h"

namespace moyo::cli {

// Where the answer came from; empty fields are left out.
struct StatusSource {
  std::string address;
  std::string run_dir;
};

// Lines with a newline each. Memory and checkpoint statistics, ledger, units, workers, training,
// alarms.
std::string StatusText(const v1::GetStatusResponse& status, const StatusSource& source);

// The keys are stable; more may be added. Without a trainer's report `training.reported` is false
// and the numbers are 0; `top1`, `top5` and `nats` are null until the first validation.
nlohmann::ordered_json StatusJson(const v1::GetStatusResponse& status);

// Text that may be broken UTF-8, to one line of JSON (or more with `indent` >= 0).
std::string DumpJson(const nlohmann::ordered_json& json, int indent = -1);

// "12 found = 9 accepted + ..."
std::string LedgerText(const v1::LedgerCounts& ledger);
nlohmann::ordered_json LedgerJson(const v1::LedgerCounts& ledger);

std::string HexDigest(const std::string& bytes);

}  // namespace moyo::cli
