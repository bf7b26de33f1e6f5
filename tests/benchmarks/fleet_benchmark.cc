// A fleet of simulated workers on one server: units/s, and how long each call takes.
//
//   fleet_benchmark --moyo-server build/bin/moyo-server --workers 10000 --rate 5000 --seconds 20
//
// Starts the server as a process of its own on one core, over a run directory of its own, with so
// many units of one game that they last. Each worker is a state machine on one thread, over one of
// --connections real connections: lease, heartbeat, (upload,) commit. --rate N begins N units a
// second, whatever the answers take, so the times are those of the load asked for; --rate 0 begins
// a worker's next unit when its last is done, which gives the most units/s.
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/digest.h"
#include "common/rpc/channel.h"
#include "common/rpc/protocol.h"
#include "common/sgf/game_reader.h"
#include "moyo/v1/admin.grpc.pb.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "moyo/v1/work.grpc.pb.h"

namespace moyo {
namespace {

using Time = std::chrono::steady_clock::time_point;
using std::chrono::steady_clock;

struct Options {
  std::string server_program;
  std::string run_dir;
  int workers = 1000;
  int connections = 200;
  double rate = 5000;
  double seconds = 10;
  double warm_up_seconds = 2;
  int units = 200'000;
  int rows = 1;
  int core = 0;
};

enum Call { kRegister, kLease, kHeartbeat, kCommit, kCalls };
constexpr std::array<const char*, kCalls> kCallNames = {"register", "lease", "heartbeat", "commit"};

// One call on its way: the tag of the completion queue.
struct Worker {
  v1::WorkService::Stub* stub = nullptr;
  std::string id;
  v1::Lease lease;
  Call call = kRegister;
  Time begin;
  std::unique_ptr<grpc::ClientContext> context;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::RegisterWorkerResponse>> register_reader;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::LeaseUnitResponse>> lease_reader;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::HeartbeatResponse>> heartbeat_reader;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::CommitUnitResponse>> commit_reader;
  v1::RegisterWorkerResponse registered;
  v1::LeaseUnitResponse leased;
  v1::HeartbeatResponse beaten;
  v1::CommitUnitResponse committed;
};

class Fleet {
 public:
  Fleet(const std::string& address, const Options& options)
      : options_(options), workers_(options.workers) {
    for (int i = 0; i < std::min(options.connections, options.workers); ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection each
      stubs_.push_back(v1::WorkService::NewStub(
          grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments)));
    }
    for (int i = 0; i < options.workers; ++i) workers_[i].stub = stubs_[i % stubs_.size()].get();
  }
  ~Fleet() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) continue;
  }

  // False: the server failed or ran out of units.
  bool Run() {
    for (Worker& worker : workers_) Begin(worker, kRegister);
    while (registered_ < options_.workers) {
      if (!Take(RepeatRefused(steady_clock::now() + std::chrono::seconds(60)))) return false;
    }
    measured_from_ = steady_clock::now() + Seconds(options_.warm_up_seconds);
    const Time end = measured_from_ + Seconds(options_.seconds);
    const Time first = steady_clock::now();
    uint64_t begun = 0;
    while (steady_clock::now() < end) {
      Time next = end;
      while (!idle_.empty()) {
        if (options_.rate > 0) next = first + Seconds(static_cast<double>(begun) / options_.rate);
        if (options_.rate > 0 && steady_clock::now() < next) break;
        ++begun;
        Worker* const worker = idle_.front();
        idle_.pop_front();
        Begin(*worker, kLease);
      }
      if (!Take(RepeatRefused(next))) return false;
    }
    return true;
  }

  uint64_t units() const { return units_; }  // with those of the warm-up

  void Report() {
    std::printf("%6d workers, %4zu connections: %8.0f units/s", options_.workers, stubs_.size(),
                static_cast<double>(micros_[kCommit].size()) / options_.seconds);
    for (const Call call : {kLease, kHeartbeat, kCommit}) {
      std::vector<float>& micros = micros_[call];
      std::sort(micros.begin(), micros.end());
      std::printf("; %s p50 %.2f p99 %.2f ms", kCallNames[call], Quantile(micros, 0.5),
                  Quantile(micros, 0.99));
    }
    std::printf("; %llu refused\n", static_cast<unsigned long long>(refused_));
  }

 private:
  static steady_clock::duration Seconds(double seconds) {
    return std::chrono::duration_cast<steady_clock::duration>(
        std::chrono::duration<double>(seconds));
  }
  static double Quantile(const std::vector<float>& sorted, double q) {
    if (sorted.empty()) return 0;
    return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))] / 1000;
  }

  // Makes the refused calls again that have waited; gives the time of the next, at most `next`.
  Time RepeatRefused(Time next) {
    while (!refused_calls_.empty() && refused_calls_.begin()->first <= steady_clock::now()) {
      Worker* const worker = refused_calls_.begin()->second;
      refused_calls_.erase(refused_calls_.begin());
      Begin(*worker, worker->call);
    }
    return refused_calls_.empty() ? next : std::min(next, refused_calls_.begin()->first);
  }

  // Handles one answer, or nothing came until `deadline`.
  bool Take(Time deadline) {
    void* tag = nullptr;
    bool ok = false;
    const auto wait = std::chrono::system_clock::now() + (deadline - steady_clock::now());
    if (queue_.AsyncNext(&tag, &ok, wait) != grpc::CompletionQueue::GOT_EVENT) return true;
    Worker& worker = *static_cast<Worker*>(tag);
    const Time now = steady_clock::now();
    // The server has its hands full: again a little later, as a worker does.
    if (worker.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
      ++refused_;
      refused_calls_.emplace(now + std::chrono::milliseconds(100), &worker);
      return true;
    }
    if (!worker.status.ok()) {
      std::fprintf(stderr, "%s: %s\n", kCallNames[worker.call],
                   worker.status.error_message().c_str());
      return false;
    }
    if (now >= measured_from_) {
      micros_[worker.call].push_back(
          std::chrono::duration<float, std::micro>(now - worker.begin).count());
    }
    return Next(worker);
  }

  bool Next(Worker& worker) {
    switch (worker.call) {
      case kRegister:
        worker.id = worker.registered.worker_id();
        ++registered_;
        idle_.push_back(&worker);
        return true;
      case kLease:
        if (!worker.leased.has_lease()) {
          std::fprintf(stderr, "no unit is left; use more --units\n");
          return false;
        }
        worker.lease = std::move(*worker.leased.mutable_lease());
        Begin(worker, kHeartbeat);
        return true;
      case kHeartbeat:
        Begin(worker, kCommit);
        return true;
      default:
        ++units_;
        idle_.push_back(&worker);
        return true;
    }
  }

  void Begin(Worker& worker, Call call) {
    worker.call = call;
    worker.context = std::make_unique<grpc::ClientContext>();
    rpc::SetDeadline(*worker.context, absl::Seconds(60));
    worker.begin = steady_clock::now();
    switch (call) {
      case kRegister:
        return BeginRegister(worker);
      case kLease:
        return BeginLease(worker);
      case kHeartbeat:
        return BeginHeartbeat(worker);
      default:
        return BeginCommit(worker);
    }
  }

  void BeginRegister(Worker& worker) {
    v1::RegisterWorkerRequest request;
    request.set_protocol_version(rpc::kProtocolVersion);
    request.set_parser_version(sgf::kParserVersion);
    worker.register_reader =
        worker.stub->AsyncRegisterWorker(worker.context.get(), request, &queue_);
    worker.register_reader->Finish(&worker.registered, &worker.status, &worker);
  }
  void BeginLease(Worker& worker) {
    v1::LeaseUnitRequest request;
    request.set_worker_id(worker.id);
    worker.leased.Clear();
    worker.lease_reader = worker.stub->AsyncLeaseUnit(worker.context.get(), request, &queue_);
    worker.lease_reader->Finish(&worker.leased, &worker.status, &worker);
  }
  void BeginHeartbeat(Worker& worker) {
    v1::HeartbeatRequest request;
    request.set_worker_id(worker.id);
    v1::LeaseProgress& progress = *request.add_leases();
    progress.set_lease_id(worker.lease.lease_id());
    progress.set_unit_id(worker.lease.unit_id());
    progress.set_fencing_token(worker.lease.fencing_token());
    progress.set_games_parsed(1);
    worker.heartbeat_reader = worker.stub->AsyncHeartbeat(worker.context.get(), request, &queue_);
    worker.heartbeat_reader->Finish(&worker.beaten, &worker.status, &worker);
  }
  // Rejected games: a commit without a shard, so that the server's own work shows.
  void BeginCommit(Worker& worker) {
    v1::CommitUnitRequest request;
    request.set_worker_id(worker.id);
    request.set_lease_id(worker.lease.lease_id());
    request.set_unit_id(worker.lease.unit_id());
    request.set_fencing_token(worker.lease.fencing_token());
    for (const v1::Source& source : worker.lease.sources()) {
      for (uint32_t i = 0; i < source.games(); ++i) {
        v1::LedgerRow& row = *request.add_rows();
        row.set_game_id(source.first_game() + i);
        row.set_state(v1::GAME_STATE_REJECTED);
        row.set_reason("NO_MOVES");
        row.set_detail("the game has no move");
      }
    }
    worker.commit_reader = worker.stub->AsyncCommitUnit(worker.context.get(), request, &queue_);
    worker.commit_reader->Finish(&worker.committed, &worker.status, &worker);
  }

  const Options& options_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<v1::WorkService::Stub>> stubs_;
  std::vector<Worker> workers_;
  std::deque<Worker*> idle_;
  int registered_ = 0;
  uint64_t units_ = 0;
  uint64_t refused_ = 0;
  std::multimap<Time, Worker*> refused_calls_;  // by when they are made again
  Time measured_from_ = Time::max();
  std::array<std::vector<float>, kCalls> micros_;
};

// The server, on one core.
class ServerProcess {
 public:
  explicit ServerProcess(const Options& options) : run_dir_(options.run_dir) {
    std::filesystem::remove_all(run_dir_);
    std::filesystem::create_directories(run_dir_);
    const std::string games = run_dir_ + "/games.sgf";
    std::ofstream file(games);
    for (int i = 0; i < options.units * options.rows; ++i) file << "(;GM[1])\n";
    file.close();
    pid_ = fork();
    if (pid_ != 0) return;
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(options.core, &cores);
    sched_setaffinity(0, sizeof(cores), &cores);
    const int log = open((run_dir_ + "/log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    const std::string rows = std::to_string(options.rows);
    execl(options.server_program.c_str(), "moyo-server", "--run-dir", (run_dir_ + "/run").c_str(),
          "--listen", "127.0.0.1:0", "--games", games.c_str(), "--games-per-shard", rows.c_str(),
          nullptr);
    _exit(127);
  }
  ~ServerProcess() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(run_dir_);
  }

  // Empty: it ended, or has not catalogued everything within two minutes.
  std::string AwaitAddress(uint64_t games) {
    for (int i = 0; i < 1200 && waitpid(pid_, nullptr, WNOHANG) == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      std::ifstream file(run_dir_ + "/run/server/address");
      std::string address;
      if (!(file >> address)) continue;
      const auto stub = v1::AdminService::NewStub(rpc::MakeChannel(address));
      grpc::ClientContext context;
      rpc::SetDeadline(context, absl::Seconds(5));
      v1::GetStatusResponse status;
      if (!stub->GetStatus(&context, {}, &status).ok()) continue;
      if (status.ledger().found() >= games) return address;
    }
    return "";
  }

  struct Use {
    double processor_seconds = 0;
    double resident_mib = 0;
  };
  Use Read() const {
    Use use;
    std::ifstream stat("/proc/" + std::to_string(pid_) + "/stat");
    std::string word;
    for (int i = 1; stat >> word; ++i) {  // proc(5): 14 utime, 15 stime, 24 rss
      if (i == 14 || i == 15) {
        use.processor_seconds += std::stod(word) / static_cast<double>(sysconf(_SC_CLK_TCK));
      }
      if (i == 24) {
        use.resident_mib = std::stod(word) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
      }
    }
    return use;
  }

 private:
  const std::string run_dir_;
  pid_t pid_ = -1;
};

int Measure(const Options& options) {
  ServerProcess server(options);
  const std::string address =
      server.AwaitAddress(static_cast<uint64_t>(options.units) * options.rows);
  if (address.empty()) {
    std::fprintf(stderr, "fleet_benchmark: '%s' did not come up\n", options.server_program.c_str());
    return 1;
  }
  Fleet fleet(address, options);
  const ServerProcess::Use before = server.Read();
  if (!fleet.Run()) return 1;
  const ServerProcess::Use after = server.Read();
  fleet.Report();
  std::printf("        server: %.0f us of processor time a unit, %.0f MiB resident\n",
              (after.processor_seconds - before.processor_seconds) * 1e6 /
                  static_cast<double>(fleet.units()),
              after.resident_mib);
  return 0;
}

}  // namespace
}  // namespace moyo

int main(int argc, char** argv) {
  CLI::App app{"Simulated workers on one server: units/s, and how long each call takes."};
  moyo::Options options;
  options.server_program = std::string(MOYO_BINARY_DIR) + "/moyo-server";
  options.run_dir = "/tmp/moyo-fleet-" + std::to_string(getpid());
  app.add_option("--moyo-server", options.server_program)->capture_default_str();
  app.add_option("--run-dir", options.run_dir, "scratch folder; removed at the end")
      ->capture_default_str();
  app.add_option("--workers", options.workers)->capture_default_str();
  app.add_option("--connections", options.connections, "at most")->capture_default_str();
  app.add_option("--rate", options.rate, "units begun a second; 0: as fast as it goes")
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "measured")->capture_default_str();
  app.add_option("--warm-up", options.warm_up_seconds)->capture_default_str();
  app.add_option("--units", options.units)->capture_default_str();
  app.add_option("--rows", options.rows, "ledger rows a unit")->capture_default_str();
  app.add_option("--core", options.core, "of the server")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return moyo::Measure(options);
}
