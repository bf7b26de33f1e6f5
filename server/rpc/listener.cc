#include "server/rpc/listener.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include "absl/strings/str_cat.h"
#include "common/rpc/channel.h"
#include "server/rpc/call_admission.h"
#include "server/rpc/services.h"

namespace moyo::server {
namespace {

// Of the calls that hold one. One call more is RESOURCE_EXHAUSTED, which workers try again.
constexpr int kMaxThreads = 512;
// Threads that may wait for a call: with gRPC's two, every burst starts and ends hundreds.
constexpr int kIdleThreads = 64;
// More wait at the client. A worker parses at most 1,024 units at once, has four times as many on
// their way, and its heartbeat.
constexpr int kMaxCallsPerConnection = 4200;
constexpr size_t kMaxBufferBytes = 256u << 20;
constexpr int kKeepaliveMinMs = 5'000;
// A connection that says nothing, or one byte now and then, is closed.
constexpr int kHandshakeMs = 20'000;

std::shared_ptr<grpc::ServerCredentials> CredentialsOf(const Safety& safety) {
  if (!safety.identity) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  options.pem_key_cert_pairs.push_back(
      {safety.identity->key_pem, safety.identity->certificate_pem});
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::SslServerCredentials(options);
  credentials->SetAuthMetadataProcessor(MakeAdmission(safety.tokens->keeper()));
  return credentials;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(const std::string& address,
                                                         Coordinator& coordinator,
                                                         const Safety& safety) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("'", address, "' is not HOST:PORT"));
  }
  if (safety.identity && safety.tokens == nullptr) {
    return absl::InternalError("a port with TLS needs someone who judges its tokens");
  }
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ResourceQuota quota("moyo-server");
  quota.Resize(kMaxBufferBytes);
  quota.SetMaxThreads(kMaxThreads);
  grpc::ServerBuilder builder;
  builder.SetResourceQuota(quota);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, kIdleThreads);
  builder.SetMaxReceiveMessageSize(rpc::kMaxMessageBytes);
  builder.SetMaxSendMessageSize(rpc::kMaxMessageBytes);
  // Two servers must not share a port without knowing.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kKeepaliveMinMs);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxCallsPerConnection);
  std::unique_ptr<Listener> listener(new Listener());
  listener->services_ =
      MakeServices({.coordinator = &coordinator,
                    .tokens = safety.tokens,
                    .admission = safety.identity ? &safety.tokens->keeper() : nullptr});
  for (const auto& service : listener->services_) builder.RegisterService(service.get());
  int port = 0;
  builder.AddListeningPort(address, CredentialsOf(safety), &port);
  listener->server_ = builder.BuildAndStart();
  if (listener->server_ == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address,
                                               ": the port is taken or the address is not this "
                                               "machine's; choose another with --listen"));
  }
  listener->address_ = absl::StrCat(address.substr(0, colon), ":", port);
  return listener;
}

Listener::~Listener() { Stop(absl::ZeroDuration()); }

void Listener::Stop(absl::Duration patience) {
  if (server_ == nullptr) return;
  server_->Shutdown(absl::ToChronoTime(absl::Now() + patience));
  server_->Wait();
  server_ = nullptr;
}

}  // namespace moyo::server
