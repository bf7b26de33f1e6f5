// moyo ledger: what became of every game.
#include <cstdio>
#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/ledger_format.h"
#include "cli/server_connection.h"
#include "common/base/command_line.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kLedgerTimeout = absl::Hours(1);  // a slow reader at the end of a pipe

struct LedgerOptions {
  ServerTarget target;
  std::string state;
  std::string format = "table";
};

bool Write(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
}

absl::Status PrintLedger(const LedgerOptions& options) {
  MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<LedgerFormat> format,
                        MakeLedgerFormat(options.format));
  v1::ListLedgerRequest request;
  if (!options.state.empty()) {
    MOYO_ASSIGN_OR_RETURN(const v1::GameState state, GameStateFromName(options.state));
    request.set_state(state);
  }
  MOYO_ASSIGN_OR_RETURN(const auto server, ServerConnection::Open(options.target));
  grpc::ClientContext context;
  rpc::SetDeadline(context, kLedgerTimeout);
  const auto stream = server->admin().ListLedger(&context, request);
  // Not before the server has let the call in.
  bool has_header = false;
  const auto begin = [&] { return std::exchange(has_header, true) || Write(format->Header()); };
  bool reader_gone = false;
  v1::ListLedgerResponse response;
  while (!reader_gone && !ShutdownRequested() && stream->Read(&response)) {
    reader_gone = !begin();
    for (const v1::LedgerEntry& entry : response.entries()) {
      reader_gone = reader_gone || !Write(format->Row(entry));
    }
  }
  if (reader_gone || ShutdownRequested()) context.TryCancel();
  const absl::Status status = rpc::FromGrpc(stream->Finish());
  // First: a signal that ends a write to a slow reader looks like one who left.
  if (ShutdownRequested()) return absl::CancelledError("stopped by a signal");
  if (reader_gone) return absl::OkStatus();  // or the disk is full, which FlushOutput tells
  MOYO_RETURN_IF_ERROR(server->Explain(status, "the ledger"));
  if (begin()) Write(format->Footer());
  return absl::OkStatus();
}

}  // namespace

void RegisterLedger(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<LedgerOptions>();
  CLI::App* command = app.add_subcommand("ledger", "List what became of every game found, and why");
  AddTargetOptions(*command, options->target);
  command->add_option("--state", options->state, "only games in this state")
      ->check(
          CLI::IsMember({"accepted", "duplicate", "filtered", "rejected", "quarantined", "pending"},
                        CLI::ignore_case));
  command->add_option("--format", options->format, "how it is printed")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  AddExamples(*command, {"moyo ledger --run-dir my-run --state rejected",
                         "moyo ledger --server 127.0.0.1:50051 --format csv"});
  command->callback([options, &chosen] { chosen = [options] { return PrintLedger(*options); }; });
}

}  // namespace moyo::cli
