#include "play/gtp_command.h"

#include <string>

#include "play/gtp_engine.h"
#include "play/line_reader.h"

namespace moyo::play {

absl::Status RunGtp(const PlayerOptions& options, evaluation::Evaluator& evaluator,
                    std::istream& in, std::ostream& out) {
  GtpEngine engine(evaluator, options);
  std::string line;
  while (!engine.quit() && ReadLine(in, line)) out << engine.Handle(line) << std::flush;
  out << engine.Close() << std::flush;
  return absl::OkStatus();
}

}  // namespace moyo::play
