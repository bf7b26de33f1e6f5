// --server, --join and --join-file, and what takes an address: the same for every program.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <string>

#include "common/rpc/address.h"
#include "common/rpc/join_code.h"
#include "common/rpc/server_access.h"

namespace moyo::rpc {

// Empty when the status is OK, as CLI11 wants it.
inline std::string TextOfError(const absl::Status& status) { return std::string(status.message()); }

// An option that takes HOST:PORT; what is none is wrong usage.
inline CLI::Option* AddAddress(CLI::App& app, const std::string& flag, std::string& address,
                               const std::string& about) {
  return app.add_option(flag, address, about)
      ->type_name("HOST:PORT")
      ->check([](const std::string& text) { return TextOfError(SplitAddress(text).status()); });
}

// Exactly one must be given, or none when MOYO_JOIN is set. More options may be added to the group
// that is returned. An address or code that is none is wrong usage.
inline CLI::Option_group* AddAccessFlags(CLI::App& app, AccessFlags& flags) {
  CLI::Option_group* group = app.add_option_group("server", "Which server, one of");
  AddAddress(*group, "--server", flags.server,
             "a server on this machine, or one that was started with --insecure");
  group->add_option("--join", flags.join, "join code that the server or 'moyo token add' printed")
      ->type_name("CODE")
      ->check([](const std::string& text) { return TextOfError(DecodeJoinCode(text).status()); });
  group
      ->add_option("--join-file", flags.join_file,
                   "file with the join code, since others can see a command line; or set MOYO_JOIN")
      ->type_name("FILE");
  const char* variable = std::getenv(kJoinVariable);
  group->require_option(variable != nullptr && *variable != '\0' ? 0 : 1, 1);
  return group;
}

}  // namespace moyo::rpc
