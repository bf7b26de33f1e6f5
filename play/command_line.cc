#include "play/command_line.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>

#include "common/base/command_line.h"
#include "common/base/version.h"
#include "common/go/vertex.h"
#include "common/rpc/address.h"

namespace moyo::play {
namespace {

// Turns of the network, for board and gtp.
void AddPlayerFlags(CLI::App& app, PlayerOptions& options) {
  app.add_option("--temperature", options.temperature,
                 "variety; 0: the most probable move; 1: drawn by the network's probabilities")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of the draws")->capture_default_str();
  app.add_option("--resign", options.resign_below,
                 "resign when the value stays below this; -1: never")
      ->check(CLI::Range(-1.0, 1.0))
      ->capture_default_str();
  app.add_option("--resign-turns", options.resign_after, "own turns in a row below --resign")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--resign-from-move", options.resign_from_move, "never resign before this move")
      ->capture_default_str();
}

enum class Model : uint8_t { kRequired, kOptional };

CLI::App& AddCommand(CLI::App& app, const char* name, const char* text, CommandLine& line,
                     Model model = Model::kRequired) {
  CLI::App& command = *app.add_subcommand(name, text);
  command
      .add_option("--model", line.model,
                  "trained network: RUN_DIR/model.pt, or a Leela Zero weights file")
      ->type_name("FILE")
      ->required(model == Model::kRequired);
  command.add_option("--threads", line.threads, "CPU threads of the network")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  return command;
}

void AddSuggest(CLI::App& app, CommandLine& line) {
  SuggestOptions& options = line.suggest;
  CLI::App& command =
      AddCommand(app, "suggest", "Show a position and the network's best moves", line);
  command.add_option("--game", options.game, "SGF file; without it the board is empty")
      ->type_name("FILE");
  command.add_option("--game-number", options.game_number, "in a file of several games, from 1")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option_function<uint64_t>(
      "--ply", [&options](const uint64_t& ply) { options.ply = ply; },
      "moves to play first; without it, all");
  command
      .add_option_function<std::string>(
          "--to-move",
          [&options](const std::string& color) { options.to_move = go::ParseColor(color); },
          "whose turn it is; without it, as the game tells")
      ->check(CLI::IsMember({"black", "white", "b", "w"}, CLI::ignore_case));
  command.add_option("--top-k", options.top_k, "moves to show")
      ->check(CLI::Range(1, features::kPolicySize))
      ->capture_default_str();
  command.add_flag("--json", options.json, "one JSON object instead of text");
  AddExamples(command, {"moyo-play suggest --model my-run/model.pt --top-k 5",
                        "moyo-play suggest --model my-run/model.pt --game game.sgf --ply 30"});
  command.callback([&line] { line.command = Command::kSuggest; });
}

void AddBoard(CLI::App& app, CommandLine& line) {
  CLI::App& command = AddCommand(app, "board", "Play on a board in the terminal", line);
  command.add_option("--game", line.board.game, "SGF file to start from")->type_name("FILE");
  command.add_flag_callback(
      "--no-reply", [&line] { line.board.console.reply = Reply::kOnlyWhenAsked; },
      "the network moves only when asked (ai)");
  line.board.console.language = LanguageOfEnvironment();
  AddChoice(command, "--lang", line.board.console.language, "language; without it, as LANG says",
            {{"en", Language::kEnglish}, {"ko", Language::kKorean}});
  AddPlayerFlags(command, line.board.console.player);
  AddExamples(command, {"moyo-play board --model my-run/model.pt",
                        "moyo-play board --model my-run/model.pt --lang ko --temperature 0.5"});
  command.callback([&line] { line.command = Command::kBoard; });
}

void AddGtp(CLI::App& app, CommandLine& line) {
  CLI::App& command =
      AddCommand(app, "gtp", "Speak the Go Text Protocol on stdin and stdout", line);
  AddPlayerFlags(command, line.gtp);
  AddExamples(command, {"moyo-play gtp --model my-run/model.pt --resign -0.9"});
  command.callback([&line] { line.command = Command::kGtp; });
}

void AddAnalysis(CLI::App& app, CommandLine& line) {
  CLI::App& command = AddCommand(app, "analysis",
                                 "Speak KataGo's JSON analysis protocol on stdin and stdout", line);
  AddExamples(command, {"moyo-play analysis --model my-run/model.pt"});
  command.callback([&line] { line.command = Command::kAnalysis; });
}

void AddEval(CLI::App& app, CommandLine& line) {
  EvalOptions& options = line.eval;
  CLI::App& command = AddCommand(app, "eval", "Measure how well the network foretells games", line);
  command.add_option("--games", options.games, "folders, SGF files, lists or archives")
      ->type_name("PATH")
      ->required();
  command.add_option("--limit", options.limit, "stop after so many games; 0: never")
      ->capture_default_str();
  command
      .add_option("--positions-per-game", options.evaluation.positions_per_game,
                  "drawn from each game; 0: all")
      ->capture_default_str();
  command.add_option("--seed", options.evaluation.seed, "of the draws")->capture_default_str();
  command.add_option("--batch-size", options.evaluation.batch_size, "positions at a time")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command.add_flag("--average-symmetries", options.evaluation.average_symmetries,
                   "also the mean of the answers under all eight symmetries");
  command.add_option("--report", options.report, "HTML page to write, with curves and boards")
      ->type_name("FILE");
  command
      .add_option("--curve", options.curve,
                  "the run's trainer/curve.csv, for the page's learning curves")
      ->type_name("FILE");
  command.add_flag("--json", options.json, "one JSON object instead of text");
  AddExamples(command,
              {"moyo-play eval --model my-run/model.pt --games ~/sgf --limit 1000 --json",
               "moyo-play eval --model my-run/model.pt --games ~/sgf --report report.html"});
  command.callback([&line] {
    line.eval.title = "Evaluation of " + line.model;
    line.command = Command::kEval;
  });
}

void AddExport(CLI::App& app, CommandLine& line) {
  CLI::App& command =
      AddCommand(app, "export", "Write the network in another program's format", line);
  AddChoice(command, "--format", line.exporting.format, "whose format",
            {{"leela-zero", trainer::ExportFormat::kLeelaZero},
             {"safetensors", trainer::ExportFormat::kSafetensors},
             {"torchscript", trainer::ExportFormat::kTorchScript}})
      ->default_str("")
      ->required();
  command
      .add_option("--out", line.exporting.out,
                  "file to write; a Leela Zero file named .gz is gzipped")
      ->type_name("FILE")
      ->required();
  AddExamples(command,
              {"moyo-play export --model my-run/model.pt --format leela-zero --out weights.gz"});
  command.callback([&line] { line.command = Command::kExport; });
}

void AddMatch(CLI::App& app, CommandLine& line) {
  MatchOptions& options = line.match;
  CLI::App& command =
      AddCommand(app, "match", "Play games against a GTP program", line, Model::kOptional);
  command.add_option("--opponent", options.opponent, "command of a program that speaks GTP")
      ->type_name("COMMAND")
      ->required();
  CLI::Option* model = command.get_option("--model");
  CLI::Option* engine =
      command.add_option("--engine", options.engine, "another program in the network's place")
          ->type_name("COMMAND")
          ->excludes(model);
  command
      .add_option("--out", options.out,
                  "folder for SGF files, match.json and logs; a match there goes on")
      ->type_name("DIR")
      ->required();
  command.add_option("--games", options.games, "half of them with each colour")
      ->check(CLI::Range(1, 9999))
      ->capture_default_str();
  command.add_option("--parallel", options.parallel, "games at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--komi", options.komi, "points for White")
      ->check(CLI::Range(-361.0, 361.0))
      ->capture_default_str();
  command
      .add_option("--opening-moves", options.opening_moves,
                  "of each pair of games, drawn by --match-seed")
      ->check(CLI::Range(0, 60))
      ->capture_default_str();
  command.add_option("--match-seed", options.seed, "of the openings")->capture_default_str();
  command.add_option("--max-moves", options.max_moves, "a game is scored after so many")
      ->check(CLI::Range(1, static_cast<int>(GameState::kMaxMoves)))
      ->capture_default_str();
  command
      .add_option_function<double>(
          "--command-seconds",
          [&options](const double& seconds) { options.command_timeout = absl::Seconds(seconds); },
          "a program that takes longer for a command forfeits the game")
      ->check(CLI::Range(0.1, 86400.0))
      ->default_str("60");
  command.add_flag("--json", options.json, "one JSON object instead of text");
  AddPlayerFlags(command, options.player);
  AddExamples(command, {"moyo-play match --model my-run/model.pt --opponent \"gnugo --mode gtp\" "
                        "--games 20 --out match"});
  command.callback([&line, model, engine] {
    if (model->count() + engine->count() == 0) throw CLI::RequiredError("--model or --engine");
    line.command = Command::kMatch;
  });
}

void AddSelfPlay(CLI::App& app, CommandLine& line) {
  SelfPlayOptions& options = line.self_play;
  CLI::App& command = AddCommand(
      app, "self-play", "Play games of the network with itself, to train on beside people's", line);
  command.add_option("--out", options.out, "folder for SGF files; what is there stays and counts")
      ->type_name("DIR")
      ->required();
  command.add_option("--games", options.games, "in files of 100")
      ->check(CLI::Range(1, 9'999'900))
      ->capture_default_str();
  command.add_option("--parallel", options.parallel, "games at once, a batch of the network")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command
      .add_option_function<double>(
          "--komi",
          [&options](const double& komi) {
            if (std::isnan(komi)) throw CLI::ValidationError("--komi", "not a number");
            options.rules.komi_half_points = static_cast<int>(std::lround(2 * komi));
          },
          "points for White")
      ->check(CLI::Range(-361.0, 361.0))
      ->default_str("6.5");
  command
      .add_option("--opening-moves", options.rules.opening_moves,
                  "drawn by the network's probabilities")
      ->capture_default_str();
  command
      .add_option("--temperature", options.rules.temperature,
                  "of the moves after them; 0: the most probable")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  command
      .add_option("--max-moves", options.rules.max_moves,
                  "a game ends without a result after so many")
      ->check(CLI::Range(1, static_cast<int>(GameState::kMaxMoves)))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "of the draws; no two have a game in common")
      ->capture_default_str();
  AddExamples(command, {"moyo-play self-play --model my-run/model.pt --games 20000 --out games"});
  command.callback([&line] { line.command = Command::kSelfPlay; });
}

// "my-run/model.pt" of any path: enough for people, and nothing of where they keep their files.
std::string ShortName(const std::filesystem::path& model) {
  return (model.parent_path().filename() / model.filename()).string();
}

void AddWeb(CLI::App& app, CommandLine& line) {
  WebOptions& options = line.web;
  CLI::App& command = AddCommand(app, "web", "Play and look at games in a browser", line);
  command.add_option("--listen", options.listen, "where the page is; port 0: a free one")
      ->type_name("HOST:PORT")
      ->check([](const std::string& text) {
        return std::string(rpc::SplitAddress(text).status().message());
      })
      ->capture_default_str();
  command.add_flag_callback(
      "--insecure", [&options] { options.encryption = web::Encryption::kWaived; },
      "listen beyond this machine without encryption and token");
  AddExamples(command, {"moyo-play web --model my-run/model.pt",
                        "moyo-play web --model my-run/model.pt --listen 0.0.0.0:8080"});
  command.callback([&line] {
    line.command = Command::kWeb;
    line.web.version = kReleaseVersion;
    line.web.network_name = ShortName(line.model);
  });
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app("Play against a trained network, ask it for moves, and measure it", "moyo-play");
  InitCommandLine(app);
  app.require_subcommand(1);
  AddSuggest(app, line);
  AddBoard(app, line);
  AddGtp(app, line);
  AddAnalysis(app, line);
  AddEval(app, line);
  AddExport(app, line);
  AddMatch(app, line);
  AddSelfPlay(app, line);
  AddWeb(app, line);
  AddExamples(app, {"moyo-play board --model my-run/model.pt",
                    "moyo-play suggest --model my-run/model.pt --game game.sgf --ply 30",
                    "moyo-play match --help"});
  if (const auto end = ParseFlags(app, argc, argv)) {
    line.exit_code = end->exit_code;
    line.message = end->text;
    line.command = Command::kNone;
  }
  return line;
}

}  // namespace moyo::play
