#include "trainer/report/report.h"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/host.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "trainer/checkpoint/run_record.h"
#include "trainer/data/dataset.h"
#include "trainer/data/shard_files.h"
#include "trainer/evaluation/game_evaluation.h"
#include "trainer/evaluation/html_report.h"
#include "trainer/evaluation/learning_curve.h"
#include "trainer/evaluation/network_evaluator.h"

namespace moyo::trainer {
namespace {

using Json = nlohmann::ordered_json;
using Facts = std::vector<std::pair<std::string, std::string>>;

// The games that the run's network was held from, of the dataset that its newest epoch began with.
absl::StatusOr<Dataset> HeldOut(const ReportOptions& options, const RunRecord& run) {
  const std::string cache = options.run_dir + "/trainer/cache";
  auto manifest = ManifestStore(cache).Find(run.dataset_digest);
  if (!manifest.ok()) {
    return absl::NotFoundError(absl::StrCat("'", cache, "' keeps no manifest of the dataset ",
                                            Hex(run.dataset_digest).substr(0, 16), "; ",
                                            manifest.status().message()));
  }
  const ShardFiles shards(options.shards.empty() ? cache : options.shards, *std::move(manifest));
  Dataset games(run.validation_percent, Keep::kValidation);
  for (size_t i = 0; i < shards.size(); ++i) {
    absl::StatusOr<shard::Columns> columns = shards.Read(i);
    if (!columns.ok()) {
      return absl::Status(columns.status().code(),
                          absl::StrCat(columns.status().message(),
                                       "; --shards names the folder that was trained on"));
    }
    games.AddShard(*std::move(columns), shards.left_out_rows(i));
  }
  if (games.validation().games() > 0) return games;
  return absl::FailedPreconditionError(
      absl::StrCat("none of the games was held out (--validation-percent ", run.validation_percent,
                   "): there is nothing to judge the network by"));
}

// About as many positions as asked for: the same number of each game.
absl::Status Judge(const Dataset& games, evaluation::GameEvaluation& judged) {
  const Positions& positions = games.validation();
  go::GameRecord record;
  for (uint64_t position = 0; position < positions.size();) {
    games.Read(*positions.Find(position).game, record);
    position += record.moves.size();
    MOYO_RETURN_IF_ERROR(judged.Add(record).status());
    if (ShutdownRequested()) return absl::CancelledError("stopped before the end");
  }
  return judged.Finish();
}

// A row a validation, a name a column; null where a field is no number.
Json CurveJson(const evaluation::LearningCurve& curve) {
  Json rows = Json::array();
  for (const auto& row : curve.rows) {
    Json& named = rows.emplace_back();
    for (size_t column = 0; column < row.size(); ++column) {
      named[curve.columns[column]] = row[column] ? Json(*row[column]) : Json(nullptr);
    }
  }
  return rows;
}

Json RunJson(const RunRecord& run) {
  return {{"step", run.step},
          {"samples", run.samples},
          {"epoch", run.epoch},
          {"elapsed_seconds", run.elapsed_seconds},
          {"finished", run.finished},
          {"best_top1", run.best_top1 < 0 ? Json(nullptr) : Json(run.best_top1)},
          {"best_step", run.best_step},
          {"dataset_digest", Hex(run.dataset_digest)},
          {"options", Json::parse(run.options)}};
}

Facts RunFacts(const RunRecord& run, const Dataset& games) {
  Facts facts = {
      {"samples", WithCommas(run.samples)},
      {"steps", WithCommas(run.step)},
      {"epochs ended", WithCommas(run.epoch)},
      {"time of training", HumanDuration(absl::Seconds(run.elapsed_seconds))},
      {"state", run.finished ? "finished" : "not finished"},
      {"games held out", WithCommas(games.validation().games())},
      {"dataset", Hex(run.dataset_digest)},
  };
  const Json options = Json::parse(run.options);
  for (const auto& [name, value] : options.items()) {
    facts.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return facts;
}

}  // namespace

absl::Status MakeReport(const ReportOptions& options,
                        absl::FunctionRef<absl::Status(const std::string& json)> take) {
  MOYO_ASSIGN_OR_RETURN(const RunRecord run, ReadRunRecord(options.run_dir));
  MOYO_ASSIGN_OR_RETURN(const Dataset games, HeldOut(options, run));
  const std::string model = options.model.empty() ? options.run_dir + "/model.pt" : options.model;
  MOYO_ASSIGN_OR_RETURN(
      const std::unique_ptr<evaluation::Evaluator> network,
      evaluation::LoadEvaluator(model, options.threads > 0 ? options.threads : AvailableCpus()));
  const uint64_t held_out = games.validation().games();
  evaluation::GameEvaluation judged(
      *network, {.positions_per_game = (options.positions + held_out - 1) / held_out,
                 .average_symmetries = options.average_symmetries});
  spdlog::info("judging {} by {} games that were held out", model, WithCommas(held_out));
  MOYO_RETURN_IF_ERROR(Judge(games, judged));
  const std::string curve = ReadFile(options.run_dir + "/trainer/curve.csv").value_or("");
  Json json = evaluation::GameEvaluationJson(judged);
  json["run"] = RunJson(run);
  json["curve"] = CurveJson(evaluation::ParseLearningCurve(curve));
  absl::Status status = take(json.dump(1) + "\n");
  if (!options.html.empty()) {
    status.Update(
        WriteFileAtomically(options.html, evaluation::HtmlReport({.title = model,
                                                                  .curve_csv = curve,
                                                                  .facts = RunFacts(run, games),
                                                                  .plain = judged.plain(),
                                                                  .averaged = judged.averaged(),
                                                                  .examples = judged.examples()})));
  }
  return status;
}

}  // namespace moyo::trainer
