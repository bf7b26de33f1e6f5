#include "cli/export_planes.h"

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

constexpr char kReport[] = "export.json";

const char* FormatName(PlaneFormat format) {
  switch (format) {
    case PlaneFormat::kFloat32:
      return "float32";
    case PlaneFormat::kUint8:
      return "uint8";
    case PlaneFormat::kBits:
      return "bits";
  }
  return "";
}

absl::Status PrepareFolder(const std::string& folder) {
  MOYO_RETURN_IF_ERROR(MakeFolder(folder));
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == kReport || absl::StartsWith(name, "batch_") || absl::StartsWith(name, "X_")) {
      return absl::FailedPreconditionError(absl::StrCat(
          "'", folder, "' holds an export already ('", name, "'); empty it or give another --out"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

nlohmann::ordered_json PlaneExportJson(const PlaneExportOptions& options,
                                       const PlaneExportResult& result) {
  return {{"format", FormatName(options.writer.format)},
          {"container", options.writer.container == Container::kNpz ? "npz" : "npy"},
          {"files", result.files},
          {"bytes", result.bytes},
          {"positions", result.counts.positions},
          {"games", result.counts.games},
          {"positions_per_file", options.writer.positions_per_file},
          {"every", options.walk.every},
          {"shards", result.shards},
          {"dataset_digest", result.dataset_digest},
          {"left_out",
           {{"positions_not_every", result.counts.not_every},
            {"positions_over_limit", result.counts.over_limit},
            {"games_of_other_sizes", result.counts.other_sizes},
            {"positions_of_other_sizes", result.counts.other_positions},
            {"copies_of_games", result.counts.copies}}}};
}

absl::StatusOr<PlaneExportResult> ExportPlanes(ShardFeed& feed, const PlaneExportOptions& options,
                                               ProgressBar& progress) {
  MOYO_RETURN_IF_ERROR(PrepareFolder(options.writer.folder));
  PositionWalk walk(options.walk);
  PlaneWriter writer(options.writer);
  PlaneExportResult result{.dataset_digest = feed.dataset_digest()};
  Progress state = {.label = "export", .total = feed.shard_count(), .noun = "shards"};
  FedShard shard;
  while (!walk.at_limit()) {
    MOYO_ASSIGN_OR_RETURN(const bool more, feed.Next(shard));
    if (!more) break;
    MOYO_RETURN_IF_ERROR(
        walk.Walk(shard, [&](const PlaneSample& sample) { return writer.Add(sample); }));
    ++result.shards;
    ++state.done;
    progress.Update(state);
  }
  MOYO_RETURN_IF_ERROR(writer.Finish());
  result.counts = walk.counts();
  result.files = writer.files();
  result.bytes = writer.bytes();
  if (result.counts.positions == 0) {
    return absl::NotFoundError(absl::StrCat(
        "no 19x19 position in ", Counted(result.shards, "shard"), " (",
        Counted(result.counts.other_sizes, "game"), " on other boards); nothing was written"));
  }
  MOYO_RETURN_IF_ERROR(WriteFileAtomically(absl::StrCat(options.writer.folder, "/", kReport),
                                           DumpJson(PlaneExportJson(options, result), 2) + "\n"));
  progress.Finish(state);
  return result;
}

}  // namespace moyo::cli
