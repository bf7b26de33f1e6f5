// The flags of moyo-server.
#pragma once

#include <CLI/CLI.hpp>

#include "server/run_server.h"

namespace moyo::server {

// `options` must outlive the parse.
void AddFlags(CLI::App& app, ServerOptions& options);

}  // namespace moyo::server
