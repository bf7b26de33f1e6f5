// moyo shards: all finished shards as files.
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/shard_download.h"
#include "common/base/command_line.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"

namespace moyo::cli {
namespace {

struct ShardsOptions {
  ServerTarget target;
  std::string out;
};

absl::Status SaveShards(const ShardsOptions& options) {
  MOYO_ASSIGN_OR_RETURN(const auto server, ServerConnection::Open(options.target));
  ProgressBar progress(stdout);
  MOYO_ASSIGN_OR_RETURN(const DownloadResult result,
                        DownloadShards(*server, options.out, progress));
  std::printf("%s in %s, %s, in %s (%s new, %s there already); dataset %s\n",
              Counted(result.games, "game").c_str(),
              Counted(result.downloaded + result.kept, "shard").c_str(),
              HumanBytes(result.bytes).c_str(), options.out.c_str(),
              WithCommas(result.downloaded).c_str(), WithCommas(result.kept).c_str(),
              result.dataset_digest.c_str());
  return absl::OkStatus();
}

}  // namespace

void RegisterShards(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ShardsOptions>();
  CLI::App* command = app.add_subcommand("shards", "Save all finished shards as .npz files");
  AddTargetOptions(*command, options->target);
  command->add_option("--out", options->out, "folder for the files; made when missing")
      ->type_name("DIR")
      ->required();
  AddExamples(*command, {"moyo shards --run-dir my-run --out shards"});
  command->callback([options, &chosen] { chosen = [options] { return SaveShards(*options); }; });
}

}  // namespace moyo::cli
