// The server's status as text for people and as JSON for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "moyo/v1/admin.pb.h"

namespace moyo::cli {

// Where the answer came from; empty fields are left out.
struct StatusSource {
  std::string address;
  std::string run_dir;
};

// Lines with a newline each. Ledger, units, memory and checkpoint statistics, training, workers,
// alarms, advice.
std::string StatusText(const v1::GetStatusResponse& status, const StatusSource& source);

// Its parts, for a screen that has to choose. Alarms and what could not be added or stored:
std::vector<std::string> NoticeLines(const v1::GetStatusResponse& status);
// All but server, workers, alarms and advice:
std::string DetailText(const v1::GetStatusResponse& status, const StatusSource& source);
// A heading, then at most `max_lines` lines of workers; the last of them says how many more.
std::string WorkersText(const v1::GetStatusResponse& status, size_t max_lines);

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
