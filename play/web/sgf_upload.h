// A record that a person opens in the page, in whatever dialect and charset it is.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace moyo::play {

// {"games": 1, "number": 1, "game": {...}, "black": {"name", "rank"}, "white": {...}, "event",
//  "place", "date", "result", "encoding": "GB18030", "variations": 0,
//  "cut": {"reason": "MOVE_OCCUPIED", "message", "byte"} or null}
// `number` says which game of a collection, from 1. NOT_FOUND: no game in the bytes, or fewer.
// UNIMPLEMENTED: another board than 19x19. INVALID_ARGUMENT: no number. RESOURCE_EXHAUSTED: too
// many moves. FAILED_PRECONDITION: its setup is no position.
absl::StatusOr<nlohmann::ordered_json> ReadUpload(std::string_view bytes,
                                                  const std::string& number);

}  // namespace moyo::play
