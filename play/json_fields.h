// Fields of a JSON request, each held to its type and a range.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace moyo::play {

// INVALID_ARGUMENT "NAME must be WANTED", of the field NAME.
absl::Status BadField(absl::string_view name, absl::string_view wanted);
// An error as one of the field `name`, whatever it was of before.
absl::Status OfField(absl::string_view name, absl::Status status);
// The field that an error is of; empty where it is of none.
std::string FieldOf(const absl::Status& status);

// A request as an object. INVALID_ARGUMENT: it is none, or lists and objects in it stand one within
// the other more than kMaxJsonDepth deep.
inline constexpr int kMaxJsonDepth = 32;
absl::StatusOr<nlohmann::json> ParseRequest(std::string_view text);

// A number of a request; `fallback` where it is missing. INVALID_ARGUMENT out of low..high.
struct NumberField {
  const char* name;
  double low;
  double high;
  double fallback;
};
absl::StatusOr<double> Number(const nlohmann::json& object, const NumberField& field);
// The same for whole numbers.
absl::StatusOr<int> Integer(const nlohmann::json& object, const NumberField& field);
// INVALID_ARGUMENT unless it is missing or true or false.
absl::StatusOr<bool> Flag(const nlohmann::json& object, const char* name, bool fallback);
// INVALID_ARGUMENT unless it is missing or text of at most `max_bytes`.
absl::StatusOr<std::string> Text(const nlohmann::json& object, const char* name, size_t max_bytes);

}  // namespace moyo::play
