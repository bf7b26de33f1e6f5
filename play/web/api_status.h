// A failure as the API's answer: an HTTP status, a word that the page has in its languages, and a
// sentence for who reads the protocol.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "common/go/types.h"
#include "common/web/http_server.h"

namespace moyo::play {

// One line. Text that is not UTF-8, which none of ours should be, shows as U+FFFD.
std::string DumpJson(const nlohmann::ordered_json& json);

// {"error": "bad_request", "message": "komi must be ..."}. That a game cannot be is an answer like
// another, with status 200: browsers report every other status as an error of the page. By the code
// of the status:
//   INVALID_ARGUMENT    400 bad_request   the request is not of the protocol
//   FAILED_PRECONDITION 200 illegal_move  with "reason" (KO, OCCUPIED, SUICIDE) and "move", from 1;
//                                         or bad_setup
//   NOT_FOUND           200 no_game       no record in the bytes
//   UNIMPLEMENTED       200 board_size    the network knows 19x19
//   RESOURCE_EXHAUSTED  200 too_long      more moves than a game may have
//   OUT_OF_RANGE        200 finished
//   else                500 network       the network failed
web::Response RefusalOf(const absl::Status& status);

// FAILED_PRECONDITION when the setup of a game is no position or one of its first `plies` moves is
// not legal.
absl::Status CheckLegal(const go::GameRecord& game, size_t plies);

}  // namespace moyo::play
