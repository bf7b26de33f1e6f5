#include "play/game_source.h"

#include <sys/stat.h>

#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/sgf/game_reader.h"
#include "common/sgf/game_stream.h"
#include "common/source/file_walker.h"
#include "common/source/source_stream.h"

namespace moyo::play {
namespace {

constexpr uint64_t kMaxGameBytes = uint64_t{4} << 20;  // a worker's limit, too

struct File {
  std::string path;
  uint64_t size_bytes = 0;
};

uint64_t SizeOf(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : 0;
}

absl::Status AddFiles(const std::string& path, std::vector<File>& files) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    return absl::NotFoundError(absl::StrCat("no file or folder '", path, "'; check --games"));
  }
  if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", path, "' is a device, a pipe or a socket; check --games"));
  }
  return source::WalkFiles(path, {}, [&](const std::string& file) {
    files.push_back({file, SizeOf(file)});
    return absl::OkStatus();
  });
}

// One walk over all files.
class Walker : public source::SourceSink {
 public:
  Walker(const GameVisitor& visit, uint64_t total_bytes) : visit_(visit) {
    progress_.total_bytes = total_bytes;
  }

  absl::StatusOr<Walk> Visit(const File& file) {
    ++counts_.files;
    file_begin_ = progress_.done_bytes;
    const absl::Status read = source::ReadSources(file.path, *this);
    MOYO_RETURN_IF_ERROR(walk_.status());
    counts_.skipped_files += !read.ok();
    progress_.done_bytes = file_begin_ + file.size_bytes;
    return walk_;
  }

  const WalkCounts& counts() const { return counts_; }

 private:
  bool BeginSource(const source::Member&) override {
    games_.emplace(kMaxGameBytes, [this](const sgf::GameSpan&, std::string_view text) {
      if (GoesOn()) TakeGame(text);
    });
    return GoesOn();
  }
  bool Feed(std::string_view bytes) override {
    games_->Feed(bytes);
    return GoesOn();
  }
  void AtFileOffset(uint64_t offset) override { progress_.done_bytes = file_begin_ + offset; }
  void EndSource(const absl::Status&) override { games_->Finish(); }

  bool GoesOn() const { return walk_.ok() && *walk_ == Walk::kContinue; }

  void TakeGame(std::string_view text) {
    ++counts_.games;
    if (text.empty() || !reader_.Read(text, game_).readable) {
      ++counts_.unreadable_games;
      return;
    }
    walk_ = visit_(game_, progress_);
  }

  const GameVisitor& visit_;
  WalkProgress progress_;
  WalkCounts counts_;
  uint64_t file_begin_ = 0;  // of the file at hand, among all files' bytes
  absl::StatusOr<Walk> walk_ = Walk::kContinue;
  std::optional<sgf::GameStream> games_;  // of the source at hand
  sgf::GameReader reader_;
  go::GameRecord game_;
};

}  // namespace

absl::StatusOr<WalkCounts> WalkGames(const std::vector<std::string>& paths,
                                     const GameVisitor& visit) {
  std::vector<File> files;
  for (const std::string& path : paths) MOYO_RETURN_IF_ERROR(AddFiles(path, files));
  uint64_t total_bytes = 0;
  for (const File& file : files) total_bytes += file.size_bytes;
  Walker walker(visit, total_bytes);
  for (const File& file : files) {
    MOYO_ASSIGN_OR_RETURN(const Walk walk, walker.Visit(file));
    if (walk == Walk::kStop) break;
  }
  return walker.counts();
}

}  // namespace moyo::play
