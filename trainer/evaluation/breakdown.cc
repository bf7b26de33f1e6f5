#include "trainer/evaluation/breakdown.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "common/go/rank.h"

namespace moyo::evaluation {
namespace {

using nlohmann::ordered_json;

constexpr uint32_t kOpeningMoves = 50, kMiddleMoves = 150;

ordered_json PartsJson(const std::vector<Breakdown::Part>& parts) {
  ordered_json json = ordered_json::array();
  for (const Breakdown::Part& part : parts) {
    ordered_json& named = json.emplace_back(ordered_json{{"name", part.name}});
    named.update(MetricsJson(part.metrics));
  }
  return json;
}

template <size_t N>
std::vector<Breakdown::Part> NonEmpty(const std::array<MetricsSum, N>& sums,
                                      const std::function<std::string(size_t)>& name) {
  std::vector<Breakdown::Part> parts;
  for (size_t i = 0; i < N; ++i) {
    if (const Metrics metrics = sums[i].Result(); metrics.positions > 0) {
      parts.push_back({name(i), metrics});
    }
  }
  return parts;
}

}  // namespace

std::string RankName(int rank) { return rank == 0 ? "unknown" : go::RankText(rank); }

void Breakdown::Add(const PositionFacts& facts, const Evaluation& evaluation) {
  const auto add = [&](MetricsSum& sum) { sum.Add(facts.played_index, facts.won, evaluation); };
  add(total_);
  add(bands_[std::min<size_t>(facts.ply / kBandMoves, kBands - 1)]);
  add(phases_[facts.ply < kOpeningMoves ? 0 : facts.ply < kMiddleMoves ? 1 : 2]);
  add(ranks_[facts.rank]);
  const double promised = (evaluation.value + 1) / 2;
  if (!facts.won.has_value() || !std::isfinite(promised)) return;
  const double place = std::clamp(promised * kBins, 0.0, kBins - 1.0);
  BinSum& bin = bins_[static_cast<size_t>(place)];
  ++bin.positions;
  bin.won += *facts.won ? 1 : 0;
  bin.promised += promised;
}

std::vector<Breakdown::Part> Breakdown::by_move() const {
  return NonEmpty(bands_, [](size_t i) {
    const size_t first = i * kBandMoves + 1;
    return i + 1 == kBands ? absl::StrCat(first, "-")
                           : absl::StrCat(first, "-", first + kBandMoves - 1);
  });
}

std::vector<Breakdown::Part> Breakdown::by_phase() const {
  static constexpr const char* kNames[kPhases] = {"opening", "middle game", "endgame"};
  return NonEmpty(phases_, [](size_t i) { return std::string(kNames[i]); });
}

std::vector<Breakdown::Part> Breakdown::by_rank() const {
  std::vector<Part> parts;
  for (const auto& [rank, sum] : ranks_) {
    if (rank != 0) parts.push_back({RankName(rank), sum.Result()});
  }
  if (const auto unknown = ranks_.find(0); unknown != ranks_.end()) {
    parts.push_back({RankName(0), unknown->second.Result()});
  }
  return parts;
}

std::vector<Breakdown::Bin> Breakdown::calibration() const {
  std::vector<Bin> bins;
  for (const BinSum& sum : bins_) {
    if (sum.positions == 0) continue;
    const auto positions = static_cast<double>(sum.positions);
    bins.push_back({.positions = sum.positions,
                    .promised = sum.promised / positions,
                    .won = static_cast<double>(sum.won) / positions});
  }
  return bins;
}

std::optional<double> Breakdown::calibration_error() const {
  double error = 0, positions = 0;
  for (const Bin& bin : calibration()) {
    error += std::abs(bin.promised - bin.won) * static_cast<double>(bin.positions);
    positions += static_cast<double>(bin.positions);
  }
  return positions > 0 ? std::optional(error / positions) : std::nullopt;
}

ordered_json BreakdownJson(const Breakdown& breakdown) {
  ordered_json json = MetricsJson(breakdown.total());
  const std::optional<double> error = breakdown.calibration_error();
  json["calibration_error"] = error ? ordered_json(ToSixDigits(*error)) : nullptr;
  json["calibration"] = ordered_json::array();
  for (const Breakdown::Bin& bin : breakdown.calibration()) {
    json["calibration"].push_back({{"positions", bin.positions},
                                   {"promised", ToSixDigits(bin.promised)},
                                   {"won", ToSixDigits(bin.won)}});
  }
  json["by_move"] = PartsJson(breakdown.by_move());
  json["by_phase"] = PartsJson(breakdown.by_phase());
  json["by_rank"] = PartsJson(breakdown.by_rank());
  return json;
}

}  // namespace moyo::evaluation
