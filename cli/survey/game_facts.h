// What the report wants to know of one ledger row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/survey/file_games.h"
#include "common/go/types.h"
#include "common/sgf/text_encoding.h"
#include "worker/parse/game_judge.h"

namespace moyo::cli {

struct GameFacts {
  SourcePtr source;
  worker::LedgerRow row;
  // The rest is of games that were accepted, but for these two.
  uint64_t begin = 0;         // offset of the game in its source
  bool is_list_line = false;  // else SGF
  go::GameInfo info;
  worker::GameNotes notes;
  bool has_setup = false;
  bool has_komi = false;
  bool is_white_first = false;
  sgf::TextEncoding encoding = sgf::TextEncoding::kAscii;
  std::string black_name;  // UTF-8
  std::string white_name;
};

// Judges games as a worker does and keeps their facts. Not thread-safe.
class Examiner : public GameSink {
 public:
  explicit Examiner(const worker::ParseOptions& options) : judge_(options) {}

  void Game(const SourcePtr& source, const sgf::GameSpan& span, std::string_view text) override;
  void NoGame(const SourcePtr& source, std::string_view first_bytes) override;
  void Unreadable(const SourcePtr& source, std::string_view why) override;

  // The rows since the last call, in order.
  std::vector<GameFacts> Take();

 private:
  void Describe(std::string_view text, GameFacts& facts) const;

  worker::GameJudge judge_;
  std::vector<GameFacts> facts_;
};

}  // namespace moyo::cli
