#include "server/rpc/call_admission.h"

#include <grpc/grpc.h>

#include <map>
#include <string>

#include "common/rpc/channel.h"
#include "common/rpc/join_code.h"

namespace moyo::server {
namespace {

constexpr char kPathKey[] = ":path";

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// Empty when it was not sent.
std::string ValueOf(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

class Admission final : public grpc::AuthMetadataProcessor {
 public:
  explicit Admission(TokenKeeper& keeper) : keeper_(keeper) {}

  // A look at memory; handing over to a thread would cost more.
  bool IsBlocking() const override { return false; }

  // Nothing is written to the context, which all calls of a connection share, nor consumed:
  // HoldCall reads the token once more.
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext*, OutputMetadata*,
                       OutputMetadata*) override {
    return rpc::ToGrpc(
        keeper_.Check(ValueOf(metadata, kPathKey), ValueOf(metadata, rpc::kAuthorizationKey)));
  }

 private:
  TokenKeeper& keeper_;
};

}  // namespace

std::shared_ptr<grpc::AuthMetadataProcessor> MakeAdmission(TokenKeeper& keeper) {
  return std::make_shared<Admission>(keeper);
}

absl::Status CheckCall(TokenKeeper& keeper, std::string_view method,
                       const grpc::ServerContext& context) {
  return keeper.Check(method, ValueOf(context.client_metadata(), rpc::kAuthorizationKey));
}

absl::StatusOr<std::unique_ptr<TokenKeeper::RunningCall>> HoldCall(TokenKeeper& keeper,
                                                                   std::string_view method,
                                                                   grpc::ServerContext& context) {
  // ServerContext::TryCancel would tell the client CANCELLED, without a reason. The reference keeps
  // the call valid should the handler return meanwhile.
  grpc_call_ref(context.c_call());
  const std::shared_ptr<grpc_call> call(context.c_call(), grpc_call_unref);
  return keeper.Enter(method, ValueOf(context.client_metadata(), rpc::kAuthorizationKey),
                      [call](const absl::Status& why) {
                        grpc_call_cancel_with_status(call.get(),
                                                     static_cast<grpc_status_code>(why.code()),
                                                     std::string(why.message()).c_str(), nullptr);
                      });
}

}  // namespace moyo::server
