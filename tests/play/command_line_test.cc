#include "play/command_line.h"

#include <vector>

#include "gtest/gtest.h"

namespace moyo::play {
namespace {

CommandLine Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "moyo-play");
  return ParseCommandLine(static_cast<int>(words.size()), words.data());
}

TEST(CommandLineTest, SuggestTakesItsFlags) {
  const CommandLine line = Parse({"suggest", "--model", "m.pt", "--game", "g.sgf", "--ply", "7",
                                  "--top-k", "3", "--to-move", "white", "--json"});
  EXPECT_EQ(line.command, Command::kSuggest);
  EXPECT_EQ(line.model, "m.pt");
  EXPECT_EQ(line.suggest.game, "g.sgf");
  EXPECT_EQ(line.suggest.ply, 7u);
  EXPECT_EQ(line.suggest.top_k, 3u);
  EXPECT_EQ(line.suggest.to_move, go::Color::kWhite);
  EXPECT_TRUE(line.suggest.json);
}

TEST(CommandLineTest, DefaultsStand) {
  const CommandLine line = Parse({"suggest", "--model", "m.pt"});
  EXPECT_FALSE(line.suggest.ply.has_value());
  EXPECT_EQ(line.suggest.top_k, 5u);
  EXPECT_EQ(line.suggest.game_number, 1u);
}

TEST(CommandLineTest, BoardSpeaksTheLanguageThatIsNamed) {
  EXPECT_EQ(Parse({"board", "--model", "m", "--lang", "ko"}).board.console.language,
            Language::kKorean);
  EXPECT_EQ(Parse({"board", "--model", "m", "--lang", "en"}).board.console.language,
            Language::kEnglish);
  EXPECT_EQ(Parse({"board", "--model", "m", "--lang", "fr"}).exit_code, 2);
}

TEST(CommandLineTest, WebIsForThisMachineUnlessItIsTold) {
  const CommandLine line = Parse({"web", "--model", "/home/me/my-run/model.pt"});
  EXPECT_EQ(line.command, Command::kWeb);
  EXPECT_EQ(line.web.listen, "127.0.0.1:8080");
  EXPECT_EQ(line.web.encryption, web::Encryption::kAsNeeded);
  EXPECT_EQ(line.web.network_name, "my-run/model.pt");
  const CommandLine open = Parse({"web", "--model", "m", "--listen", "0.0.0.0:80", "--insecure"});
  EXPECT_EQ(open.web.listen, "0.0.0.0:80");
  EXPECT_EQ(open.web.encryption, web::Encryption::kWaived);
  EXPECT_EQ(Parse({"web", "--model", "m", "--listen", "here"}).exit_code, 2);
  EXPECT_EQ(Parse({"web"}).exit_code, 2);
}

TEST(CommandLineTest, BoardGtpAnalysisAndEvalTakeTheirs) {
  const CommandLine board = Parse({"board", "--model", "m", "--no-reply"});
  EXPECT_EQ(board.command, Command::kBoard);
  EXPECT_EQ(board.board.console.reply, Reply::kOnlyWhenAsked);
  const CommandLine gtp =
      Parse({"gtp", "--model", "m", "--temperature", "0.5", "--resign", "-0.9"});
  EXPECT_EQ(gtp.command, Command::kGtp);
  EXPECT_DOUBLE_EQ(gtp.gtp.temperature, 0.5);
  EXPECT_DOUBLE_EQ(gtp.gtp.resign_below, -0.9);
  const CommandLine analysis = Parse({"analysis", "--model", "m.pt", "--threads", "2"});
  EXPECT_EQ(analysis.command, Command::kAnalysis);
  EXPECT_EQ(analysis.model, "m.pt");
  EXPECT_EQ(analysis.threads, 2);
  const CommandLine eval = Parse({"eval", "--model", "m", "--games", "a", "b", "--limit", "3"});
  EXPECT_EQ(eval.command, Command::kEval);
  EXPECT_EQ(eval.eval.games, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(eval.eval.limit, 3u);
}

TEST(CommandLineTest, ExportAndMatchTakeTheirs) {
  const CommandLine to_file =
      Parse({"export", "--model", "m", "--format", "safetensors", "--out", "f"});
  EXPECT_EQ(to_file.command, Command::kExport);
  EXPECT_EQ(to_file.exporting.format, trainer::ExportFormat::kSafetensors);
  EXPECT_EQ(to_file.exporting.out, "f");
  const CommandLine match =
      Parse({"match", "--opponent", "gnugo --mode gtp", "--model", "m", "--out", "d", "--games",
             "10", "--parallel", "2", "--command-seconds", "2.5", "--temperature", "0.2"});
  EXPECT_EQ(match.command, Command::kMatch);
  EXPECT_EQ(match.match.games, 10u);
  EXPECT_EQ(match.match.command_timeout, absl::Seconds(2.5));
  EXPECT_DOUBLE_EQ(match.match.player.temperature, 0.2);
  EXPECT_EQ(Parse({"match", "--opponent", "o", "--engine", "e", "--out", "d"}).command,
            Command::kMatch);
}

TEST(CommandLineTest, SelfPlayTakesItsOwn) {
  const CommandLine line =
      Parse({"self-play", "--model", "m", "--out", "d", "--games", "500", "--komi", "-0.5",
             "--temperature", "0.8", "--opening-moves", "9", "--max-moves", "300"});
  EXPECT_EQ(line.command, Command::kSelfPlay);
  EXPECT_EQ(line.self_play.games, 500u);
  EXPECT_EQ(line.self_play.rules.komi_half_points, -1);
  EXPECT_DOUBLE_EQ(line.self_play.rules.temperature, 0.8);
  EXPECT_EQ(line.self_play.rules.opening_moves, 9u);
  EXPECT_EQ(line.self_play.rules.max_moves, 300u);
}

TEST(CommandLineTest, WrongUsageIsOneLineAndExitCodeTwo) {
  for (const std::vector<const char*>& words : std::vector<std::vector<const char*>>{
           {},
           {"dance"},
           {"suggest"},
           {"suggest", "--model", "m", "--top-k", "0"},
           {"eval", "--model", "m"},
           {"export", "--model", "m", "--out", "f"},
           {"match", "--opponent", "o", "--out", "d"},
           {"match", "--opponent", "o", "--out", "d", "--model", "m", "--engine", "e"},
           {"match", "--model", "m", "--out", "d"},
           {"self-play", "--model", "m"},
           {"self-play", "--model", "m", "--out", "d", "--komi", "nan"},
           {"self-play", "--model", "m", "--out", "d", "--parallel", "0"},
           {"gtp", "--model", "m", "--temperature", "hot"},
           {"suggest", "--model", "m", "--to-move", "green"}}) {
    const CommandLine line = Parse(words);
    EXPECT_EQ(line.command, Command::kNone);
    EXPECT_EQ(line.exit_code, 2);
    EXPECT_EQ(line.message.find('\n'), line.message.size() - 1) << line.message;
  }
}

TEST(CommandLineTest, HelpIsNoFailure) {
  const CommandLine line = Parse({"--help"});
  EXPECT_EQ(line.command, Command::kNone);
  EXPECT_EQ(line.exit_code, 0);
  EXPECT_NE(line.message.find("suggest"), std::string::npos);
  EXPECT_EQ(Parse({"--version"}).message, "moyo-play 0.1.0\n");
}

}  // namespace
}  // namespace moyo::play
