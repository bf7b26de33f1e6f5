// moyo export-planes: input planes and answers as NumPy arrays, for other frameworks.
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/export_planes.h"
#include "common/base/command_line.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

// A file's positions wait in memory as bits: 1 GB at this many.
constexpr uint64_t kMostPerFile = 1'000'000;

struct Options {
  ServerTarget target;
  std::vector<std::string> paths;
  PlaneExportOptions planes;
  int board_size = features::kBoardSize;
  bool json = false;
};

void PrintResult(const PlaneExportOptions& options, const PlaneExportResult& result) {
  std::printf("%s of %s in %s, %s, in %s\n", Counted(result.counts.positions, "position").c_str(),
              Counted(result.counts.games, "game").c_str(), Counted(result.files, "file").c_str(),
              HumanBytes(result.bytes).c_str(), options.writer.folder.c_str());
  const WalkCounts& counts = result.counts;
  if (counts.copies + counts.other_sizes + counts.not_every + counts.over_limit == 0) return;
  std::printf(
      "left out: %s games on other boards (%s positions), %s copies of games, %s positions by "
      "--every, %s by --limit\n",
      WithCommas(counts.other_sizes).c_str(), WithCommas(counts.other_positions).c_str(),
      WithCommas(counts.copies).c_str(), WithCommas(counts.not_every).c_str(),
      WithCommas(counts.over_limit).c_str());
}

absl::Status Export(const Options& options) {
  MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<ShardFeed> feed, options.paths.empty()
                                                                   ? FeedFromServer(options.target)
                                                                   : FeedFromFiles(options.paths));
  // With --json, stdout holds the one object alone.
  ProgressBar progress(options.json ? stderr : stdout);
  MOYO_ASSIGN_OR_RETURN(const PlaneExportResult result,
                        ExportPlanes(*feed, options.planes, progress));
  if (options.json) {
    std::printf("%s\n", DumpJson(PlaneExportJson(options.planes, result)).c_str());
  } else {
    PrintResult(options.planes, result);
  }
  return absl::OkStatus();
}

void AddSource(CLI::App& command, Options& options) {
  AddTargetOptions(command, options.target)
      ->add_option("PATH", options.paths, "shard files, or folders that 'moyo shards' wrote");
}

}  // namespace

void RegisterExportPlanes(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  PlaneWriterOptions& writer = options->planes.writer;
  CLI::App* command = app.add_subcommand(
      "export-planes", "Write positions as NumPy arrays (X, Y, winner) for other frameworks");
  AddSource(*command, *options);
  command->add_option("--out", writer.folder, "folder for the files; made when missing")
      ->type_name("DIR")
      ->required();
  AddChoice(*command, "--format", writer.format, "type of X; bits: 8 points a byte",
            {{"float32", PlaneFormat::kFloat32},
             {"uint8", PlaneFormat::kUint8},
             {"bits", PlaneFormat::kBits}});
  AddChoice(*command, "--container", writer.container,
            "all arrays of a batch in one deflated file, or a plain file each",
            {{"npz", Container::kNpz}, {"npy", Container::kNpy}});
  command->add_option("--positions-per-file", writer.positions_per_file, "positions a batch")
      ->check(CLI::Range(uint64_t{1}, kMostPerFile))
      ->capture_default_str();
  command->add_option("--board-size", options->board_size, "the size that the planes are made for")
      ->check(CLI::IsMember({features::kBoardSize}));
  command->add_option("--every", options->planes.walk.every, "write every N-th position")
      ->check(WholeNumber(1));
  command->add_option("--limit", options->planes.walk.limit, "stop after N positions")
      ->check(WholeNumber(1));
  command->add_flag("--json", options->json, "one JSON object instead of text");
  AddExamples(*command, {"moyo export-planes --run-dir my-run --out planes",
                         "moyo export-planes shards --out planes --format bits --every 4"});
  command->callback([options, &chosen] { chosen = [options] { return Export(*options); }; });
}

}  // namespace moyo::cli
