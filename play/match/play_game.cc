#include "play/match/play_game.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/go/area.h"

namespace moyo::play {
namespace {

constexpr uint8_t kSize = features::kBoardSize;

const char* Letter(go::Winner winner) { return winner == go::Winner::kBlack ? "B" : "W"; }
go::Winner Other(go::Color loser) {
  return loser == go::Color::kBlack ? go::Winner::kWhite : go::Winner::kBlack;
}

Score CountHere(const GameState& state) {
  const int margin = MarginHalfPoints(CountArea(state.board()), state.komi_half_points());
  return {.winner = go::WinnerBy(margin), .margin_half_points = std::abs(margin)};
}

Score CountGame(const GameState& state, const std::vector<MatchPlayer*>& judges) {
  for (MatchPlayer* judge : judges) {
    const absl::StatusOr<std::string> text = judge->FinalScore();
    if (!text.ok()) continue;
    if (const absl::StatusOr<Score> score = ParseScore(*text); score.ok()) return *score;
  }
  return CountHere(state);
}

class Referee {
 public:
  Referee(MatchPlayer& black, MatchPlayer& white, const GameRules& rules)
      : players_{&black, &white}, rules_(rules) {}

  absl::StatusOr<GameOutcome> Run(const std::vector<MatchPlayer*>& judges) {
    state_.set_komi_half_points(rules_.komi_half_points);
    for (MatchPlayer* player : players_) {
      MOYO_RETURN_IF_ERROR(player->NewGame(rules_.komi_half_points));
    }
    for (const go::Move& move : rules_.opening) {
      MOYO_RETURN_IF_ERROR(state_.Play(move));
      for (const go::Color color : {go::Color::kBlack, go::Color::kWhite}) {
        MOYO_ASSIGN_OR_RETURN(const bool goes_on, Tell(color, move));
        if (!goes_on) return Finish();
      }
    }
    while (state_.consecutive_passes() < 2 && state_.moves().size() < rules_.max_moves) {
      MOYO_ASSIGN_OR_RETURN(const bool goes_on, Turn());
      if (!goes_on) return Finish();
    }
    outcome_.end = state_.consecutive_passes() >= 2 ? GameEnd::kPasses : GameEnd::kMoveBound;
    const Score score = CountGame(state_, judges);
    winner_ = score.winner;
    margin_half_points_ = score.margin_half_points;
    return Finish();
  }

 private:
  MatchPlayer& Player(go::Color color) { return *players_[color == go::Color::kBlack ? 0 : 1]; }

  // False when it ended the game, here and below.
  absl::StatusOr<bool> Turn() {
    const go::Color color = state_.to_move();
    const absl::StatusOr<Decision> decision = Player(color).GenMove(state_, color);
    if (absl::IsInvalidArgument(decision.status())) return Loses(color, GameEnd::kIllegalMove);
    if (!decision.ok()) return Fails(color, decision.status());
    if (decision->kind == Decision::Kind::kResign) return Loses(color, GameEnd::kResignation);
    const go::Move move{decision->point, color};
    const absl::Status played = state_.Play(move);
    if (absl::IsInvalidArgument(played)) return Loses(color, GameEnd::kIllegalMove);
    MOYO_RETURN_IF_ERROR(played);
    return Tell(go::Opposite(color), move);
  }

  // Tells the player of `color` a move.
  absl::StatusOr<bool> Tell(go::Color color, go::Move move) {
    const absl::Status status = Player(color).Play(move);
    if (status.ok()) return true;
    return Fails(color, status);
  }

  absl::StatusOr<bool> Fails(go::Color color, const absl::Status& failure) {
    switch (failure.code()) {
      case absl::StatusCode::kInvalidArgument:
      case absl::StatusCode::kUnavailable:
      case absl::StatusCode::kDeadlineExceeded:
      case absl::StatusCode::kResourceExhausted:
        outcome_.failure = failure;
        return Loses(color, GameEnd::kFailure);
      default:
        return failure;
    }
  }

  bool Loses(go::Color color, GameEnd end) {
    winner_ = Other(color);
    outcome_.end = end;
    return false;
  }

  GameOutcome Finish() {
    outcome_.record = state_.record();
    go::GameInfo& info = outcome_.record.info;
    info.winner = winner_;
    info.by_resignation = outcome_.end == GameEnd::kResignation;
    info.margin_half_points = static_cast<int16_t>(margin_half_points_);
    outcome_.result = "0";
    if (winner_ != go::Winner::kDraw) {
      outcome_.result =
          absl::StrCat(Letter(winner_), "+",
                       outcome_.end == GameEnd::kResignation ? "R"
                       : outcome_.end == GameEnd::kIllegalMove || outcome_.end == GameEnd::kFailure
                           ? "F"
                           : absl::StrCat(margin_half_points_ / 2.0));
    }
    return outcome_;
  }

  const std::array<MatchPlayer*, 2> players_;
  const GameRules& rules_;
  GameState state_;
  GameOutcome outcome_;
  go::Winner winner_ = go::Winner::kDraw;
  int margin_half_points_ = 0;
};

std::vector<go::Move> CornerOpening(int plies, std::mt19937_64& random) {
  std::array<int, 4> corners = {0, 1, 2, 3};
  std::shuffle(corners.begin(), corners.end(), random);
  std::vector<go::Move> moves;
  for (int i = 0; i < std::min(plies, 4); ++i) {
    uint8_t x = 2 + random() % 3, y = 2 + random() % 3;
    if (corners[i] & 1) x = kSize - 1 - x;
    if (corners[i] & 2) y = kSize - 1 - y;
    moves.push_back({{x, y}, i % 2 == 0 ? go::Color::kBlack : go::Color::kWhite});
  }
  return moves;
}

}  // namespace

const char* GameEndName(GameEnd end) {
  switch (end) {
    case GameEnd::kPasses:
      return "passes";
    case GameEnd::kResignation:
      return "resignation";
    case GameEnd::kMoveBound:
      return "move bound";
    case GameEnd::kIllegalMove:
      return "illegal move";
    case GameEnd::kFailure:
      return "failure";
  }
  return "";
}

absl::StatusOr<Score> ParseScore(std::string_view text) {
  const absl::string_view score =
      absl::StripAsciiWhitespace(absl::string_view(text.data(), text.size()));
  if (score == "0" || absl::EqualsIgnoreCase(score, "draw") ||
      absl::EqualsIgnoreCase(score, "jigo")) {
    return Score();
  }
  double points = 0;
  const bool black = absl::StartsWithIgnoreCase(score, "B+");
  if ((!black && !absl::StartsWithIgnoreCase(score, "W+")) ||
      !absl::SimpleAtod(score.substr(2), &points) || !(points >= 0 && points < 1000)) {
    return absl::InvalidArgumentError(absl::StrCat("'", score, "' is no score"));
  }
  return Score{.winner = points == 0 ? go::Winner::kDraw
                         : black     ? go::Winner::kBlack
                                     : go::Winner::kWhite,
               .margin_half_points = static_cast<int>(std::lround(2 * points))};
}

absl::StatusOr<GameOutcome> PlayGame(MatchPlayer& black, MatchPlayer& white, const GameRules& rules,
                                     const std::vector<MatchPlayer*>& judges) {
  return Referee(black, white, rules).Run(judges);
}

absl::StatusOr<std::vector<go::Move>> DrawOpening(evaluation::Evaluator* evaluator, int plies,
                                                  uint64_t seed) {
  std::mt19937_64 random(seed);
  if (evaluator == nullptr) return CornerOpening(plies, random);
  PolicyPlayer player(*evaluator, {.temperature = 1, .resign_below = -1, .seed = random()});
  GameState state;
  for (int ply = 0; ply < plies; ++ply) {
    const go::Color color = state.to_move();
    MOYO_ASSIGN_OR_RETURN(const Decision decision, player.Decide(state, color));
    if (decision.point.IsPass()) break;
    MOYO_RETURN_IF_ERROR(state.Play({decision.point, color}));
  }
  return state.moves();
}

}  // namespace moyo::play
