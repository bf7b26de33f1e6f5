#include "server/server_flags.h"

#include <string>

#include "common/base/command_line.h"
#include "common/base/filter_flags.h"
#include "common/rpc/access_flags.h"

namespace moyo::server {
namespace {

// What is parsed, and which of it the dataset holds.
void AddParseFlags(CLI::App& app, ServerOptions& options) {
  constexpr char kGroup[] = "Parsing";
  app.add_option("--games", options.games, "folders, SGF files, lists or archives; may be repeated")
      ->type_name("PATH")
      ->group(kGroup);
  app.add_option("--limit", options.limit_games, "stop cataloguing after so many games; 0: never")
      ->group(kGroup)
      ->capture_default_str();
  app.add_option("--games-per-shard", options.games_per_shard, "games of one work unit")
      ->check(CLI::Range(1u, 100'000u))
      ->group(kGroup)
      ->capture_default_str();
  app.add_option("--duplicates", options.duplicates, "copies of a game: keep the first, or all")
      ->check(CLI::IsMember({"drop", "keep"}))
      ->group(kGroup)
      ->default_str("drop");
  app.add_option("--min-moves", options.min_moves, "a damaged game is kept with so many moves")
      ->group(kGroup)
      ->default_str("30");
  app.add_option("--max-moves", options.max_moves, "a longer game is filtered")
      ->group(kGroup)
      ->default_str("1000");
  app.add_option("--board-size", options.board_size, "keep only games of this size; 0: all")
      ->check(CLI::Range(0u, 25u))
      ->group(kGroup)
      ->default_str("0");
}

// How units are leased.
void AddWorkFlags(CLI::App& app, ServerOptions& options) {
  constexpr char kGroup[] = "Work units";
  app.add_option("--lease-seconds", options.lease_seconds,
                 "a worker that makes no progress for so long loses its unit")
      ->check(CLI::Range(1u, 86'400u))
      ->group(kGroup)
      ->capture_default_str();
  app.add_option("--max-attempts", options.max_attempts,
                 "so many failures, and a unit is split, or quarantined when one source is left")
      ->check(CLI::Range(1u, 100u))
      ->group(kGroup)
      ->capture_default_str();
  app.add_option("--backup-after", options.backup_after_seconds,
                 "after so many seconds an idle worker may do a slow one's unit, too; 0: never")
      ->check(CLI::Range(0.0, 86'400.0))
      ->group(kGroup)
      ->capture_default_str();
  app.add_option("--recheck-percent", options.recheck_percent,
                 "so many of the units are done again by another worker and compared")
      ->check(CLI::Range(0u, 100u))
      ->group(kGroup)
      ->capture_default_str();
}

void AddNetworkFlags(CLI::App& app, ServerOptions& options) {
  constexpr char kGroup[] = "Network";
  rpc::AddAddress(app, "--metrics", options.metrics, "serve /metrics for Prometheus there")
      ->group(kGroup);
  rpc::AddAddress(app, "--web", options.web, "serve the training page there")->group(kGroup);
  rpc::AddAddress(app, "--advertise", options.advertise,
                  "what join codes tell others to dial; port 0: the one listened on")
      ->group(kGroup);
  app.add_flag("--insecure", options.insecure,
               "listen beyond this machine without encryption and tokens")
      ->group(kGroup);
}

void AddFilterFlags(CLI::App& app, ServerOptions& options) {
  for (const FilterFlag& flag : FilterFlags()) {
    app.add_option_function<std::string>(
           std::string("--") + flag.name,
           [&options, &flag](const std::string& text) { options.filters[flag.name] = text; },
           flag.about)
        ->check([&flag](const std::string& text) {
          return flag.is_valid(text) ? "" : FilterRefusal(flag, text);
        })
        ->type_name(flag.value)
        ->group("Filters");
  }
}

}  // namespace

void AddFlags(CLI::App& app, ServerOptions& options) {
  app.add_option("--run-dir", options.run_dir, "folder of the run; made when missing")
      ->type_name("DIR")
      ->group(kRequiredGroup);
  rpc::AddAddress(app, "--listen", options.listen,
                  "where workers and trainer find it; port 0: a free one")
      ->group(kRequiredGroup);
  AddParseFlags(app, options);
  AddWorkFlags(app, options);
  AddNetworkFlags(app, options);
  AddFilterFlags(app, options);
}

}  // namespace moyo::server
