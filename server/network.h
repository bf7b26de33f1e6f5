// How the server meets the network: plain on loopback, TLS and tokens anywhere else; the files that
// let this machine's own programs in, and the line that lets others join.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "server/coordinator.h"
#include "server/rpc/listener.h"
#include "server/run_server.h"
#include "server/web/training_page.h"

namespace moyo::server {

// While it lives, the server listens, and RUN_DIR/server holds
//   address      HOST:PORT, for whoever may read it
//   admin.join   mode 0600: a join code with an admin token that ends with the server
//   page         with --web: where the training page is, as a browser takes it
class Network {
 public:
  // Prints "listening on HOST:PORT" on stdout, the page's address, and, at the first start with
  // TLS, the join line. The others must outlive it. Errors as Listener::Open, OpenIdentity,
  // TokenKeeper, TrainingPage::Open.
  static absl::StatusOr<std::unique_ptr<Network>> Open(const ServerOptions& options,
                                                       Coordinator& coordinator,
                                                       store::Store& store, const Clock& clock);
  ~Network();

  // Ends calls of expired tokens, stores when tokens were used. Called now and then.
  void Tick();
  // Removes the files, refuses new calls, lets the running ones end for so long, then cuts them.
  void Stop(absl::Duration patience);

 private:
  Network() = default;
  absl::Status Listen(const ServerOptions& options, Coordinator& coordinator);
  absl::Status SetJoinTarget(const ServerOptions& options, store::Store& store);
  absl::Status OpenPage(const ServerOptions& options, Coordinator& coordinator, const Clock& clock);
  absl::Status WriteFiles();
  absl::Status InviteFirstWorker(const std::string& run_dir);

  std::string folder_;  // RUN_DIR/server
  std::unique_ptr<TokenKeeper> keeper_;
  std::unique_ptr<TokenAdmin> admin_;
  std::optional<rpc::Identity> identity_;  // set: TLS
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<TrainingPage> page_;  // null: none
};

}  // namespace moyo::server
