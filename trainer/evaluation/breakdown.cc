#include "trainer/evaluation/breakdown.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace moyo::evaluation {
namespace {

constexpr uint32_t kOpeningMoves = 50, kMiddleMoves = 150;
constexpr int kFirstProfessional = 11;  // go::GameInfo: 11 is 1p

std::string PartJson(const Breakdown::Part& part) {
  std::string json = MetricsJson(part.metrics);
  return absl::StrCat(R"({"name": ")", part.name, R"(", )", json.substr(1));
}

std::string PartsJson(const std::vector<Breakdown::Part>& parts) {
  return absl::StrCat("[",
                      absl::StrJoin(parts, ", ",
                                    [](std::string* out, const Breakdown::Part& part) {
                                      out->append(PartJson(part));
                                    }),
                      "]");
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

std::string RankName(int rank) {
  if (rank == 0) return "unknown";
  if (rank < 0) return absl::StrCat(-rank, "k");
  if (rank < kFirstProfessional) return absl::StrCat(rank, "d");
  return absl::StrCat(rank - kFirstProfessional + 1, "p");
}

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

std::string BreakdownJson(const Breakdown& breakdown) {
  std::string json = MetricsJson(breakdown.total());
  json.pop_back();  // the closing brace
  const std::optional<double> error = breakdown.calibration_error();
  const std::string bins =
      absl::StrJoin(breakdown.calibration(), ", ", [](std::string* out, const Breakdown::Bin& bin) {
        absl::StrAppendFormat(out, R"({"positions": %d, "promised": %.6f, "won": %.6f})",
                              bin.positions, bin.promised, bin.won);
      });
  absl::StrAppend(&json, R"(, "calibration_error": )",
                  error ? absl::StrFormat("%.6f", *error) : "null", R"(, "calibration": [)", bins,
                  R"(], "by_move": )", PartsJson(breakdown.by_move()), R"(, "by_phase": )",
                  PartsJson(breakdown.by_phase()), R"(, "by_rank": )",
                  PartsJson(breakdown.by_rank()), "}");
  return json;
}

}  // namespace moyo::evaluation
