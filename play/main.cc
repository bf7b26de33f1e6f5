// moyo-play: boards, suggestions, GTP, a page and evaluation with a trained network.
#include <unistd.h>

#include <iostream>

#include "absl/strings/str_replace.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/output.h"
#include "common/base/status_macros.h"
#include "play/analysis/analysis_command.h"
#include "play/board_command.h"
#include "play/command_line.h"
#include "play/eval_command.h"
#include "play/gtp_command.h"
#include "play/suggest_command.h"
#include "play/web/web_command.h"
#include "trainer/evaluation/network_evaluator.h"

namespace moyo::play {
namespace {

// In hexadecimal.
absl::StatusOr<std::string> FileSha256(const std::string& path) {
  MOYO_ASSIGN_OR_RETURN(const std::string file, ReadFile(path));
  return Hex(ToBytes(Sha256Of(file)));
}

absl::Status Run(CommandLine& line) {
  if (line.command == Command::kExport) {
    return trainer::ExportModel(line.model, line.exporting.format, line.exporting.out);
  }
  if (line.command == Command::kMatch && line.model.empty()) {
    return RunMatch(line.match, nullptr, std::cout, std::cerr);
  }
  absl::StatusOr<std::unique_ptr<evaluation::Evaluator>> network =
      evaluation::LoadEvaluator(line.model, line.threads);
  if (!network.ok()) return network.status();
  line.suggest.style = line.board.console.style = StyleOfStdout();
  switch (line.command) {
    case Command::kSuggest:
      return RunSuggest(line.suggest, **network, std::cout);
    case Command::kBoard:
      return RunBoard(line.board, **network, std::cin, std::cout);
    case Command::kGtp:
      return RunGtp(line.gtp, **network, std::cin, std::cout);
    case Command::kAnalysis:
      return RunAnalysis(**network, std::cin, std::cout);
    case Command::kEval:
      return RunEval(line.eval, **network, std::cout,
                     {.out = std::cerr, .live = isatty(STDERR_FILENO) == 1});
    case Command::kMatch: {
      MOYO_ASSIGN_OR_RETURN(line.match.network_sha256, FileSha256(line.model));
      return RunMatch(line.match, network->get(), std::cout, std::cerr);
    }
    case Command::kSelfPlay: {
      MOYO_ASSIGN_OR_RETURN(line.self_play.network_sha256, FileSha256(line.model));
      return RunSelfPlay(line.self_play, **network, std::cout, std::cerr);
    }
    case Command::kWeb:
      return RunWeb(line.web, **network, std::cout, std::cerr);
    case Command::kExport:
    case Command::kNone:
      break;
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  CommandLine line = ParseCommandLine(argc, argv);
  if (line.command == Command::kNone) {
    (line.exit_code == 0 ? std::cout : std::cerr) << line.message;
    return line.exit_code;
  }
  absl::Status status = Run(line);
  std::cout.flush();
  status.Update(FlushOutput());
  if (status.ok()) return 0;
  std::cerr << "moyo-play: " << absl::StrReplaceAll(status.message(), {{"\n", " "}}) << "\n";
  return 1;
}

}  // namespace
}  // namespace moyo::play

int main(int argc, char** argv) { return moyo::play::Main(argc, argv); }
