#include "cli/survey/game_batches.h"

#include <sys/stat.h>

#include <utility>

#include "common/source/archive.h"
#include "common/source/file_walker.h"
#include "common/source/roots.h"

namespace moyo::cli {
namespace {

// Files up to this size are read by the thread that examines them; larger ones are cut into games
// on the way, so that several threads share them.
constexpr uint64_t kSmallFileBytes = 256 * 1024;
constexpr size_t kBatchBytes = 256 * 1024;
constexpr size_t kBatchRows = 256;

// 0 for what is not there any more.
uint64_t FileBytes(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : 0;
}

// Every file once.
void WalkAll(const std::vector<std::string>& paths,
             const std::function<bool(const std::string& file)>& visit) {
  for (const size_t root : source::DistinctRoots(paths, {})) {
    const std::string& path = paths[root];
    // Without the slash at its end, that files below it have one name.
    const size_t end = path.find_last_not_of('/');
    const std::string shown = end == std::string::npos ? path : path.substr(0, end + 1);
    const absl::Status status = source::WalkFiles(shown, {}, [&](const std::string& file) {
      return visit(file) ? absl::OkStatus() : absl::CancelledError("enough");
    });
    if (absl::IsCancelled(status)) return;
    // A folder that cannot be read to its end shows as a source that cannot be read.
    if (!status.ok() && !visit(shown)) return;
  }
}

// Collects batches and hands them on when they are full.
class BatchMaker : public GameSink {
 public:
  BatchMaker(uint64_t max_game_bytes, const std::function<void(GameBatch)>& hand_on,
             const std::function<bool()>& goes_on)
      : max_game_bytes_(max_game_bytes), hand_on_(hand_on), goes_on_(goes_on) {}

  bool VisitFile(const std::string& path) {
    const uint64_t size_bytes = FileBytes(path);
    if (size_bytes <= kSmallFileBytes && !source::IsArchiveName(path)) {
      batch_.AddFile(path, size_bytes);
      HandOnIfFull();
    } else {
      HandOn();  // so that a batch is of one kind
      ReadFileGames(path, max_game_bytes_, *this);
      HandOn();
    }
    return goes_on_();
  }

  void HandOn() {
    if (!batch_.empty()) hand_on_(std::exchange(batch_, {}));
  }

  void Game(const SourcePtr& source, const sgf::GameSpan& span, std::string_view text) override {
    batch_.AddGame(source, span, text);
    HandOnIfFull();
  }
  void NoGame(const SourcePtr& source, std::string_view first_bytes) override {
    batch_.AddNoGame(source, first_bytes);
    HandOnIfFull();
  }
  void Unreadable(const SourcePtr& source, std::string_view why) override {
    batch_.AddUnreadable(source, why);
  }
  void Progress(uint64_t file_bytes) override { batch_.AddProgress(file_bytes); }
  bool WantsMore() const override { return goes_on_(); }

 private:
  void HandOnIfFull() {
    if (batch_.full()) HandOn();
  }

  const uint64_t max_game_bytes_;
  const std::function<void(GameBatch)>& hand_on_;
  const std::function<bool()>& goes_on_;
  GameBatch batch_;
};

}  // namespace

void GameBatch::AddFile(std::string path, uint64_t size_bytes) {
  files_.push_back(std::move(path));
  file_bytes_ += size_bytes;
}

void GameBatch::AddGame(const SourcePtr& source, const sgf::GameSpan& span, std::string_view text) {
  AddRow(Kind::kGame, source, span, text);
}

void GameBatch::AddNoGame(const SourcePtr& source, std::string_view first_bytes) {
  AddRow(Kind::kNoGame, source, {}, first_bytes);
}

void GameBatch::AddUnreadable(const SourcePtr& source, std::string_view why) {
  AddRow(Kind::kUnreadable, source, {}, why);
}

void GameBatch::AddRow(Kind kind, const SourcePtr& source, const sgf::GameSpan& span,
                       std::string_view text) {
  rows_.push_back({kind, source, span, text_.size(), text.size()});
  text_ += text;
}

bool GameBatch::full() const {
  return files_.size() + rows_.size() >= kBatchRows || text_.size() >= kBatchBytes ||
         (!files_.empty() && file_bytes_ >= kBatchBytes);
}

void GameBatch::Replay(uint64_t max_game_bytes, GameSink& sink) const {
  for (const std::string& file : files_) ReadFileGames(file, max_game_bytes, sink);
  for (const Row& row : rows_) {
    const std::string_view text = std::string_view(text_).substr(row.begin, row.size);
    switch (row.kind) {
      case Kind::kGame:
        sink.Game(row.source, row.span, text);
        break;
      case Kind::kNoGame:
        sink.NoGame(row.source, text);
        break;
      case Kind::kUnreadable:
        sink.Unreadable(row.source, text);
        break;
    }
  }
}

void MakeBatches(const std::vector<std::string>& paths, uint64_t max_game_bytes,
                 const std::function<void(GameBatch)>& hand_on,
                 const std::function<bool()>& goes_on) {
  BatchMaker maker(max_game_bytes, hand_on, goes_on);
  WalkAll(paths, [&maker](const std::string& file) { return maker.VisitFile(file); });
  maker.HandOn();
}

uint64_t CountFileBytes(const std::vector<std::string>& paths,
                        const std::function<bool()>& goes_on) {
  uint64_t bytes = 0;
  WalkAll(paths, [&](const std::string& file) {
    bytes += FileBytes(file);
    return goes_on();
  });
  return bytes;
}

}  // namespace moyo::cli
