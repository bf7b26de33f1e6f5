#include "play/match/match_player.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/go/vertex.h"

namespace moyo::play {
namespace {

constexpr int kSize = features::kBoardSize;

const char* Letter(go::Color color) { return color == go::Color::kBlack ? "b" : "w"; }

}  // namespace

absl::Status NetworkMatchPlayer::NewGame(int) {
  player_.NewGame();
  return absl::OkStatus();
}

absl::Status GtpMatchPlayer::NewGame(int komi_half_points) {
  if (program_ != nullptr) {
    const absl::Status status = SetUp(komi_half_points);
    if (program_ != nullptr) return status;
    // It ended after its last answer, with nothing lost.
  }
  MOYO_ASSIGN_OR_RETURN(program_, GtpProcess::Start(command_, log_path_));
  return SetUp(komi_half_points);
}

absl::Status GtpMatchPlayer::SetUp(int komi_half_points) {
  const std::string komi =
      absl::StrCat(komi_half_points < 0 ? "-" : "", std::abs(komi_half_points) / 2,
                   komi_half_points % 2 != 0 ? ".5" : ".0");
  for (const std::string& line :
       {absl::StrCat("boardsize ", kSize), std::string("clear_board"), "komi " + komi}) {
    MOYO_RETURN_IF_ERROR(Tell(line));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> GtpMatchPlayer::Say(const std::string& line) {
  absl::StatusOr<std::string> answer = program_->Say(line, timeout_);
  if (!answer.ok() && !absl::IsInvalidArgument(answer.status())) program_.reset();
  return answer;
}

absl::Status GtpMatchPlayer::Tell(const std::string& line) {
  const absl::Status status = Say(line).status();
  if (!absl::IsInvalidArgument(status)) return status;
  return absl::InvalidArgumentError(
      absl::StrCat("the program refuses '", line, "': ", status.message()));
}

absl::Status GtpMatchPlayer::Play(go::Move move) {
  return Tell(absl::StrCat("play ", Letter(move.color), " ", go::FormatVertex(move.point, kSize)));
}

absl::StatusOr<Decision> GtpMatchPlayer::GenMove(const GameState&, go::Color color) {
  MOYO_ASSIGN_OR_RETURN(const std::string answer, Say(absl::StrCat("genmove ", Letter(color))));
  if (absl::EqualsIgnoreCase(answer, "resign")) return Decision{.kind = Decision::Kind::kResign};
  const std::optional<go::Point> point = go::ParseVertex(answer, kSize);
  if (!point) return absl::InvalidArgumentError(absl::StrCat("'", answer, "' is no move"));
  return Decision{.point = *point};
}

absl::StatusOr<std::string> GtpMatchPlayer::FinalScore() { return Say("final_score"); }

}  // namespace moyo::play
