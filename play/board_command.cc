#include "play/board_command.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "play/game_file.h"
#include "play/line_reader.h"

namespace moyo::play {

absl::Status RunBoard(const BoardOptions& options, evaluation::Evaluator& evaluator,
                      std::istream& in, std::ostream& out) {
  Console console(evaluator, options.console);
  if (!options.game.empty()) {
    MOYO_ASSIGN_OR_RETURN(const go::GameRecord game, LoadGame(options.game));
    if (const absl::Status loaded = console.Load(game, SIZE_MAX); !loaded.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("'", options.game, "': ", loaded.message()));
    }
  }
  out << console.Welcome() << console.Prompt() << std::flush;
  std::string line;
  while (!console.quit() && ReadLine(in, line)) {
    out << console.Handle(line);
    if (!console.quit()) out << console.Prompt();
    out << std::flush;
  }
  if (!console.quit()) out << "\n";
  return absl::OkStatus();
}

}  // namespace moyo::play
