// The games below some paths, in pieces of work for several threads, in catalogue order.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cli/survey/file_games.h"

namespace moyo::cli {

// Either small files that are still to be read, or what was read of one larger file.
class GameBatch {
 public:
  void AddFile(std::string path, uint64_t size_bytes);
  void AddGame(const SourcePtr& source, const sgf::GameSpan& span, std::string_view text);
  void AddNoGame(const SourcePtr& source, std::string_view first_bytes);
  void AddUnreadable(const SourcePtr& source, std::string_view why);
  void AddProgress(uint64_t bytes) { file_bytes_ += bytes; }

  // Gives all its rows to the sink; reads the small files now.
  void Replay(uint64_t max_game_bytes, GameSink& sink) const;

  bool empty() const { return files_.empty() && rows_.empty(); }
  bool full() const;
  uint64_t text_bytes() const { return text_.size(); }  // in memory
  uint64_t file_bytes() const { return file_bytes_; }   // bytes of files it stands for

 private:
  enum class Kind : uint8_t { kGame, kNoGame, kUnreadable };
  struct Row {
    Kind kind = Kind::kGame;
    SourcePtr source;
    sgf::GameSpan span;
    size_t begin = 0;  // in text_
    size_t size = 0;
  };
  void AddRow(Kind kind, const SourcePtr& source, const sgf::GameSpan& span, std::string_view text);

  std::vector<std::string> files_;
  std::vector<Row> rows_;
  std::string text_;
  uint64_t file_bytes_ = 0;
};

// Walks the paths and hands on one batch after another, until `goes_on` says no. A file that lies
// below two of the paths comes once. Paths exist.
void MakeBatches(const std::vector<std::string>& paths, uint64_t max_game_bytes,
                 const std::function<void(GameBatch)>& hand_on,
                 const std::function<bool()>& goes_on);

// The bytes of all files that MakeBatches would read; stops early when `goes_on` says so.
uint64_t CountFileBytes(const std::vector<std::string>& paths,
                        const std::function<bool()>& goes_on);

}  // namespace moyo::cli
