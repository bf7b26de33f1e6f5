#include "play/web/api_status.h"

#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/go/replay.h"

namespace moyo::play {
namespace {

// Payloads of the status of an illegal move.
constexpr char kReason[] = "moyo.play/reason";
constexpr char kMove[] = "moyo.play/move";

struct Refusal {
  int http;
  const char* word;
};

Refusal RefusalOfCode(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return {400, "bad_request"};
    case absl::StatusCode::kFailedPrecondition:
      return {200, status.GetPayload(kReason) ? "illegal_move" : "bad_setup"};
    case absl::StatusCode::kNotFound:
      return {200, "no_game"};
    case absl::StatusCode::kUnimplemented:
      return {200, "board_size"};
    case absl::StatusCode::kResourceExhausted:
      return {200, "too_long"};
    case absl::StatusCode::kOutOfRange:
      return {200, "finished"};
    default:
      return {500, "network"};
  }
}

}  // namespace

std::string DumpJson(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

web::Response RefusalOf(const absl::Status& status) {
  const Refusal refusal = RefusalOfCode(status);
  nlohmann::ordered_json json = {{"error", refusal.word},
                                 {"message", std::string(status.message())}};
  if (const auto reason = status.GetPayload(kReason)) json["reason"] = std::string(*reason);
  int64_t move = 0;
  if (const auto number = status.GetPayload(kMove)) {
    if (absl::SimpleAtoi(std::string(*number), &move)) json["move"] = move;
  }
  return {.status = refusal.http, .body = DumpJson(json)};
}

absl::Status CheckLegal(const go::GameRecord& game, size_t plies) {
  go::GameRecord cut = game;
  if (plies < cut.moves.size()) cut.moves.resize(plies);
  go::Replayer replayer;
  const go::ReplayResult result = replayer.Replay(cut);
  if (!result.setup_ok) {
    return absl::FailedPreconditionError("the setup stones are not a position");
  }
  if (result.legal_moves == cut.moves.size()) return absl::OkStatus();
  const char* reason = go::LegalityName(result.legality);
  absl::Status status = absl::FailedPreconditionError(
      absl::StrCat("move ", result.legal_moves + 1, " is not legal: ", reason));
  status.SetPayload(kReason, absl::Cord(reason));
  status.SetPayload(kMove, absl::Cord(absl::StrCat(result.legal_moves + 1)));
  return status;
}

}  // namespace moyo::play
