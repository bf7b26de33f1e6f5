#include "play/eval_command.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "play/game_source.h"
#include "trainer/evaluation/html_report.h"

namespace moyo::play {
namespace {

using evaluation::GameEvaluationJson;
using evaluation::HtmlReport;

// A bar with rate and time left on a terminal, a plain line now and then elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(ProgressStream stream)
      : stream_(stream), start_(absl::Now()), shown_(start_) {}

  void Show(double done, uint64_t games, uint64_t positions) {
    const absl::Time now = absl::Now();
    if (now - shown_ < (stream_.live ? absl::Milliseconds(200) : absl::Seconds(15))) return;
    shown_ = now;
    const double seconds = absl::ToDoubleSeconds(now - start_);
    std::string text;
    if (stream_.live) {
      const int filled = static_cast<int>(done * kBarCells);
      text =
          absl::StrCat("\r[", std::string(filled, '#'), std::string(kBarCells - filled, ' '), "] ");
      drawn_ = true;
    }
    absl::StrAppendFormat(&text, "%3.0f%%  %s games  %s positions  %s/s", 100 * done,
                          WithCommas(games), WithCommas(positions),
                          WithCommas(static_cast<uint64_t>(positions / seconds)));
    if (done > 0.01) {
      absl::StrAppend(&text, "  ", HumanDuration(absl::Seconds(seconds * (1 - done) / done)),
                      " left");
    }
    stream_.out << text << (stream_.live ? "\033[K" : "\n") << std::flush;
  }

  void Clear() {
    if (drawn_) stream_.out << "\r\033[K" << std::flush;
  }

 private:
  static constexpr int kBarCells = 24;
  const ProgressStream stream_;
  const absl::Time start_;
  absl::Time shown_;
  bool drawn_ = false;
};

std::string MetricsText(const Metrics& metrics) {
  std::string text = absl::StrFormat(
      "positions       %s\ntop-1           %.2f%%\ntop-5           %.2f%%\nnats            %.4f\n",
      WithCommas(metrics.positions), 100 * metrics.top1, 100 * metrics.top5, metrics.nats);
  if (metrics.value_accuracy) {
    absl::StrAppendFormat(&text, "value accuracy  %.2f%%\n", 100 * *metrics.value_accuracy);
  } else {
    absl::StrAppend(&text, "value accuracy  unknown (no game has a winner)\n");
  }
  return text;
}

std::string ResultText(const GameEvaluation& evaluation) {
  std::string text = absl::StrCat("games           ", WithCommas(evaluation.games()), "\n",
                                  MetricsText(evaluation.Result()));
  if (evaluation.averaged() != nullptr) {
    absl::StrAppend(&text, "mean of the eight symmetries:\n",
                    MetricsText(evaluation.averaged()->total()));
  }
  return text;
}

std::string EvalJson(const GameEvaluation& evaluation, const WalkCounts& counts) {
  nlohmann::ordered_json json = GameEvaluationJson(evaluation);
  json["skipped_files"] = counts.skipped_files;
  json["unreadable_games"] = counts.unreadable_games;
  return json.dump() + "\n";
}

// A line on what the figures leave out; empty when that is nothing.
std::string NotReadText(const WalkCounts& counts) {
  if (counts.skipped_files == 0 && counts.unreadable_games == 0) return "";
  return absl::StrCat("not counted: ", Counted(counts.skipped_files, "file"),
                      " from where reading failed, ", Counted(counts.unreadable_games, "game"),
                      " that cannot be read; 'moyo survey' on the same paths says which\n");
}

absl::Status WriteReport(const EvalOptions& options, const std::string& curve,
                         const GameEvaluation& evaluation) {
  return WriteFileAtomically(options.report, HtmlReport({.title = options.title,
                                                         .curve_csv = curve,
                                                         .plain = evaluation.plain(),
                                                         .averaged = evaluation.averaged(),
                                                         .examples = evaluation.examples()}));
}

// What part of the walk is done: by games where a limit ends it, else by bytes.
double Done(const EvalOptions& options, uint64_t games, const WalkProgress& walk) {
  const double by_bytes =
      walk.total_bytes ? static_cast<double>(walk.done_bytes) / walk.total_bytes : 0;
  const double by_games = options.limit ? static_cast<double>(games) / options.limit : 0;
  return std::min(1.0, std::max(by_bytes, by_games));
}

}  // namespace

absl::Status RunEval(const EvalOptions& options, evaluation::Evaluator& evaluator,
                     std::ostream& out, ProgressStream progress) {
  std::string curve;
  if (!options.curve.empty()) {
    MOYO_ASSIGN_OR_RETURN(curve, ReadFile(options.curve));
  }
  GameEvaluation evaluation(evaluator, options.evaluation);
  ProgressLine line(progress);
  const GameVisitor visit = [&](const go::GameRecord& game,
                                const WalkProgress& walk) -> absl::StatusOr<Walk> {
    MOYO_RETURN_IF_ERROR(evaluation.Add(game).status());
    line.Show(Done(options, evaluation.games(), walk), evaluation.games(),
              evaluation.Result().positions);
    return options.limit && evaluation.games() >= options.limit ? Walk::kStop : Walk::kContinue;
  };
  const absl::StatusOr<WalkCounts> counts = WalkGames(options.games, visit);
  line.Clear();
  MOYO_RETURN_IF_ERROR(counts.status());
  progress.out << NotReadText(*counts) << std::flush;
  MOYO_RETURN_IF_ERROR(evaluation.Finish());
  const Metrics metrics = evaluation.Result();
  if (metrics.positions == 0) {
    return absl::NotFoundError(absl::StrCat("no 19x19 game with a legal move among ",
                                            Counted(counts->games, "game"), " in ",
                                            Counted(counts->files, "file"), "; check --games"));
  }
  out << (options.json ? EvalJson(evaluation, *counts) : ResultText(evaluation)) << std::flush;
  return options.report.empty() ? absl::OkStatus() : WriteReport(options, curve, evaluation);
}

}  // namespace moyo::play
