// The status of a run under way, for the rendering tests: nothing failed, nothing is finished.
#pragma once

#include <string>

#include "moyo/v1/admin.pb.h"

namespace moyo {

inline v1::GetStatusResponse SampleStatus() {
  v1::GetStatusResponse status;
  v1::LedgerCounts* ledger = status.mutable_ledger();
  ledger->set_found(38982);
  ledger->set_accepted(30000);
  ledger->set_duplicate(5);
  ledger->set_identical(3);
  ledger->set_continued(2);
  ledger->set_filtered(4);
  ledger->set_rejected(3);
  ledger->set_quarantined(1);
  ledger->set_pending(8969);
  ledger->set_truncated(2);
  ledger->set_positions(6300000);
  status.mutable_units()->set_pending(10);
  status.mutable_units()->set_leased(2);
  status.mutable_units()->set_done(60);
  status.set_shard_count(60);
  status.set_shard_bytes(7000000);
  status.set_dataset_digest(std::string(32, '\xab'));
  status.set_games_per_second(8969);
  v1::WorkerStatus* worker = status.add_workers();
  worker->set_worker_id("w1");
  worker->set_name("host-1");
  worker->set_parallel(2);
  worker->set_leases(2);
  worker->set_games_done(30013);
  worker->set_games_per_second(4000);
  worker->set_rss_bytes(20 << 20);
  worker->set_seconds_since_heartbeat(0.5);
  v1::TrainingProgress* t = status.mutable_training();
  t->set_epoch(2);
  t->set_epochs(5);
  t->set_step(1000);
  t->set_samples(256000);
  t->set_planned_samples(512000);
  t->set_samples_per_second(1000);
  t->set_loss(2.5);
  t->set_policy_loss(2.25);
  t->set_value_loss(0.25);
  t->set_learning_rate(0.001);
  t->set_top1(0.375);
  t->set_top5(0.6875);
  t->set_nats(2.75);
  t->set_value_accuracy(0.5);
  t->set_validation_positions(20000);
  t->set_checkpoints(3);
  t->set_checkpoint_bytes(5 << 20);
  t->set_checkpoint_unix_seconds(1700000000);
  t->set_rss_bytes(400 << 20);
  t->set_vms_bytes(uint64_t{2} << 30);
  t->set_budget_bytes(uint64_t{10} << 30);
  status.set_rss_bytes(50 << 20);
  status.set_vms_bytes(500 << 20);
  status.set_system_total_bytes(uint64_t{24} << 30);
  status.set_system_available_bytes(uint64_t{20} << 30);
  status.add_alarms("unit 7 stands with two digests");
  status.set_version("0.1.0");
  status.set_sources(38982);
  return status;
}

}  // namespace moyo
