#include "common/base/text.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/utf8.h"

namespace moyo {

std::string WithCommas(uint64_t value) {
  std::string digits = absl::StrCat(value);
  for (int i = static_cast<int>(digits.size()) - 3; i > 0; i -= 3) digits.insert(i, ",");
  return digits;
}

std::string Counted(uint64_t count, std::string_view noun) {
  return absl::StrCat(WithCommas(count), " ", absl::string_view(noun.data(), noun.size()),
                      count == 1 ? "" : "s");
}

std::string HumanBytes(uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? absl::StrCat(bytes, " B") : absl::StrFormat("%.1f %s", value, kUnits[unit]);
}

std::string HumanDuration(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(duration);
  if (seconds < 60) return absl::StrFormat("%ds", seconds);
  if (seconds < 3600) return absl::StrFormat("%dm %02ds", seconds / 60, seconds % 60);
  return absl::StrFormat("%dh %02dm", seconds / 3600, seconds / 60 % 60);
}

std::string EscapeBytes(std::string_view bytes, size_t max_bytes) {
  const bool cut = bytes.size() > max_bytes;
  const std::string text =
      absl::CHexEscape(absl::string_view(bytes.data(), cut ? max_bytes : bytes.size()));
  return cut ? text + "..." : text;
}

std::string Visible(std::string_view text) {
  std::string visible;
  visible.reserve(text.size());
  while (!text.empty()) {
    const size_t control_bytes = ControlCharacterBytes(text);
    for (size_t i = 0; i < control_bytes; ++i) {
      absl::StrAppendFormat(&visible, "\\x%02x", static_cast<unsigned char>(text[i]));
    }
    if (control_bytes == 0) visible.push_back(text.front());
    text.remove_prefix(control_bytes == 0 ? 1 : control_bytes);
  }
  return visible;
}

}  // namespace moyo
