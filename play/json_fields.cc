#include "play/json_fields.h"

#include <cmath>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace moyo::play {

using nlohmann::json;

namespace {
constexpr char kFieldPayload[] = "moyo/field";
}  // namespace

absl::Status BadField(absl::string_view name, absl::string_view wanted) {
  return OfField(name, absl::InvalidArgumentError(absl::StrCat(name, " must be ", wanted)));
}

absl::Status OfField(absl::string_view name, absl::Status status) {
  if (!status.ok()) status.SetPayload(kFieldPayload, absl::Cord(name));
  return status;
}

std::string FieldOf(const absl::Status& status) {
  const auto field = status.GetPayload(kFieldPayload);
  return field ? std::string(*field) : std::string();
}

absl::StatusOr<json> ParseRequest(std::string_view text) {
  bool too_deep = false;
  // What is left out is not built: writing a value out again takes a stack frame a level.
  const auto keep = [&too_deep](int depth, json::parse_event_t, const json&) {
    too_deep |= depth > kMaxJsonDepth;
    return depth <= kMaxJsonDepth;
  };
  json object = json::parse(text, keep, /*allow_exceptions=*/false);
  if (too_deep) {
    return absl::InvalidArgumentError(
        absl::StrCat("the request must not be nested more than ", kMaxJsonDepth, " deep"));
  }
  if (!object.is_object()) return absl::InvalidArgumentError("the request must be a JSON object");
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
