#include "cli/run/summary.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/render_status.h"
#include "common/base/text.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

void Line(std::string& out, const char* name, const std::string& value) {
  absl::StrAppendFormat(&out, "%-12s %s\n", name, Visible(value));
}

double BytesPerGame(const v1::GetStatusResponse& status) {
  const uint64_t games = status.ledger().accepted() + status.ledger().duplicate();
  return games == 0 ? 0 : static_cast<double>(status.shard_bytes()) / static_cast<double>(games);
}

// Games that this run parsed, a second.
double ParseRate(const RunSummary& summary) {
  const double seconds = absl::ToDoubleSeconds(summary.parse_time);
  const uint64_t parsed = summary.status.ledger().found() - summary.status.ledger().pending();
  if (seconds <= 0 || parsed <= summary.games_before) return 0;
  return static_cast<double>(parsed - summary.games_before) / seconds;
}

void AppendParse(const RunSummary& summary, std::string& out) {
  if (summary.parsed_before) {
    Line(out, "parse", "all shards were finished already");
    return;
  }
  Line(out, "parse",
       absl::StrFormat("%.1f s, %s games/s, peak memory of server and workers %s",
                       absl::ToDoubleSeconds(summary.parse_time),
                       WithCommas(static_cast<uint64_t>(ParseRate(summary))),
                       HumanBytes(summary.parse_peak_rss_bytes)));
}

void AppendTraining(const RunSummary& summary, std::string& out) {
  const v1::TrainingProgress& t = summary.status.training();
  if (summary.trained_before) {
    Line(out, "training", "was finished already with these games and options");
  } else {
    Line(out, "training",
         absl::StrFormat("%s, %s samples, peak memory of the trainer %s",
                         HumanDuration(summary.train_time), WithCommas(t.samples()),
                         HumanBytes(summary.train_peak_rss_bytes)));
  }
  if (t.validation_positions() > 0) {
    Line(out, "validation",
         absl::StrFormat("top-1 %.2f%%, top-5 %.2f%%, %.4f nats on %s positions", 100 * t.top1(),
                         100 * t.top5(), t.nats(), WithCommas(t.validation_positions())));
  }
  Line(out, "model", summary.model);
}

void AppendNext(const RunSummary& summary, std::string& out) {
  absl::StrAppend(&out, "\nnext:\n");
  if (!summary.model.empty()) {
    absl::StrAppend(&out, "  moyo-play suggest --model ", summary.model, " --top-k 5\n");
    absl::StrAppend(&out, "  moyo-play board --model ", summary.model, "\n");
  }
  absl::StrAppend(&out, "  moyo status --run-dir ", summary.run_dir, "\n");
  absl::StrAppend(&out, "  moyo ledger --run-dir ", summary.run_dir, " --state rejected\n");
  if (summary.model.empty()) {
    absl::StrAppend(&out, "  moyo shards --run-dir ", summary.run_dir, " --out shards\n");
  }
}

}  // namespace

std::string SummaryText(const RunSummary& summary) {
  const v1::GetStatusResponse& status = summary.status;
  std::string out;
  Line(out, "games", LedgerText(status.ledger()));
  Line(out, "positions", WithCommas(status.ledger().positions()));
  Line(out, "shards",
       absl::StrFormat("%s, %s, %.0f bytes a game", Counted(status.shard_count(), "file"),
                       HumanBytes(status.shard_bytes()), BytesPerGame(status)));
  Line(out, "dataset", HexDigest(status.dataset_digest()));
  AppendParse(summary, out);
  if (!summary.model.empty()) AppendTraining(summary, out);
  if (summary.restarts > 0) Line(out, "restarts", absl::StrCat(summary.restarts));
  for (const std::string& alarm : status.alarms()) Line(out, "ALARM", alarm);
  if (!status.catalogue_error().empty()) Line(out, "not added", status.catalogue_error());
  AppendNext(summary, out);
  return out;
}

nlohmann::ordered_json SummaryJson(const RunSummary& summary) {
  const v1::GetStatusResponse& status = summary.status;
  const v1::TrainingProgress& t = status.training();
  nlohmann::ordered_json json;
  json["run_dir"] = summary.run_dir;
  json["ledger"] = LedgerJson(status.ledger());
  json["positions"] = status.ledger().positions();
  json["shards"] = {{"count", status.shard_count()},
                    {"bytes", status.shard_bytes()},
                    {"bytes_per_game", BytesPerGame(status)}};
  json["dataset_digest"] = HexDigest(status.dataset_digest());
  json["parse"] = {{"finished_before", summary.parsed_before},
                   {"seconds", absl::ToDoubleSeconds(summary.parse_time)},
                   {"games_per_second", ParseRate(summary)},
                   {"peak_rss_bytes", summary.parse_peak_rss_bytes}};
  json["training"] = nullptr;
  json["model"] = nullptr;
  if (!summary.model.empty()) {
    json["training"] = {{"finished_before", summary.trained_before},
                        {"seconds", absl::ToDoubleSeconds(summary.train_time)},
                        {"samples", t.samples()},
                        {"top1", ScoreJson(t, t.top1())},
                        {"top5", ScoreJson(t, t.top5())},
                        {"nats", ScoreJson(t, t.nats())},
                        {"validation_positions", t.validation_positions()},
                        {"peak_rss_bytes", summary.train_peak_rss_bytes}};
    json["model"] = summary.model;
  }
  json["restarts"] = summary.restarts;
  json["alarms"] = std::vector<std::string>(status.alarms().begin(), status.alarms().end());
  json["catalogue_error"] = status.catalogue_error();  // what was not added, and why
  return json;
}

}  // namespace moyo::cli
