// The server's status as text for people. common/status has it as JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "cli/advice.h"
#include "moyo/v1/admin.pb.h"

namespace moyo::cli {

// Where the answer came from; empty fields are left out.
struct StatusSource {
  std::string address;
  std::string run_dir;
  JoinBy join_by = JoinBy::kAddress;
};

// Control characters of what the server says are shown, so that nothing steers the terminal. Lines
// with a newline each. Ledger, units, memory and checkpoint statistics, training, workers,
// alarms, advice.
std::string StatusText(const v1::GetStatusResponse& status, const StatusSource& source);

// Its parts, for a screen that has to choose. Alarms and what could not be added or stored:
std::vector<std::string> NoticeLines(const v1::GetStatusResponse& status);
// All but server, workers, alarms and advice:
std::string DetailText(const v1::GetStatusResponse& status, const StatusSource& source);
// A heading, then at most `max_lines` lines of workers; the last of them says how many more.
std::string WorkersText(const v1::GetStatusResponse& status, size_t max_lines);

// "12 found = 9 accepted + ..."
std::string LedgerText(const v1::LedgerCounts& ledger);

}  // namespace moyo::cli
