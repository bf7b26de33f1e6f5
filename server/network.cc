#include "server/network.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/rpc/address.h"
#include "common/rpc/join_code.h"
#include "server/tls_folder.h"

namespace moyo::server {
namespace {

constexpr char kAddressFile[] = "/address";
constexpr char kPageFile[] = "/page";
constexpr char kAdminFile[] = "/admin.join";
constexpr char kTlsFolder[] = "/tls";
constexpr char kMetaAdvertise[] = "advertise";
constexpr char kFirstToken[] = "first-worker";

bool WantsTls(const std::string& address, const ServerOptions& options) {
  return !rpc::IsLoopback(address) && !options.insecure;
}

// What other machines dial: --advertise, or where the server listens; for all addresses at once,
// the machine's first.
absl::StatusOr<std::string> AdvertisedAddress(const ServerOptions& options,
                                              const std::string& listening) {
  MOYO_ASSIGN_OR_RETURN(const rpc::HostPort own, rpc::SplitAddress(listening));
  if (!options.advertise.empty()) {
    MOYO_ASSIGN_OR_RETURN(const rpc::HostPort given, rpc::SplitAddress(options.advertise));
    return rpc::JoinAddress(given.host, given.port == "0" ? own.port : given.port);
  }
  if (!rpc::IsWildcard(own.host)) return listening;
  const std::vector<std::string> addresses = rpc::OwnAddresses();
  return rpc::JoinAddress(addresses.empty() ? rpc::OwnHostName() : addresses.front(), own.port);
}

// Only for people who look at the certificate: clients go by its pin.
std::vector<std::string> CertificateNames(const ServerOptions& options) {
  std::vector<std::string> names = rpc::OwnAddresses();
  names.push_back(rpc::OwnHostName());
  names.push_back("localhost");
  names.push_back("127.0.0.1");
  for (const std::string& address : {options.listen, options.advertise, options.web}) {
    const absl::StatusOr<rpc::HostPort> split = rpc::SplitAddress(address);
    if (split.ok() && !rpc::IsWildcard(split->host)) names.push_back(split->host);
  }
  return names;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Network>> Network::Open(const ServerOptions& options,
                                                       Coordinator& coordinator,
                                                       store::Store& store, const Clock& clock) {
  std::unique_ptr<Network> network(new Network());
  network->folder_ = options.run_dir + "/server";
  MOYO_ASSIGN_OR_RETURN(network->keeper_, TokenKeeper::Load(store, clock));
  network->admin_ = std::make_unique<TokenAdmin>(*network->keeper_);
  MOYO_RETURN_IF_ERROR(network->Listen(options, coordinator));
  MOYO_RETURN_IF_ERROR(network->OpenPage(options, coordinator, clock));
  MOYO_RETURN_IF_ERROR(network->SetJoinTarget(options, store));
  MOYO_RETURN_IF_ERROR(network->WriteFiles());
  std::cout << "listening on " << network->listener_->address() << std::endl;
  if (network->page_ != nullptr) {
    std::cout << "training page on " << network->page_->Url() << std::endl;
  }
  if (network->identity_) MOYO_RETURN_IF_ERROR(network->InviteFirstWorker(options.run_dir));
  return network;
}

Network::~Network() { Stop(absl::ZeroDuration()); }

absl::Status Network::Listen(const ServerOptions& options, Coordinator& coordinator) {
  if (WantsTls(options.listen, options)) {
    MOYO_ASSIGN_OR_RETURN(identity_, OpenIdentity(folder_ + kTlsFolder, CertificateNames(options)));
  } else if (!rpc::IsLoopback(options.listen)) {
    spdlog::warn(
        "--insecure: listening on {} in plain text, without tokens: whoever reaches it may read, "
        "add and delete work",
        options.listen);
  }
  MOYO_ASSIGN_OR_RETURN(listener_, Listener::Open(options.listen, coordinator,
                                                  {.tokens = admin_.get(), .identity = identity_}));
  return absl::OkStatus();
}

absl::Status Network::OpenPage(const ServerOptions& options, Coordinator& coordinator,
                               const Clock& clock) {
  if (options.web.empty()) return absl::OkStatus();
  PageOptions page = {.address = options.web, .identity = {}};
  if (WantsTls(options.web, options)) {
    MOYO_ASSIGN_OR_RETURN(page.identity,
                          OpenIdentity(folder_ + kTlsFolder, CertificateNames(options)));
  }
  MOYO_ASSIGN_OR_RETURN(page_, TrainingPage::Open(std::move(page), coordinator, *keeper_, clock));
  return absl::OkStatus();
}

// On a port without TLS, tokens may still be made: for the next start with it, and so for the
// address that was advertised last, or to sign in to a page with TLS, which looks at the token
// alone. By then the page has made the certificate.
absl::Status Network::SetJoinTarget(const ServerOptions& options, store::Store& store) {
  std::string address;
  std::string certificate;
  if (identity_) {
    MOYO_ASSIGN_OR_RETURN(address, AdvertisedAddress(options, listener_->address()));
    MOYO_RETURN_IF_ERROR(store.SetMeta(kMetaAdvertise, address));
    certificate = identity_->certificate_pem;
  } else {
    MOYO_ASSIGN_OR_RETURN(address, store.GetMeta(kMetaAdvertise));
    const bool page_has_tls = page_ != nullptr && WantsTls(options.web, options);
    if (address.empty() && page_has_tls) address = listener_->address();
    const absl::StatusOr<rpc::Identity> standing = ReadIdentity(folder_ + kTlsFolder);
    if (address.empty() || absl::IsNotFound(standing.status())) return absl::OkStatus();
    MOYO_RETURN_IF_ERROR(standing.status());
    certificate = standing->certificate_pem;
  }
  MOYO_ASSIGN_OR_RETURN(const std::string pin, rpc::PinOf(certificate));
  admin_->SetTarget(address, pin);
  return absl::OkStatus();
}

absl::Status Network::WriteFiles() {
  rpc::JoinCode code;
  code.address = listener_->address();
  if (identity_) {
    MOYO_ASSIGN_OR_RETURN(code.pin, rpc::PinOf(identity_->certificate_pem));
  }
  MOYO_ASSIGN_OR_RETURN(code.token, keeper_->MakeLocalAdmin());
  MOYO_RETURN_IF_ERROR(
      WriteSecretFile(folder_ + kAdminFile, absl::StrCat(rpc::EncodeJoinCode(code), "\n")));
  unlink((folder_ + kPageFile).c_str());  // of a server that was killed
  if (page_ != nullptr) {
    MOYO_RETURN_IF_ERROR(
        WriteFileAtomically(folder_ + kPageFile, absl::StrCat(page_->Url(), "\n")));
  }
  return WriteFileAtomically(folder_ + kAddressFile, absl::StrCat(code.address, "\n"));
}

// Tokens are stored hashed, so a code can be shown only when it is made.
absl::Status Network::InviteFirstWorker(const std::string& run_dir) {
  if (keeper_->List().empty()) {
    std::string name;
    MOYO_ASSIGN_OR_RETURN(
        const std::string code,
        admin_->MakeJoinCode(store::Role::kWorker, kFirstToken, absl::InfiniteDuration(), &name));
    std::cout << "on each worker machine: moyo-worker --join " << code << "\n"
              << "(a secret, shown this once; token '" << name << "')" << std::endl;
  }
  std::cout << "more join codes: moyo token add --run-dir " << run_dir
            << " --role worker, trainer or admin" << std::endl;
  return absl::OkStatus();
}

void Network::Tick() {
  const absl::Status status = keeper_->Tick();
  if (!status.ok()) spdlog::error("tokens: {}", std::string(status.message()));
}

void Network::Stop(absl::Duration patience) {
  if (listener_ == nullptr) return;
  unlink((folder_ + kAddressFile).c_str());
  unlink((folder_ + kAdminFile).c_str());
  unlink((folder_ + kPageFile).c_str());
  page_ = nullptr;
  listener_->Stop(patience);
  listener_ = nullptr;
  const absl::Status status = keeper_->Flush();
  if (!status.ok()) spdlog::error("tokens: {}", std::string(status.message()));
}

}  // namespace moyo::server
