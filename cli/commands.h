// The subcommands of `moyo`: each adds its flags to the parser and, when it was the one typed,
// leaves what to do in `chosen`.
//
// An action's status decides the exit code (ExitCode): OK 0, CANCELLED (a signal) 130, else 1.
// Wrong usage never gets so far: the parser ends with 2.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace moyo::cli {

using Action = std::function<absl::Status()>;

void RegisterRun(CLI::App& app, Action& chosen);
void RegisterHealth(CLI::App& app, Action& chosen);
void RegisterStatus(CLI::App& app, Action& chosen);
void RegisterLedger(CLI::App& app, Action& chosen);
void RegisterAdd(CLI::App& app, Action& chosen);
void RegisterShards(CLI::App& app, Action& chosen);
void RegisterExportPlanes(CLI::App& app, Action& chosen);
void RegisterReset(CLI::App& app, Action& chosen);
void RegisterSurvey(CLI::App& app, Action& chosen);
void RegisterToken(CLI::App& app, Action& chosen);

// Refuses text that is no size such as 10GiB.
CLI::Validator SizeValidator();
// Whole numbers from `least` on; numbers above zero. Their refusals fit on one readable line.
CLI::Validator WholeNumber(uint64_t least);
CLI::Validator PositiveReal();

int ExitCode(const absl::Status& status);
// "moyo: what, where, what to do" on one line, whatever the message holds, control characters
// shown.
std::string ErrorLine(const absl::Status& status);

}  // namespace moyo::cli
