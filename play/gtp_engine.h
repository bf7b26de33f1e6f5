// The Go Text Protocol, version 2 (Farneback 2002): one command line in, one response out. Pure but
// for loadsgf, which reads a file; no streams, so that tests hold whole conversations.
//
//   GtpEngine engine(evaluator, {});
//   engine.Handle("1 genmove b");  // "=1 Q16\n\n"
//
// 19x19 only. Scores are Tromp-Taylor with every stone alive, and so are final_status_list's
// answers. The clock commands are accepted and ignored: a move is one evaluation of the network.
// lz-analyze and kata-analyze answer with one line (gtp_analysis.h), which cannot change any more;
// as their protocol wants it, that response stays open until the next line of input.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "play/game_state.h"
#include "play/gtp_analysis.h"
#include "play/policy_player.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

// Not thread-safe; the evaluator must outlive it.
class GtpEngine {
 public:
  GtpEngine(evaluation::Evaluator& evaluator, PlayerOptions options);

  // The response with its two line feeds; empty for a line that holds no command. Never fails: what
  // a command cannot do is a "?" response. An analysis ends with one line feed, and the line after
  // it, whatever it holds, begins its answer with the other.
  std::string Handle(std::string_view line);
  // What is missing of an open analysis, at the end of the input.
  std::string Close() { return std::exchange(analysis_open_, false) ? "\n" : ""; }
  // True after the quit command.
  bool quit() const { return quit_; }
  const GameState& state() const { return state_; }

 private:
  using Arguments = std::vector<std::string>;
  using Reply = absl::StatusOr<std::string>;
  struct Command {
    const char* name;
    Reply (GtpEngine::*run)(const Arguments&);
  };
  std::string Answer(std::string_view line);
  static const std::vector<Command>& Commands();
  static const Command* Find(std::string_view name);

  Reply ProtocolVersion(const Arguments&);
  Reply Name(const Arguments&);
  Reply Version(const Arguments&);
  Reply KnownCommand(const Arguments& arguments);
  Reply ListCommands(const Arguments&);
  Reply Quit(const Arguments&);
  Reply BoardSize(const Arguments& arguments);
  Reply ClearBoard(const Arguments&);
  Reply Komi(const Arguments& arguments);
  Reply FixedHandicap(const Arguments& arguments);
  Reply PlaceFreeHandicap(const Arguments& arguments);
  Reply PlaceHandicap(const Arguments& arguments, int most);
  Reply SetFreeHandicap(const Arguments& arguments);
  Reply Play(const Arguments& arguments);
  Reply GenMove(const Arguments& arguments);
  Reply RegGenMove(const Arguments& arguments);
  Reply Undo(const Arguments&);
  Reply TimeSettings(const Arguments& arguments);
  Reply TimeLeft(const Arguments& arguments);
  Reply FinalScore(const Arguments&);
  Reply FinalStatusList(const Arguments& arguments);
  Reply GenMoveCleanup(const Arguments& arguments);
  Reply LzAnalyze(const Arguments& arguments);
  Reply KataAnalyze(const Arguments& arguments);
  Reply LzGenMoveAnalyze(const Arguments& arguments);
  Reply KataGenMoveAnalyze(const Arguments& arguments);
  Reply KataRawNn(const Arguments& arguments);
  Reply PrintSgf(const Arguments&);
  Reply ShowBoard(const Arguments&);
  Reply LoadSgf(const Arguments& arguments);

  Reply Analyze(const Arguments& arguments, AnalysisStyle style);
  Reply GenMoveAnalyze(const Arguments& arguments, AnalysisStyle style);
  Reply PlayDecision(const Decision& decision, go::Color color);

  GameState state_;
  evaluation::Evaluator& evaluator_;
  PolicyPlayer player_;
  bool quit_ = false;
  bool analysis_open_ = false;
};

}  // namespace moyo::play
