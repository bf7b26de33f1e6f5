#include "cli/add_sources.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(50);  // for a signal

// A server that ends leaves its scan to the next start.
std::string WhereItGoesOn(const ServerConnection& server) {
  if (server.is_temporary()) return "the same command goes on with what was not added yet";
  return absl::StrCat("the scan goes on at server ", server.address(),
                      "; 'moyo status' tells how many games it has found");
}

absl::Status Explain(const ServerConnection& server, const absl::Status& status,
                     absl::Duration timeout) {
  if (absl::IsCancelled(status) && ShutdownRequested()) {
    return absl::CancelledError(absl::StrCat("stopped by a signal; ", WhereItGoesOn(server)));
  }
  if (absl::IsCancelled(status)) {  // the server ends
    return absl::UnavailableError(
        absl::StrCat("server ", server.address(), " ended the call: ", status.message(),
                     "; when it runs again, the same command adds what is missing"));
  }
  if (absl::IsDeadlineExceeded(status)) {
    return absl::DeadlineExceededError(absl::StrCat("the games are still being counted after ",
                                                    absl::FormatDuration(timeout), "; ",
                                                    WhereItGoesOn(server)));
  }
  return server.Explain(status, "adding games");
}

}  // namespace

absl::StatusOr<v1::AddSourcesResponse> AddSources(ServerConnection& server,
                                                  const v1::AddSourcesRequest& request,
                                                  absl::Duration timeout) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, timeout);
  v1::AddSourcesResponse response;
  grpc::Status answer;
  absl::Notification answered;
  server.admin().async()->AddSources(&context, &request, &response, [&](grpc::Status status) {
    answer = std::move(status);
    answered.Notify();
  });
  while (!answered.WaitForNotificationWithTimeout(kLookEvery)) {
    if (ShutdownRequested()) context.TryCancel();
  }
  MOYO_RETURN_IF_ERROR(Explain(server, rpc::FromGrpc(answer), timeout));
  return response;
}

}  // namespace moyo::cli
