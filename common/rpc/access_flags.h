// --server, --join and --join-file, the same for every program.
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

// Exactly one must be given, or none when MOYO_JOIN is set. More options may be added to the group
// that is returned. An address or code that is none is wrong usage.
inline CLI::Option_group* AddAccessFlags(CLI::App& app, AccessFlags& flags) {
  CLI::Option_group* group = app.add_option_group("server", "which server (one of these)");
  group
      ->add_option("--server", flags.server, "HOST:PORT of a server on this machine, or --insecure")
      ->check([](const std::string& text) { return TextOfError(SplitAddress(text).status()); });
  group->add_option("--join", flags.join, "join code that the server or 'moyo token add' printed")
      ->check([](const std::string& text) { return TextOfError(DecodeJoinCode(text).status()); });
  group->add_option("--join-file", flags.join_file,
                    "file with the join code (or set MOYO_JOIN): others can see a command line");
  const char* variable = std::getenv(kJoinVariable);
  group->require_option(variable != nullptr && *variable != '\0' ? 0 : 1, 1);
  return group;
}

}  // namespace moyo::rpc
