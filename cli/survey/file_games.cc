#include "cli/survey/file_games.h"

#include <optional>

#include "absl/status/status.h"
#include "common/sgf/game_stream.h"
#include "common/source/source_stream.h"
#include "worker/parse/game_judge.h"

namespace moyo::cli {
namespace {

class Reader : public source::SourceSink {
 public:
  Reader(const std::string& path, uint64_t max_game_bytes, GameSink& sink)
      : path_(path), max_game_bytes_(max_game_bytes), sink_(sink) {}

  bool BeginSource(const source::Member& member) override {
    source_ = std::make_shared<SourceName>(SourceName{path_, member.name});
    games_.emplace(max_game_bytes_, [this](const sgf::GameSpan& span, std::string_view text) {
      sink_.Game(source_, span, text);
    });
    first_bytes_.clear();
    return sink_.WantsMore();
  }

  bool Feed(std::string_view bytes) override {
    if (first_bytes_.size() < worker::kNoGameBytes) {
      first_bytes_ += bytes.substr(0, worker::kNoGameBytes - first_bytes_.size());
    }
    games_->Feed(bytes);
    return sink_.WantsMore();
  }

  void AtFileOffset(uint64_t offset) override {
    if (offset <= offset_) return;
    sink_.Progress(offset - offset_);
    offset_ = offset;
  }

  // As server/catalog: what came before damage counts; a source of which nothing can be read is its
  // error alone.
  void EndSource(const absl::Status& status) override {
    if (!sink_.WantsMore() || (!status.ok() && games_->size_bytes() == 0)) return;
    games_->Finish();
    if (games_->games() == 0) sink_.NoGame(source_, first_bytes_);
  }

 private:
  const std::string& path_;
  const uint64_t max_game_bytes_;
  GameSink& sink_;
  uint64_t offset_ = 0;
  SourcePtr source_;
  std::string first_bytes_;
  std::optional<sgf::GameStream> games_;
};

}  // namespace

void ReadFileGames(const std::string& path, uint64_t max_game_bytes, GameSink& sink) {
  Reader reader(path, max_game_bytes, sink);
  const absl::Status status = source::ReadSources(path, reader);
  if (status.ok()) return;
  sink.Unreadable(std::make_shared<SourceName>(SourceName{path, ""}),
                  std::string_view(status.message().data(), status.message().size()));
}

}  // namespace moyo::cli
