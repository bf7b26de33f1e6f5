// The games of one file, whatever kind of file it is, as texts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/sgf/splitter.h"

namespace moyo::cli {

struct SourceName {
  std::string path;
  std::string member;  // of an archive; empty for a plain file
};
using SourcePtr = std::shared_ptr<const SourceName>;

// Takes what a file holds, in order. Each call is one row of the ledger.
class GameSink {
 public:
  virtual ~GameSink() = default;
  // `text` is valid during the call, and empty when the span is longer than the limit.
  virtual void Game(const SourcePtr& source, const sgf::GameSpan& span, std::string_view text) = 0;
  virtual void NoGame(const SourcePtr& source, std::string_view first_bytes) = 0;
  virtual void Unreadable(const SourcePtr& source, std::string_view why) = 0;
  // More of the file has been read.
  virtual void Progress(uint64_t file_bytes) {}
  // False ends the reading soon.
  virtual bool WantsMore() const { return true; }
};

// Gives the rows that the server and its workers would give for the same file. Memory: a piece and
// a game (common/sgf/game_stream.h).
void ReadFileGames(const std::string& path, uint64_t max_game_bytes, GameSink& sink);

}  // namespace moyo::cli
