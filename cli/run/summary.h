// What a run came to.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/time.h"
#include "moyo/v1/admin.pb.h"

namespace moyo::cli {

struct RunSummary {
  v1::GetStatusResponse status;  // the last one
  std::string run_dir;
  std::string model;            // path; empty when nothing was trained
  bool parsed_before = false;   // nothing was left to parse
  bool trained_before = false;  // nothing was left to train
  uint64_t games_before = 0;    // parsed by earlier runs
  absl::Duration parse_time;    // this run's
  absl::Duration train_time;
  uint64_t parse_peak_rss_bytes = 0;  // server and workers together
  uint64_t train_peak_rss_bytes = 0;  // the trainer
  int restarts = 0;                   // of server, workers and trainer
};

std::string SummaryText(const RunSummary& summary);
// Keys are stable: run_dir, ledger, positions, shards, dataset_digest, parse, training, model,
// restarts, alarms, catalogue_error.
nlohmann::ordered_json SummaryJson(const RunSummary& summary);

}  // namespace moyo::cli
