#include "common/status/status_json.h"

#include <vector>

#include "absl/strings/escaping.h"

namespace moyo {
namespace {

using nlohmann::ordered_json;

ordered_json TrainingJson(const v1::GetStatusResponse& status) {
  const v1::TrainingProgress& t = status.training();
  return {{"reported", status.has_training()},
          {"trainer", t.trainer()},
          {"epoch", t.epoch()},
          {"epochs", t.epochs()},
          {"step", t.step()},
          {"samples", t.samples()},
          {"planned_samples", t.planned_samples()},
          {"samples_per_second", t.samples_per_second()},
          {"top1", ScoreJson(t, t.top1())},
          {"top5", ScoreJson(t, t.top5())},
          {"nats", ScoreJson(t, t.nats())},
          {"value_accuracy", ScoreJson(t, t.value_accuracy())},
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

std::string HexDigest(const std::string& bytes) { return absl::BytesToHexString(bytes); }

std::string DumpJson(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json ScoreJson(const v1::TrainingProgress& training, double score) {
  return training.validation_positions() > 0 ? ordered_json(score) : ordered_json();
}

ordered_json LedgerJson(const v1::LedgerCounts& ledger) {
  return {{"found", ledger.found()},         {"accepted", ledger.accepted()},
          {"duplicate", ledger.duplicate()}, {"filtered", ledger.filtered()},
          {"rejected", ledger.rejected()},   {"quarantined", ledger.quarantined()},
          {"pending", ledger.pending()}};
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
  return json;
}

}  // namespace moyo
