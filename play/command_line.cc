#include "play/command_line.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/rpc/address.h"
#include "play/vertex.h"

namespace moyo::play {
namespace {

// Turns of the network, for board and gtp.
void AddPlayerFlags(CLI::App& app, PlayerOptions& options) {
  app.add_option("--temperature", options.temperature,
                 "0: the most probable move; 1: drawn by the network's probabilities")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Of the draws")->capture_default_str();
  app.add_option("--resign", options.resign_below,
                 "Resign when the value stays below this; -1 never resigns")
      ->check(CLI::Range(-1.0, 1.0))
      ->capture_default_str();
  app.add_option("--resign-turns", options.resign_after, "Own turns in a row below --resign")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--resign-from-move", options.resign_from_move, "Never resign before this move")
      ->capture_default_str();
}

enum class Model : uint8_t { kRequired, kOptional };

CLI::App& AddCommand(CLI::App& app, const char* name, const char* text, CommandLine& line,
                     Model model = Model::kRequired) {
  CLI::App& command = *app.add_subcommand(name, text);
  command
      .add_option("--model", line.model,
                  "Trained network: RUN_DIR/model.pt, or a Leela Zero weights file")
      ->required(model == Model::kRequired);
  command.add_option("--threads", line.threads, "Processor threads of the network")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  return command;
}

void AddSuggest(CLI::App& app, CommandLine& line) {
  SuggestOptions& options = line.suggest;
  CLI::App& command =
      AddCommand(app, "suggest", "Show a position and the network's best moves", line);
  command.add_option("--game", options.game, "SGF file (the empty board without)");
  command.add_option("--game-number", options.game_number, "In a file of several games, from 1")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option_function<uint64_t>(
      "--ply", [&options](const uint64_t& ply) { options.ply = ply; },
      "Moves to play first (all without)");
  command
      .add_option_function<std::string>(
          "--to-move",
          [&options](const std::string& color) { options.to_move = ParseColor(color); },
          "black or white (as the game tells without)")
      ->check(CLI::IsMember({"black", "white", "b", "w"}, CLI::ignore_case));
  command.add_option("--top-k", options.top_k, "Moves to show")
      ->check(CLI::Range(1, features::kPolicySize))
      ->capture_default_str();
  command.add_flag("--json", options.json, "One JSON object instead of text");
  command.callback([&line] { line.command = Command::kSuggest; });
}

void AddBoard(CLI::App& app, CommandLine& line) {
  CLI::App& command = AddCommand(app, "board", "Play on a board in the terminal", line);
  command.add_option("--game", line.board.game, "SGF file to start from");
  command.add_flag_callback(
      "--no-reply", [&line] { line.board.console.reply = Reply::kOnlyWhenAsked; },
      "The network moves only when asked (ai)");
  line.board.console.language = LanguageOfEnvironment();
  command.add_option("--lang", line.board.console.language, "en or ko (as LANG says)")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Language>{{"en", Language::kEnglish}, {"ko", Language::kKorean}}));
  AddPlayerFlags(command, line.board.console.player);
  command.callback([&line] { line.command = Command::kBoard; });
}

void AddGtp(CLI::App& app, CommandLine& line) {
  CLI::App& command =
      AddCommand(app, "gtp", "Speak the Go Text Protocol on stdin and stdout", line);
  AddPlayerFlags(command, line.gtp);
  command.callback([&line] { line.command = Command::kGtp; });
}

void AddEval(CLI::App& app, CommandLine& line) {
  EvalOptions& options = line.eval;
  CLI::App& command = AddCommand(app, "eval", "Measure how well the network foretells games", line);
  command.add_option("--games", options.games, "SGF files, folders, archives")->required();
  command.add_option("--limit", options.limit, "Games to evaluate; 0 for all")
      ->capture_default_str();
  command
      .add_option("--positions-per-game", options.evaluation.positions_per_game,
                  "Drawn from each game; 0 for all")
      ->capture_default_str();
  command.add_option("--seed", options.evaluation.seed, "Of the draws")->capture_default_str();
  command.add_option("--batch-size", options.evaluation.batch_size, "Positions at a time")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command.add_flag("--average-symmetries", options.evaluation.average_symmetries,
                   "Also the mean of the answers under all eight symmetries");
  command.add_option("--report", options.report, "HTML page to write, with curves and boards");
  command.add_option("--curve", options.curve,
                     "The run's trainer/curve.csv, for the page's learning curves");
  command.add_flag("--json", options.json, "One JSON object instead of text");
  command.callback([&line] {
    line.eval.title = "Evaluation of " + line.model;
    line.command = Command::kEval;
  });
}

void AddExport(CLI::App& app, CommandLine& line) {
  CLI::App& command =
      AddCommand(app, "export", "Write the network in another program's format", line);
  command.add_option("--format", line.exporting.format, "leela-zero, safetensors or torchscript")
      ->required()
      ->transform(CLI::CheckedTransformer(std::map<std::string, trainer::ExportFormat>{
          {"leela-zero", trainer::ExportFormat::kLeelaZero},
          {"safetensors", trainer::ExportFormat::kSafetensors},
          {"torchscript", trainer::ExportFormat::kTorchScript}}));
  command
      .add_option("--out", line.exporting.out,
                  "File to write; a Leela Zero file named .gz is gzipped")
      ->required();
  command.callback([&line] { line.command = Command::kExport; });
}

void AddMatch(CLI::App& app, CommandLine& line) {
  MatchOptions& options = line.match;
  CLI::App& command =
      AddCommand(app, "match", "Play games against a GTP program", line, Model::kOptional);
  command.add_option("--opponent", options.opponent, "Its command: \"gnugo --mode gtp --level 1\"")
      ->required();
  CLI::Option* model = command.get_option("--model");
  CLI::Option* engine =
      command.add_option("--engine", options.engine, "Another program in the network's place")
          ->excludes(model);
  command.add_option("--out", options.out, "Folder for SGF files, match.json and logs")->required();
  command.add_option("--games", options.games, "Half of them with each colour")
      ->check(CLI::Range(1, 9999))
      ->capture_default_str();
  command.add_option("--parallel", options.parallel, "Games at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--komi", options.komi, "Points for White")
      ->check(CLI::Range(-361.0, 361.0))
      ->capture_default_str();
  command.add_option("--opening-moves", options.opening_moves, "Drawn by --match-seed for a pair")
      ->check(CLI::Range(0, 60))
      ->capture_default_str();
  command.add_option("--match-seed", options.seed, "Of the openings")->capture_default_str();
  command.add_option("--max-moves", options.max_moves, "A game is scored after so many")
      ->check(CLI::Range(1, static_cast<int>(GameState::kMaxMoves)))
      ->capture_default_str();
  command
      .add_option_function<double>(
          "--command-seconds",
          [&options](const double& seconds) { options.command_timeout = absl::Seconds(seconds); },
          "A program that takes longer ends the match (60)")
      ->check(CLI::Range(0.1, 86400.0));
  command.add_flag("--json", options.json, "One JSON object instead of text");
  AddPlayerFlags(command, options.player);
  command.callback([&line, model, engine] {
    if (model->count() + engine->count() == 0) throw CLI::RequiredError("--model or --engine");
    line.command = Command::kMatch;
  });
}

// "my-run/model.pt" of any path: enough for people, and nothing of where they keep their files.
std::string ShortName(const std::filesystem::path& model) {
  return (model.parent_path().filename() / model.filename()).string();
}

void AddWeb(CLI::App& app, CommandLine& line) {
  WebOptions& options = line.web;
  CLI::App& command = AddCommand(app, "web", "Play and look at games in a browser", line);
  command.add_option("--listen", options.listen, "HOST:PORT; port 0 picks a free one")
      ->check([](const std::string& text) {
        return std::string(rpc::SplitAddress(text).status().message());
      })
      ->capture_default_str();
  command.add_flag_callback(
      "--insecure", [&options] { options.encryption = web::Encryption::kWaived; },
      "Listen beyond this machine without encryption and token");
  command.callback([&line] {
    line.command = Command::kWeb;
    line.web.version = MOYO_VERSION;
    line.web.network_name = ShortName(line.model);
  });
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app("Play, get advice and measure with a trained network", "moyo-play");
  app.require_subcommand(1);
  app.set_version_flag("--version", MOYO_VERSION);
  AddSuggest(app, line);
  AddBoard(app, line);
  AddGtp(app, line);
  AddEval(app, line);
  AddExport(app, line);
  AddMatch(app, line);
  AddWeb(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11's exceptions end here. Help and version are errors to it, with code 0.
    std::ostringstream out;
    line.exit_code = app.exit(error, out, out) == 0 ? 0 : 2;
    line.message =
        line.exit_code == 0
            ? out.str()
            : absl::StrCat("moyo-play: ", absl::StrReplaceAll(error.what(), {{"\n", " "}}),
                           "; see moyo-play --help\n");
    line.command = Command::kNone;
  }
  return line;
}

}  // namespace moyo::play
