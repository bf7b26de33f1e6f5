// One side of a match: a network in this process, or a GTP program.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "play/game_state.h"
#include "play/match/gtp_process.h"
#include "play/policy_player.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

// Not thread-safe. After an error of a player's own (UNAVAILABLE, DEADLINE_EXCEEDED,
// RESOURCE_EXHAUSTED: a program that ended, hangs or babbles) the game is over for it, and NewGame
// is the only call that may follow.
class MatchPlayer {
 public:
  virtual ~MatchPlayer() = default;
  virtual absl::Status NewGame(int komi_half_points) = 0;
  // Tells a move that was played, by the opponent or in the opening.
  virtual absl::Status Play(go::Move move) = 0;
  // The move for `color`, which counts as played; `state` is the game so far. Legality is for the
  // caller to judge.
  virtual absl::StatusOr<Decision> GenMove(const GameState& state, go::Color color) = 0;
  // "B+3.5", "0". UNIMPLEMENTED or INVALID_ARGUMENT when the player cannot count.
  virtual absl::StatusOr<std::string> FinalScore() = 0;
};

// The evaluator is shared by players of several threads when it is a SharedEvaluator.
class NetworkMatchPlayer final : public MatchPlayer {
 public:
  NetworkMatchPlayer(evaluation::Evaluator& evaluator, const PlayerOptions& options)
      : player_(evaluator, options) {}
  absl::Status NewGame(int komi_half_points) override;
  absl::Status Play(go::Move) override { return absl::OkStatus(); }
  absl::StatusOr<Decision> GenMove(const GameState& state, go::Color color) override {
    return player_.Decide(state, color);
  }
  absl::StatusOr<std::string> FinalScore() override {
    return absl::UnimplementedError("a network does not count");
  }

 private:
  PolicyPlayer player_;
};

class GtpMatchPlayer final : public MatchPlayer {
 public:
  // Of a command for /bin/sh, its messages appended to `log_path`; NewGame runs it.
  GtpMatchPlayer(std::string command, std::string log_path, absl::Duration timeout)
      : command_(std::move(command)), log_path_(std::move(log_path)), timeout_(timeout) {}
  // Starts the program anew where it does not run: the first time, and after it ended or was left.
  absl::Status NewGame(int komi_half_points) override;
  // INVALID_ARGUMENT: it refuses the move.
  absl::Status Play(go::Move move) override;
  // INVALID_ARGUMENT: it refuses, or answers what is no move.
  absl::StatusOr<Decision> GenMove(const GameState& state, go::Color color) override;
  absl::StatusOr<std::string> FinalScore() override;

 private:
  absl::Status SetUp(int komi_half_points);
  // As GtpProcess::Say; a program whose conversation is over is left.
  absl::StatusOr<std::string> Say(const std::string& line);
  // A command whose answer says nothing.
  absl::Status Tell(const std::string& line);

  const std::string command_;
  const std::string log_path_;
  const absl::Duration timeout_;         // of each command
  std::unique_ptr<GtpProcess> program_;  // null: none runs
};

}  // namespace moyo::play
