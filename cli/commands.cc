#include "cli/commands.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/memory.h"

namespace moyo::cli {

CLI::Validator SizeValidator() {
  return CLI::Validator(
      [](std::string& text) {
        const absl::StatusOr<uint64_t> bytes = ParseBytes(text);
        return bytes.ok() ? std::string() : std::string(bytes.status().message());
      },
      "SIZE");
}

int ExitCode(const absl::Status& status) {
  if (status.ok()) return 0;
  return absl::IsCancelled(status) ? 130 : 1;
}

std::string ErrorLine(const absl::Status& status) {
  return absl::StrCat("moyo: ", absl::StrReplaceAll(status.message(), {{"\r", ""}, {"\n", " "}}));
}

}  // namespace moyo::cli
