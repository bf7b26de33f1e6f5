#include "play/gtp_analysis.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"
#include "common/go/symmetry.h"
#include "common/go/vertex.h"
#include "play/network_views.h"

namespace moyo::play {
namespace {

constexpr int kSize = features::kBoardSize;

// Names that take a value and change nothing here.
constexpr const char* kIgnored[] = {"interval",       "minmoves",           "ownership",
                                    "movesownership", "ownershipstdev",     "pvvisits",
                                    "pvedgevisits",   "movesownershipstdev"};

std::string Info(const Suggestion& move, double win_rate, size_t order, AnalysisStyle style) {
  const std::string vertex = go::FormatVertex(move.point, kSize);
  const int visits = Visits(move);
  if (style == AnalysisStyle::kKata) {
    return absl::StrFormat(
        "info move %s visits %d utility %.6f winrate %.6f prior %.6f lcb %.6f order %d pv %s",
        vertex, visits, 2 * win_rate - 1, win_rate, move.probability, win_rate, order, vertex);
  }
  return absl::StrFormat("info move %s visits %d winrate %d prior %d lcb %d order %d pv %s", vertex,
                         visits, std::lround(10000 * win_rate),
                         std::lround(10000 * move.probability), std::lround(10000 * win_rate),
                         order, vertex);
}

}  // namespace

absl::StatusOr<AnalysisRequest> ParseAnalysisRequest(const std::vector<std::string>& words,
                                                     go::Color to_move) {
  AnalysisRequest request{.color = to_move};
  size_t at = 0;
  if (at < words.size()) {
    if (const auto color = go::ParseColor(words[at])) {
      request.color = *color;
      ++at;
    }
  }
  double interval = 0;
  if (at < words.size() && absl::SimpleAtod(words[at], &interval)) ++at;
  for (; at < words.size(); at += 2) {
    const std::string name = absl::AsciiStrToLower(words[at]);
    if (at + 1 == words.size()) return absl::InvalidArgumentError("argument without a value");
    const std::string& value = words[at + 1];
    if (name == "maxmoves") {
      if (!absl::SimpleAtoi(value, &request.max_moves) || request.max_moves < 1) {
        return absl::InvalidArgumentError("maxmoves not a positive integer");
      }
    } else if (name == "rootinfo") {
      request.root_info = absl::EqualsIgnoreCase(value, "true");
    } else if (std::find(std::begin(kIgnored), std::end(kIgnored), name) == std::end(kIgnored)) {
      return absl::InvalidArgumentError(absl::StrCat("unknown argument ", words[at]));
    }
  }
  request.max_moves = std::min<size_t>(request.max_moves, features::kPolicySize);
  return request;
}

absl::StatusOr<std::string> AnalysisLine(const GameState& state, const AnalysisRequest& request,
                                         AnalysisStyle style, evaluation::Evaluator& evaluator) {
  MOYO_ASSIGN_OR_RETURN(const evaluation::Evaluation root,
                        EvaluatePosition(state, request.color, evaluator));
  const std::vector<Suggestion> moves = TopMoves(state, request.color, root, request.max_moves);
  MOYO_ASSIGN_OR_RETURN(const std::vector<double> win_rates,
                        WinRatesAfter(state, request.color, moves, evaluator));
  std::string line;
  for (size_t i = 0; i < moves.size(); ++i) {
    absl::StrAppend(&line, i > 0 ? " " : "", Info(moves[i], win_rates[i], i, style));
  }
  if (request.root_info && style == AnalysisStyle::kKata) {
    absl::StrAppendFormat(&line, "%srootInfo visits %d utility %.6f winrate %.6f",
                          line.empty() ? "" : " ", kRootVisits, 2 * WinRate(root.value) - 1,
                          WinRate(root.value));
  }
  return line;
}

absl::StatusOr<evaluation::Evaluation> EvaluateSymmetry(const GameState& state, go::Color color,
                                                        int symmetry,
                                                        evaluation::Evaluator& evaluator) {
  go::GameRecord turned = state.record();
  for (go::Setup& setup : turned.setup) setup.point = go::Transform(setup.point, symmetry, kSize);
  for (go::Move& move : turned.moves) move.point = go::Transform(move.point, symmetry, kSize);
  GameState board;
  MOYO_RETURN_IF_ERROR(board.Load(turned));
  MOYO_ASSIGN_OR_RETURN(const evaluation::Evaluation seen,
                        EvaluatePosition(board, color, evaluator));
  evaluation::Evaluation evaluation{.value = seen.value};
  for (int index = 0; index < features::kPolicySize; ++index) {
    const go::Point point = go::Transform(features::PolicyPoint(index), symmetry, kSize);
    evaluation.policy[index] = seen.policy[features::PolicyIndex(point)];
  }
  return evaluation;
}

absl::StatusOr<std::string> RawNetworkText(const GameState& state, go::Color color, int symmetry,
                                           evaluation::Evaluator& evaluator) {
  MOYO_ASSIGN_OR_RETURN(const evaluation::Evaluation seen,
                        EvaluateSymmetry(state, color, symmetry, evaluator));
  const double own = WinRate(seen.value);
  const double white = color == go::Color::kWhite ? own : 1 - own;
  std::string text =
      absl::StrFormat("symmetry %d\nwhiteWin %.6f\nwhiteLoss %.6f\nnoResult 0.000000\npolicy\n",
                      symmetry, white, 1 - white);
  for (uint8_t y = 0; y < kSize; ++y) {
    for (uint8_t x = 0; x < kSize; ++x) {
      const go::Point point{x, y};
      absl::StrAppend(&text, x > 0 ? " " : "",
                      state.MayPlay({point, color})
                          ? absl::StrFormat("%8.6f", seen.policy[features::PolicyIndex(point)])
                          : "     NAN");
    }
    text += "\n";
  }
  absl::StrAppendFormat(&text, "policyPass %8.6f", seen.policy[features::kPointCount]);
  return text;
}

}  // namespace moyo::play
