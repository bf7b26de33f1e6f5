#include "cli/render_status.h"

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "cli/advice.h"
#include "common/base/text.h"

namespace moyo::cli {
namespace {

using nlohmann::ordered_json;

void Line(std::string& out, const char* name, const std::string& value) {
  absl::StrAppendFormat(&out, "%-12s %s\n", name, value);
}

void AppendLedger(const v1::LedgerCounts& ledger, std::string& out) {
  Line(out, "games", LedgerText(ledger));
  Line(out, "positions",
       absl::StrCat(WithCommas(ledger.positions()), " in accepted games (",
                    WithCommas(ledger.truncated()), " of them cut at damage)"));
  if (ledger.duplicate() == 0) return;
  Line(out, "duplicates",
       absl::StrCat(WithCommas(ledger.identical()), " identical, ", WithCommas(ledger.symmetric()),
                    " symmetric copies, ", WithCommas(ledger.continued()),
                    " that a longer game goes on from"));
}

void AppendUnits(const v1::GetStatusResponse& status, std::string& out) {
  const v1::UnitCounts& units = status.units();
  std::string text = absl::StrCat(WithCommas(units.done()), " done, ", WithCommas(units.leased()),
                                  " leased, ", WithCommas(units.pending()), " pending");
  if (units.quarantined() > 0) absl::StrAppend(&text, ", ", units.quarantined(), " quarantined");
  if (units.split() > 0) absl::StrAppend(&text, ", ", units.split(), " split");
  const uint64_t pending = status.ledger().pending();
  if (status.complete()) {
    absl::StrAppend(&text, "; parsing is complete");
  } else if (status.games_per_second() > 0) {
    absl::StrAppendFormat(&text, "; %s games/s, %s left",
                          WithCommas(static_cast<uint64_t>(status.games_per_second())),
                          HumanDuration(absl::Seconds(pending / status.games_per_second())));
  }
  Line(out, "units", text);
}

std::string WorkerLine(const v1::WorkerStatus& worker) {
  return absl::StrFormat("  %-24s %u of %u leases, %s games done, %s/s, %s, heard of %.1f s ago\n",
                         worker.name(), worker.leases(), worker.parallel(),
                         WithCommas(worker.games_done()),
                         WithCommas(static_cast<uint64_t>(worker.games_per_second())),
                         HumanBytes(worker.rss_bytes()), worker.seconds_since_heartbeat());
}

void AppendTraining(const v1::TrainingProgress& t, std::string& out) {
  std::string text =
      absl::StrFormat("epoch %d of %d, step %s", t.epoch(), t.epochs(), WithCommas(t.step()));
  if (t.step() > 0) absl::StrAppend(&text, " (batches of ", t.samples() / t.step(), ")");
  absl::StrAppend(&text, ", ", WithCommas(t.samples()), " of ", WithCommas(t.planned_samples()),
                  " samples");
  if (t.finished()) {
    absl::StrAppend(&text, "; finished");
  } else if (t.samples_per_second() > 0) {
    absl::StrAppendFormat(&text, "; %.0f samples/s", t.samples_per_second());
    if (t.planned_samples() > t.samples()) {
      const double left = (t.planned_samples() - t.samples()) / t.samples_per_second();
      absl::StrAppend(&text, ", ", HumanDuration(absl::Seconds(left)), " left");
    }
  }
  Line(out, "training", text);
  Line(out, "loss",
       absl::StrFormat("%.4f (policy %.4f, value %.4f), learning rate %.6g", t.loss(),
                       t.policy_loss(), t.value_loss(), t.learning_rate()));
  if (t.validation_positions() > 0) {
    Line(out, "validation",
         absl::StrFormat(
             "top-1 %.2f%%, top-5 %.2f%%, %.4f nats, winner right %.2f%%, on %s positions",
             100 * t.top1(), 100 * t.top5(), t.nats(), 100 * t.value_accuracy(),
             WithCommas(t.validation_positions())));
  }
  if (!t.error().empty()) Line(out, "stopped", t.error());
}

void AppendCheckpoints(const v1::GetStatusResponse& status, const StatusSource& source,
                       std::string& out) {
  std::string shards =
      absl::StrCat(WithCommas(status.shard_count()), " files, ", HumanBytes(status.shard_bytes()));
  if (!source.run_dir.empty()) absl::StrAppend(&shards, ", in ", source.run_dir, "/server/shards");
  Line(out, "shards", shards);
  if (!status.dataset_digest().empty()) Line(out, "dataset", HexDigest(status.dataset_digest()));
  if (!status.has_training() || status.training().checkpoints() == 0) return;
  const v1::TrainingProgress& t = status.training();
  std::string text = absl::StrCat(
      WithCommas(t.checkpoints()), " written, the last ", HumanBytes(t.checkpoint_bytes()), " at ",
      absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixSeconds(t.checkpoint_unix_seconds()),
                       absl::UTCTimeZone()));
  if (!source.run_dir.empty())
    absl::StrAppend(&text, ", in ", source.run_dir, "/trainer/checkpoints");
  Line(out, "checkpoints", text);
}

void AppendMemory(const v1::GetStatusResponse& status, std::string& out) {
  Line(out, "memory",
       absl::StrCat("server RSS ", HumanBytes(status.rss_bytes()), ", VMS ",
                    HumanBytes(status.vms_bytes())));
  if (status.has_training()) {
    const v1::TrainingProgress& t = status.training();
    std::string text = absl::StrCat("trainer RSS ", HumanBytes(t.rss_bytes()), ", VMS ",
                                    HumanBytes(t.vms_bytes()));
    if (t.budget_bytes() > 0) absl::StrAppend(&text, ", budget ", HumanBytes(t.budget_bytes()));
    Line(out, "", text);
  }
  Line(out, "system",
       absl::StrCat(HumanBytes(status.system_total_bytes()), " of memory, ",
                    HumanBytes(status.system_available_bytes()), " available"));
}

ordered_json TrainingJson(const v1::GetStatusResponse& status) {
  const v1::TrainingProgress& t = status.training();
  const bool validated = t.validation_positions() > 0;
  const auto judged = [&](double value) {
    return validated ? ordered_json(value) : ordered_json();
  };
  return {{"reported", status.has_training()},
          {"trainer", t.trainer()},
          {"epoch", t.epoch()},
          {"epochs", t.epochs()},
          {"step", t.step()},
          {"samples", t.samples()},
          {"planned_samples", t.planned_samples()},
          {"samples_per_second", t.samples_per_second()},
          {"top1", judged(t.top1())},
          {"top5", judged(t.top5())},
          {"nats", judged(t.nats())},
          {"value_accuracy", judged(t.value_accuracy())},
          {"validation_positions", t.validation_positions()},
          {"loss", t.loss()},
          {"policy_loss", t.policy_loss()},
          {"value_loss", t.value_loss()},
          {"learning_rate", t.learning_rate()},
          {"feed_wait_ratio", t.feed_wait_ratio()},
          {"checkpoints", t.checkpoints()},
          {"checkpoint_bytes", t.checkpoint_bytes()},
          {"checkpoint_unix_seconds", t.checkpoint_unix_seconds()},
          {"rss_bytes", t.rss_bytes()},
          {"vms_bytes", t.vms_bytes()},
          {"finished", t.finished()},
          {"error", t.error()},
          {"dataset_digest", HexDigest(t.dataset_digest())}};
}

ordered_json WorkersJson(const v1::GetStatusResponse& status) {
  ordered_json workers = ordered_json::array();
  for (const v1::WorkerStatus& worker : status.workers()) {
    workers.push_back({{"worker_id", worker.worker_id()},
                       {"name", worker.name()},
                       {"parallel", worker.parallel()},
                       {"leases", worker.leases()},
                       {"games_done", worker.games_done()},
                       {"games_per_second", worker.games_per_second()},
                       {"rss_bytes", worker.rss_bytes()},
                       {"seconds_since_heartbeat", worker.seconds_since_heartbeat()}});
  }
  return workers;
}

}  // namespace

std::string LedgerText(const v1::LedgerCounts& ledger) {
  return absl::StrCat(WithCommas(ledger.found()), " found = ", WithCommas(ledger.accepted()),
                      " accepted + ", WithCommas(ledger.duplicate()), " duplicate + ",
                      WithCommas(ledger.filtered()), " filtered + ", WithCommas(ledger.rejected()),
                      " rejected + ", WithCommas(ledger.quarantined()), " quarantined + ",
                      WithCommas(ledger.pending()), " pending");
}

ordered_json LedgerJson(const v1::LedgerCounts& ledger) {
  return {{"found", ledger.found()},         {"accepted", ledger.accepted()},
          {"duplicate", ledger.duplicate()}, {"filtered", ledger.filtered()},
          {"rejected", ledger.rejected()},   {"quarantined", ledger.quarantined()},
          {"pending", ledger.pending()}};
}

std::string HexDigest(const std::string& bytes) { return absl::BytesToHexString(bytes); }

std::string DumpJson(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

std::vector<std::string> NoticeLines(const v1::GetStatusResponse& status) {
  std::vector<std::string> lines;
  const auto add = [&lines](const char* name, const std::string& text) {
    lines.push_back(absl::StrFormat("%-12s %s", name, text));
  };
  for (const std::string& alarm : status.alarms()) add("ALARM", alarm);
  if (!status.catalogue_error().empty()) add("not added", status.catalogue_error());
  if (!status.storage_error().empty()) add("not stored", status.storage_error());
  return lines;
}

std::string DetailText(const v1::GetStatusResponse& status, const StatusSource& source) {
  std::string out;
  AppendLedger(status.ledger(), out);
  AppendUnits(status, out);
  AppendCheckpoints(status, source, out);
  if (status.has_training()) {
    AppendTraining(status.training(), out);
  } else {
    Line(out, "training", "no trainer has reported");
  }
  AppendMemory(status, out);
  return out;
}

std::string WorkersText(const v1::GetStatusResponse& status, size_t max_lines) {
  std::vector<const v1::WorkerStatus*> workers;
  for (const v1::WorkerStatus& worker : status.workers()) workers.push_back(&worker);
  std::stable_sort(workers.begin(), workers.end(),
                   [](const v1::WorkerStatus* a, const v1::WorkerStatus* b) {
                     return a->games_per_second() < b->games_per_second();
                   });
  std::string out;
  Line(out, "workers", absl::StrCat(workers.size(), workers.size() > 1 ? ", slowest first" : ""));
  const bool all_fit = workers.size() <= max_lines;
  const size_t shown = all_fit ? workers.size() : max_lines - std::min<size_t>(max_lines, 1);
  for (size_t i = 0; i < shown; ++i) absl::StrAppend(&out, WorkerLine(*workers[i]));
  if (!all_fit && max_lines > 0) {
    absl::StrAppend(&out, "  and ", workers.size() - shown, " more\n");
  }
  return out;
}

std::string StatusText(const v1::GetStatusResponse& status, const StatusSource& source) {
  std::string out;
  if (!source.address.empty()) {
    Line(out, "server", absl::StrCat(source.address, " (moyo-server ", status.version(), ")"));
  }
  absl::StrAppend(&out, DetailText(status, source), WorkersText(status, status.workers_size()));
  for (const std::string& line : NoticeLines(status)) absl::StrAppend(&out, line, "\n");
  for (const std::string& text : Advice(status, source.address)) Line(out, "advice", text);
  return out;
}

ordered_json StatusJson(const v1::GetStatusResponse& status) {
  const v1::LedgerCounts& ledger = status.ledger();
  const v1::UnitCounts& units = status.units();
  ordered_json json;
  json["ledger"] = LedgerJson(ledger);
  json["truncated"] = ledger.truncated();
  json["duplicates"] = {{"identical", ledger.identical()},
                        {"symmetric", ledger.symmetric()},
                        {"continued", ledger.continued()}};
  json["positions"] = ledger.positions();
  json["sources"] = status.sources();
  json["removed_games"] = status.removed_games();
  json["shards"] = {{"count", status.shard_count()}, {"bytes", status.shard_bytes()}};
  json["dataset_digest"] = HexDigest(status.dataset_digest());
  json["complete"] = status.complete();
  json["units"] = {{"pending", units.pending()},
                   {"leased", units.leased()},
                   {"done", units.done()},
                   {"quarantined", units.quarantined()},
                   {"split", units.split()}};
  json["games_per_second"] = status.games_per_second();
  json["workers"] = WorkersJson(status);
  json["training"] = TrainingJson(status);
  json["memory"] = {{"rss_bytes", status.rss_bytes()},
                    {"vms_bytes", status.vms_bytes()},
                    {"system_total_bytes", status.system_total_bytes()},
                    {"system_available_bytes", status.system_available_bytes()},
                    {"budget_bytes", status.training().budget_bytes()}};
  json["alarms"] = std::vector<std::string>(status.alarms().begin(), status.alarms().end());
  json["catalogue_error"] = status.catalogue_error();
  json["storage_error"] = status.storage_error();
  json["version"] = status.version();
  json["advice"] = Advice(status, "");
  return json;
}

}  // namespace moyo::cli
