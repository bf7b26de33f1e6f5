#include "cli/commands.h"

#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/memory.h"
#include "common/base/text.h"

namespace moyo::cli {

CLI::Validator SizeValidator() {
  return CLI::Validator(
      [](std::string& text) {
        const absl::StatusOr<uint64_t> bytes = ParseBytes(text);
        return bytes.ok() ? std::string() : std::string(bytes.status().message());
      },
      "");
}

CLI::Validator WholeNumber(uint64_t least) {
  return CLI::Validator(
      [least](std::string& text) {
        uint64_t value = 0;
        if (absl::SimpleAtoi(text, &value) && value >= least) return std::string();
        return absl::StrCat("'", text, "' is not a whole number from ", least, " on");
      },
      "");
}

CLI::Validator PositiveReal() {
  return CLI::Validator(
      [](std::string& text) {
        double value = 0;
        if (absl::SimpleAtod(text, &value) && value > 0 && std::isfinite(value))
          return std::string();
        return absl::StrCat("'", text, "' is not a number above 0");
      },
      "");
}

int ExitCode(const absl::Status& status) {
  if (status.ok()) return 0;
  return absl::IsCancelled(status) ? 130 : 1;
}

std::string ErrorLine(const absl::Status& status) {
  // Parts of it may come over the network.
  return absl::StrCat("moyo: ",
                      Visible(absl::StrReplaceAll(status.message(), {{"\r", ""}, {"\n", " "}})));
}

}  // namespace moyo::cli
