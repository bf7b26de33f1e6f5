#include "cli/render_status.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "cli/advice.h"
#include "common/base/text.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

// Much of what stands here came over the network: it neither steers the terminal nor begins a line.
std::string NamedText(const char* name, const std::string& value) {
  return absl::StrFormat("%-12s %s", name, Visible(value));
}

void Line(std::string& out, const char* name, const std::string& value) {
  absl::StrAppend(&out, NamedText(name, value), "\n");
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
                         Visible(worker.name()), worker.leases(), worker.parallel(),
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
      absl::StrCat(Counted(status.shard_count(), "file"), ", ", HumanBytes(status.shard_bytes()));
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

}  // namespace

std::string LedgerText(const v1::LedgerCounts& ledger) {
  return absl::StrCat(WithCommas(ledger.found()), " found = ", WithCommas(ledger.accepted()),
                      " accepted + ", WithCommas(ledger.duplicate()), " duplicate + ",
                      WithCommas(ledger.filtered()), " filtered + ", WithCommas(ledger.rejected()),
                      " rejected + ", WithCommas(ledger.quarantined()), " quarantined + ",
                      WithCommas(ledger.pending()), " pending");
}

std::vector<std::string> NoticeLines(const v1::GetStatusResponse& status) {
  std::vector<std::string> lines;
  for (const std::string& alarm : status.alarms()) lines.push_back(NamedText("ALARM", alarm));
  if (!status.catalogue_error().empty()) {
    lines.push_back(NamedText("not added", status.catalogue_error()));
  }
  if (!status.storage_error().empty()) {
    lines.push_back(NamedText("not stored", status.storage_error()));
  }
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
  const std::string version = absl::StrCat("moyo-server ", status.version());
  if (source.join_by == JoinBy::kServerFirst) {
    Line(out, "server", absl::StrCat("none runs; ", version, " looked into the run directory"));
  } else if (!source.address.empty()) {
    Line(out, "server", absl::StrCat(source.address, " (", version, ")"));
  }
  absl::StrAppend(&out, DetailText(status, source), WorkersText(status, status.workers_size()));
  for (const std::string& line : NoticeLines(status)) absl::StrAppend(&out, line, "\n");
  for (const std::string& text : Advice(status, source.address, source.join_by))
    Line(out, "advice", text);
  return out;
}

}  // namespace moyo::cli
