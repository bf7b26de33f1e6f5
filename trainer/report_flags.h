// The command line of `moyo-trainer report`.
#pragma once

#include <optional>
#include <string>

#include "trainer/report/report.h"

namespace moyo::trainer {

struct ReportFlags {
  ReportOptions options;
  std::string json;  // file for it; empty: standard output
  // `argv` from the word "report" on. As Flags::Parse.
  std::optional<int> Parse(int argc, char** argv);
};

// The whole command; its exit code.
int ReportMain(int argc, char** argv);

}  // namespace moyo::trainer
