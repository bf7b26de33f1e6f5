#include "play/json_fields.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace moyo::play {

using nlohmann::json;

absl::Status BadField(absl::string_view name, absl::string_view wanted) {
  return absl::InvalidArgumentError(absl::StrCat(name, " must be ", wanted));
}

absl::StatusOr<json> ParseRequest(std::string_view text) {
  json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return BadField("the request", "a JSON object");
  return object;
}

absl::StatusOr<double> Number(const json& object, const NumberField& field) {
  const auto found = object.find(field.name);
  if (found == object.end()) return field.fallback;
  const double value = found->is_number() ? found->get<double>() : NAN;
  if (!(value >= field.low && value <= field.high)) {
    return BadField(field.name, absl::StrCat("a number from ", field.low, " to ", field.high));
  }
  return value;
}

absl::StatusOr<int> Integer(const json& object, const NumberField& field) {
  MOYO_ASSIGN_OR_RETURN(const double value, Number(object, field));
  if (value != std::floor(value)) return BadField(field.name, "a whole number");
  return static_cast<int>(value);
}

absl::StatusOr<bool> Flag(const json& object, const char* name, bool fallback) {
  const auto found = object.find(name);
  if (found == object.end()) return fallback;
  if (!found->is_boolean()) return BadField(name, "true or false");
  return found->get<bool>();
}

absl::StatusOr<std::string> Text(const json& object, const char* name, size_t max_bytes) {
  const auto found = object.find(name);
  if (found == object.end()) return std::string();
  if (!found->is_string() || found->get_ref<const std::string&>().size() > max_bytes) {
    return BadField(name, absl::StrCat("text of at most ", max_bytes, " bytes"));
  }
  return found->get<std::string>();
}

}  // namespace moyo::play
