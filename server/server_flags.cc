#include "server/server_flags.h"

#include <string>

#include "common/base/filter_flags.h"

namespace moyo::server {

void AddFlags(CLI::App& app, ServerOptions& options) {
  app.add_option("--run-dir", options.run_dir, "Folder of the run; made when missing");
  app.add_option("--listen", options.listen, "HOST:PORT; port 0 picks a free one");
  app.add_option("--games", options.games, "Folders, files or archives of game records");
  app.add_option("--limit", options.limit_games, "Stop cataloguing after so many games; 0: none");
  app.add_option("--games-per-shard", options.games_per_shard, "Games of one work unit")
      ->check(CLI::Range(1u, 100'000u))
      ->capture_default_str();
  app.add_option("--duplicates", options.duplicates, "Of equal games keep the first, or all")
      ->check(CLI::IsMember({"drop", "keep"}));
  app.add_option("--min-moves", options.min_moves,
                 "Keep a damaged game when so many moves remain (30)");
  app.add_option("--max-moves", options.max_moves, "Filter out longer games (1000)");
  app.add_option("--board-size", options.board_size, "Filter out other sizes; 0: keep all")
      ->check(CLI::Range(0u, 25u));
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
  app.add_option("--lease-seconds", options.lease_seconds, "A worker without progress loses a unit")
      ->check(CLI::Range(1u, 86'400u))
      ->capture_default_str();
  app.add_option("--max-attempts", options.max_attempts, "Then a unit is split or quarantined")
      ->check(CLI::Range(1u, 100u))
      ->capture_default_str();
  app.add_option("--backup-after", options.backup_after_seconds,
                 "An idle worker may do a slow one's unit after so many seconds; 0: never")
      ->check(CLI::Range(0.0, 86'400.0))
      ->capture_default_str();
  app.add_option("--recheck-percent", options.recheck_percent,
                 "So many of the units are done again by another worker and compared")
      ->check(CLI::Range(0u, 100u))
      ->capture_default_str();
  app.add_option("--metrics", options.metrics, "HOST:PORT of /metrics; none by default");
  app.add_option("--web", options.web, "HOST:PORT of the training page; none by default");
  app.add_flag("--insecure", options.insecure,
               "Listen beyond this machine without encryption and tokens");
  app.add_option("--advertise", options.advertise, "HOST:PORT that join codes tell others to dial");
}

}  // namespace moyo::server
