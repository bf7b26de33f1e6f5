// What the JSON analysis protocol answers about one position, from one look of the network. Fields:
// README.md in this folder.
#pragma once

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "play/analysis/query.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

// Moves with a view of the position after each: the network is asked for the position, then for all
// of these at once.
inline constexpr size_t kAnalysedMoves = 10;

// Points for the side whose share of wins it is: kPointsPerLogit for each unit of its log-odds,
// within about 46 points. A scale for programs that show points; the network knows no score.
inline constexpr double kPointsPerLogit = 10;
double PointsOfWinRate(double win_rate);

// `turn` is one of the query's. INTERNAL when the network fails.
absl::StatusOr<nlohmann::ordered_json> AnswerTurn(const AnalysisQuery& query, size_t turn,
                                                  evaluation::Evaluator& evaluator);
// Of a turn that was taken back before the network saw it.
nlohmann::ordered_json AnswerWithoutResults(const AnalysisQuery& query, size_t turn);
// What a query cannot have; `id` may be empty.
nlohmann::ordered_json AnswerError(const std::string& id, const absl::Status& status);

}  // namespace moyo::play
