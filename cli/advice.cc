#include "cli/advice.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/text.h"
#include "common/rpc/address.h"

namespace moyo::cli {
namespace {

// Below these nothing is worth a person's time.
constexpr double kWorthSeconds = 60;
constexpr uint64_t kMoreWorkers = 2;
constexpr double kStarvingRatio = 0.1;
constexpr double kMemoryRatio = 0.9;
constexpr double kSilentSeconds = 20;  // heartbeats come at least every 5 s
constexpr size_t kWorkersForAMedian = 3;
constexpr double kSlowRatio = 0.5;
constexpr size_t kMaxNamed = 3;

struct Slots {
  uint64_t all = 0;
  uint64_t busy = 0;
};

Slots CountSlots(const v1::GetStatusResponse& status) {
  Slots slots;
  for (const v1::WorkerStatus& worker : status.workers()) {
    slots.all += worker.parallel();
    slots.busy += worker.leases();
  }
  return slots;
}

// The command that joins a program to the server. `more`: its other flags.
std::string JoinCommand(const char* role, const std::string& address, JoinBy join_by,
                        const char* more) {
  if (join_by == JoinBy::kCode) {
    return absl::StrCat("moyo-", role, " --join CODE", more, " ('moyo token add --role ", role,
                        " --run-dir RUN_DIR' on the server's machine prints the code)");
  }
  if (join_by == JoinBy::kServerFirst) {
    return absl::StrCat("moyo-server --run-dir RUN_DIR --listen 127.0.0.1:50051, and then moyo-",
                        role, " --server 127.0.0.1:50051", more);
  }
  const absl::StatusOr<rpc::HostPort> split = rpc::SplitAddress(address);
  std::string named = address.empty() ? "HOST:PORT" : address;
  // Where all addresses are listened on, none is known that others reach.
  if (split.ok() && rpc::IsWildcard(split->host)) named = absl::StrCat("HOST:", split->port);
  return absl::StrCat("moyo-", role, " --server ", named, more);
}

// More workers help while more units wait than all of them take at once.
void AdviseOnWorkers(const v1::GetStatusResponse& status, const std::string& address,
                     JoinBy join_by, std::vector<std::string>& advice) {
  const uint64_t workers = status.workers_size();
  if (workers == 0) {
    advice.push_back(absl::StrCat("no worker is there; start one: ",
                                  JoinCommand("worker", address, join_by, "")));
    return;
  }
  const Slots slots = CountSlots(status);
  const uint64_t more_slots = kMoreWorkers * slots.all / workers;
  if (status.units().pending() == 0 && slots.busy < slots.all) {
    advice.push_back(absl::StrFormat("the last units are being parsed: %d of %d slots have none",
                                     slots.all - slots.busy, slots.all));
    return;
  }
  if (status.games_per_second() <= 0 || slots.busy < slots.all) return;
  const double seconds_left = status.ledger().pending() / status.games_per_second();
  if (seconds_left < kWorthSeconds || status.units().pending() < slots.all + more_slots) return;
  const double shorter = static_cast<double>(kMoreWorkers) / (workers + kMoreWorkers);
  advice.push_back(absl::StrFormat(
      "%d more workers like these would shorten parsing by %.0f%%, to %s", kMoreWorkers,
      100 * shorter, HumanDuration(absl::Seconds(seconds_left * (1 - shorter)))));
}

void AdviseOnSlowWorkers(const v1::GetStatusResponse& status, std::vector<std::string>& advice) {
  std::vector<double> rates;
  size_t named = 0;
  for (const v1::WorkerStatus& worker : status.workers()) {
    if (worker.seconds_since_heartbeat() > kSilentSeconds && ++named <= kMaxNamed) {
      advice.push_back(
          absl::StrFormat("worker '%s' has not been heard of for %s", worker.name(),
                          HumanDuration(absl::Seconds(worker.seconds_since_heartbeat()))));
    }
    if (worker.leases() > 0) rates.push_back(worker.games_per_second() / worker.parallel());
  }
  if (rates.size() < kWorkersForAMedian) return;
  std::nth_element(rates.begin(), rates.begin() + rates.size() / 2, rates.end());
  const double median = rates[rates.size() / 2];
  named = 0;
  for (const v1::WorkerStatus& worker : status.workers()) {
    const double rate = worker.games_per_second() / std::max(1u, worker.parallel());
    if (worker.leases() == 0 || rate >= kSlowRatio * median || ++named > kMaxNamed) continue;
    advice.push_back(absl::StrFormat("worker '%s' is slow: %.0f games/s a unit, the median is %.0f",
                                     worker.name(), rate, median));
  }
}

void AdviseOnTraining(const v1::GetStatusResponse& status, const std::string& address,
                      JoinBy join_by, std::vector<std::string>& advice) {
  const v1::TrainingProgress& training = status.training();
  if (!status.has_training()) {
    if (status.complete() && status.shard_count() > 0) {
      advice.push_back(absl::StrCat(Counted(status.shard_count(), "shard"),
                                    " ready and no trainer has reported; start one: ",
                                    JoinCommand("trainer", address, join_by, " --run-dir DIR")));
    }
    return;
  }
  if (training.finished()) return;
  if (status.complete() && status.workers_size() > 0) {
    advice.push_back(
        "workers wait for the trainer: every game is parsed; they may be stopped, or "
        "'moyo add' gives them more");
  }
  if (training.feed_wait_ratio() > kStarvingRatio) {
    advice.push_back(absl::StrFormat(
        "the trainer waits for data %.0f%% of the time: its machine has too few free CPUs",
        100 * training.feed_wait_ratio()));
  }
}

void AdviseOnMemory(const v1::GetStatusResponse& status, std::vector<std::string>& advice) {
  const v1::TrainingProgress& training = status.training();
  if (training.budget_bytes() > 0 && !training.finished() &&
      training.rss_bytes() > kMemoryRatio * training.budget_bytes()) {
    advice.push_back(absl::StrFormat("the trainer uses %.0f%% of its memory budget",
                                     100.0 * training.rss_bytes() / training.budget_bytes()));
  }
  const uint64_t total = status.system_total_bytes();
  if (total > 0 && status.system_available_bytes() < (1 - kMemoryRatio) * total) {
    advice.push_back(absl::StrCat("the server's machine has only ",
                                  HumanBytes(status.system_available_bytes()), " of memory left"));
  }
}

}  // namespace

std::vector<std::string> Advice(const v1::GetStatusResponse& status, const std::string& address,
                                JoinBy join_by) {
  std::vector<std::string> advice;
  AdviseOnMemory(status, advice);
  const bool is_parsing = !status.complete() && status.ledger().pending() > 0;
  if (is_parsing) {
    AdviseOnWorkers(status, address, join_by, advice);
    AdviseOnSlowWorkers(status, advice);
  }
  AdviseOnTraining(status, address, join_by, advice);
  return advice;
}

}  // namespace moyo::cli
