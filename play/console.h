// The interactive board: one line in, text out. Holds no streams, so that tests hold conversations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "play/board_view.h"
#include "play/game_state.h"
#include "play/language.h"
#include "play/policy_player.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

enum class Reply : uint8_t { kAfterEachMove, kOnlyWhenAsked };

struct ConsoleOptions {
  Style style = Style::kPlain;
  // Whether the network answers a person's move by itself.
  Reply reply = Reply::kAfterEachMove;
  PlayerOptions player = {};
  Language language = Language::kEnglish;
};

// Not thread-safe; the evaluator must outlive it.
class Console {
 public:
  Console(evaluation::Evaluator& evaluator, ConsoleOptions options);

  // Starts from a game. Fails as GameState::Load does.
  absl::Status Load(const go::GameRecord& game, size_t ply);
  // What to print before the first line is read.
  std::string Welcome() const;
  std::string Prompt() const;
  // What to print after a line. Unknown words, illegal moves and files that fail give a line that
  // says so; nothing ends the session but `quit`.
  std::string Handle(std::string_view text);
  bool quit() const { return quit_; }
  const GameState& state() const { return state_; }

 private:
  void NewGame();
  std::string PlayPoint(go::Point point);
  std::string NetworkMoves();
  std::string Top(const std::string& argument);
  std::string Undo();
  std::string Save(const std::string& path);
  std::string LoadFile(const std::string& path);
  std::string Board() const { return RenderBoard(state_, options_.style, options_.language); }
  std::string Name(go::Color color) const { return ColorWord(color, options_.language); }
  template <typename... Values>
  std::string Talk(Word word, const Values&... values) const {
    return Say(options_.language, word, values...);
  }

  const ConsoleOptions options_;
  GameState state_;
  evaluation::Evaluator& evaluator_;
  PolicyPlayer player_;
  std::vector<size_t> network_plies_;  // which moves the network made, ascending
  bool quit_ = false;
};

}  // namespace moyo::play
