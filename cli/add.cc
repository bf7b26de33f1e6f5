// moyo add: more games for a run that stands or runs.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/add_sources.h"
#include "cli/commands.h"
#include "cli/server_connection.h"
#include "common/base/command_line.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/rpc/address.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kAddTimeout = absl::Hours(2);  // counts the games of every file

struct AddOptions {
  ServerTarget target;
  std::vector<std::string> paths;
  uint64_t limit = 0;
};

bool OnThisMachine(const ServerTarget& target) {
  return !target.run_dir.empty() || rpc::IsLoopback(target.flags.server);
}

absl::Status AddGames(const AddOptions& options) {
  v1::AddSourcesRequest request;
  request.set_limit(options.limit);
  for (const std::string& path : options.paths) {
    std::string full = path;
    if (OnThisMachine(options.target)) {  // the server may stand in another folder
      full = std::filesystem::absolute(path).lexically_normal().string();
      std::error_code error;
      if (!std::filesystem::exists(full, error)) {
        return absl::NotFoundError(absl::StrCat("'", path, "' does not exist; nothing was added"));
      }
    }
    request.add_paths(full);
  }
  MOYO_ASSIGN_OR_RETURN(const auto server, ServerConnection::Open(options.target));
  MOYO_ASSIGN_OR_RETURN(const v1::AddSourcesResponse response,
                        AddSources(*server, request, kAddTimeout));
  std::printf("added %s in %s; known already: %s\n", Counted(response.games(), "game").c_str(),
              Counted(response.sources(), "source").c_str(), WithCommas(response.known()).c_str());
  if (response.removed() > 0) {
    std::printf("no longer there: %s; the games stay in the dataset, marked\n",
                Counted(response.removed(), "source").c_str());
  }
  return absl::OkStatus();
}

}  // namespace

void RegisterAdd(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<AddOptions>();
  CLI::App* command = app.add_subcommand(
      "add", "Add games to a server's catalogue; what is known is not added again");
  AddTargetOptions(*command, options->target);
  command
      ->add_option("PATH", options->paths,
                   "folders, SGF files, lists or archives on the server's machine")
      ->required();
  command->add_option("--limit", options->limit, "stop after so many games")->check(WholeNumber(1));
  AddExamples(*command, {"moyo add --run-dir my-run ~/more-sgf",
                         "moyo add --server 127.0.0.1:50051 /srv/games/2016.zip"});
  command->callback([options, &chosen] { chosen = [options] { return AddGames(*options); }; });
}

}  // namespace moyo::cli
