// Over torch's own c10d: a TCPStore at rank 0, and gloo between the ranks.
#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO  // or c10d's header of it is empty
#endif
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "trainer/group/group.h"

namespace moyo::trainer {
namespace {

// How long rank 0 waits for ranks that should still be there after a loss: one that has ended needs
// no waiting for, and the others find out within a moment.
constexpr absl::Duration kRegathering = absl::Seconds(30);
constexpr std::chrono::milliseconds kPollInterval(20);

std::string FirstLine(const std::exception& error) {
  const std::pair<std::string, std::string> text =
      absl::StrSplit(error.what(), absl::MaxSplits('\n', 1));
  return text.first;
}

std::vector<uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }
std::string Text(const std::vector<uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

std::chrono::milliseconds Milliseconds(absl::Duration duration) {
  return absl::ToChronoMilliseconds(duration);
}

// The address of this machine from which `host` is reached: others of the group reach it there.
std::string LocalAddress(const std::string& host, const std::string& port) {
  addrinfo* found = nullptr;
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return host;
  const absl::Cleanup free_found = [found] { freeaddrinfo(found); };
  const int fd = socket(found->ai_family, found->ai_socktype, 0);
  if (fd < 0) return host;
  const absl::Cleanup close_fd = [fd] { close(fd); };
  sockaddr_storage own = {};
  socklen_t size = sizeof(own);
  char name[NI_MAXHOST];
  // A datagram socket sends nothing on connect: it only finds its way.
  if (connect(fd, found->ai_addr, found->ai_addrlen) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) != 0 ||
      getnameinfo(reinterpret_cast<sockaddr*>(&own), size, name, sizeof(name), nullptr, 0,
                  NI_NUMERICHOST) != 0) {
    return host;
  }
  return name;
}

class GlooGroup final : public Group {
 public:
  GlooGroup(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
            const std::string& address, absl::Duration patience)
      : Group(rank, size) {
    auto options = c10d::ProcessGroupGloo::Options::create(Milliseconds(patience));
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
    options->threads = 1;  // the calls of a group follow one another
    gloo_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
  }

 private:
  void SumOverRanks(torch::Tensor& tensor) override {
    std::vector<torch::Tensor> tensors = {tensor};
    gloo_->allreduce(tensors)->wait();
  }
  void BroadcastFromFirst(torch::Tensor& tensor) override {
    std::vector<torch::Tensor> tensors = {tensor};
    gloo_->broadcast(tensors)->wait();
  }

  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo_;
};

class C10dRendezvous final : public Rendezvous {
 public:
  C10dRendezvous(const GroupOptions& options, std::string address,
                 c10::intrusive_ptr<c10d::Store> store)
      : options_(options), address_(std::move(address)), store_(std::move(store)) {
    for (int rank = 0; rank < options.ranks; ++rank) members_.push_back(rank);
  }

  // That no two processes are one rank, and all count the same ranks. Throws c10d's exceptions.
  absl::Status Claim() {
    if (options_.rank == 0) {
      store_->set("ranks", Bytes(absl::StrCat(options_.ranks)));
    } else if (const std::string ranks = Text(store_->get("ranks"));
               ranks != absl::StrCat(options_.ranks)) {
      return absl::InvalidArgumentError(
          absl::StrCat("rank 0 was started with --ranks ", ranks, ", not ", options_.ranks));
    }
    if (store_->add(absl::StrCat("claim/", options_.rank), 1) == 1) return absl::OkStatus();
    return absl::AlreadyExistsError(absl::StrCat(
        "--rank ", options_.rank, " at ", options_.rendezvous,
        " is taken: another trainer has it, or it was lost and the others went on without it; "
        "start all ranks again to have it back"));
  }

  absl::StatusOr<std::unique_ptr<Group>> Next() override {
    const std::string generation = absl::StrCat("generation-", generation_++, "/");
    try {
      if (generation_ > 1) Regather(generation);
      const auto own = std::find(members_.begin(), members_.end(), options_.rank);
      if (own == members_.end()) {
        return absl::UnavailableError("the other ranks went on without this one: it came too late");
      }
      if (members_.size() == 1) return MakeLoneGroup();
      return std::make_unique<GlooGroup>(c10::make_intrusive<c10d::PrefixStore>(generation, store_),
                                         static_cast<int>(own - members_.begin()),
                                         static_cast<int>(members_.size()), address_,
                                         options_.patience);
    } catch (const std::exception& error) {
      const std::string what =
          generation_ == 1
              ? absl::StrCat("not all of the ", options_.ranks, " ranks came to ",
                             options_.rendezvous)
              : absl::StrCat("rank 0 at ", options_.rendezvous,
                             " is gone; start all ranks again to go on from its checkpoint");
      return absl::UnavailableError(absl::StrCat(what, " (", FirstLine(error), ")"));
    }
  }

 private:
  // Who is still there. Rank 0 decides.
  void Regather(const std::string& generation) {
    const auto here = [&](int rank) { return absl::StrCat(generation, "here/", rank); };
    const std::string list = generation + "members";
    store_->set(here(options_.rank), Bytes("1"));
    if (options_.rank != 0) {
      absl::Cleanup leave = [&] { Leave(here(options_.rank)); };
      store_->wait({list}, Milliseconds(options_.patience));
      std::move(leave).Cancel();
      members_.clear();
      const std::string text = Text(store_->get(list));
      for (const absl::string_view number : absl::StrSplit(text, ',')) {
        int rank = 0;
        if (absl::SimpleAtoi(number, &rank)) members_.push_back(rank);
      }
      return;
    }
    const absl::Time deadline = absl::Now() + std::min(kRegathering, options_.patience);
    std::vector<int> present;
    while (present.size() + 1 < members_.size() && absl::Now() < deadline) {
      std::this_thread::sleep_for(kPollInterval);
      present.clear();
      for (const int rank : members_) {
        if (store_->check({here(rank)})) present.push_back(rank);
      }
    }
    if (present.empty()) present.push_back(0);
    members_ = std::move(present);
    store_->set(list, Bytes(absl::StrJoin(members_, ",")));
  }

  // So that a rank 0 that comes later does not count on this one.
  void Leave(const std::string& key) const {
    try {
      store_->deleteKey(key);
    } catch (const std::exception&) {  // rank 0 is gone
    }
  }

  const GroupOptions options_;
  const std::string address_;  // of this machine
  const c10::intrusive_ptr<c10d::Store> store_;
  std::vector<int> members_;  // as they were numbered at first, ascending
  int generation_ = 0;
};

class LoneRendezvous final : public Rendezvous {
 public:
  absl::StatusOr<std::unique_ptr<Group>> Next() override { return MakeLoneGroup(); }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Rendezvous>> Rendezvous::Open(const GroupOptions& options) {
  if (options.ranks == 1) return std::make_unique<LoneRendezvous>();
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(options.rendezvous, absl::MaxSplits(':', 1));
  const auto& [host, port_text] = parts;
  int port = 0;
  if (host.empty() || !absl::SimpleAtoi(port_text, &port) || port < 1 || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", options.rendezvous, "' is not HOST:PORT; give --rendezvous 10.0.0.1:29500"));
  }
  try {
    c10d::TCPStoreOptions store_options;
    store_options.port = static_cast<uint16_t>(port);
    store_options.isServer = options.rank == 0;
    store_options.waitWorkers = false;
    store_options.timeout = Milliseconds(options.patience);
    auto rendezvous =
        std::make_unique<C10dRendezvous>(options, LocalAddress(host, port_text),
                                         c10::make_intrusive<c10d::TCPStore>(host, store_options));
    MOYO_RETURN_IF_ERROR(rendezvous->Claim());
    return rendezvous;
  } catch (const std::exception& error) {
    return absl::UnavailableError(
        options.rank == 0
            ? absl::StrCat("cannot listen on ", options.rendezvous, " (", FirstLine(error),
                           "); give another --rendezvous")
            : absl::StrCat("no rank 0 at ", options.rendezvous, " within ",
                           absl::FormatDuration(options.patience), " (", FirstLine(error), ")"));
  }
}

}  // namespace moyo::trainer
