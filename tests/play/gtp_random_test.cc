// Ten thousand random conversations, with a board beside them that knows only the rules.
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/go/vertex.h"
#include "gtest/gtest.h"
#include "play/gtp_engine.h"

namespace moyo::play {
namespace {

constexpr int kConversations = 10000;
constexpr int kMaxCommands = 24;

// Another policy at every look; now and then nonsense, as of a damaged network. Likes a corner, so
// that stones meet: captures, ko, eyes and suicides come up.
class RandomEvaluator : public evaluation::Evaluator {
 public:
  absl::StatusOr<std::vector<evaluation::Evaluation>> Evaluate(
      std::span<const features::BitPlanes> positions) override {
    std::vector<evaluation::Evaluation> evaluations(positions.size());
    for (evaluation::Evaluation& evaluation : evaluations) {
      for (int i = 0; i < 24; ++i) {
        evaluation.policy[random_() % 5 * 19 + random_() % 5] = Number();
      }
      if (random_() % 8 == 0) evaluation.policy[features::kPointCount] = Number();
      evaluation.value = random_() % 3 == 0 ? -0.99f : 2 * Number() - 1;
    }
    return evaluations;
  }

 private:
  float Number() {
    if (random_() % 200 == 0) return std::numeric_limits<float>::quiet_NaN();
    return static_cast<float>(random_() % 1000) / 1000;
  }
  std::mt19937 random_{11};
};

class Conversation {
 public:
  Conversation(GtpEngine& engine, std::mt19937& random) : engine_(engine), random_(random) {}

  void Run() {
    engine_.Handle("clear_board");
    for (int left = 1 + random_() % kMaxCommands; left > 0 && !testing::Test::HasFailure();
         --left) {
      Step();
    }
  }
  uint64_t moves() const { return moves_; }

 private:
  std::string Vertex() {
    if (random_() % 12 == 0) return "pass";
    return go::FormatVertex(
        {static_cast<uint8_t>(random_() % 5), static_cast<uint8_t>(random_() % 5)}, 19);
  }
  std::string Color() { return random_() % 2 ? "b" : "w"; }

  void Step() {
    static constexpr const char* kPlain[] = {"undo",
                                             "clear_board",
                                             "final_score",
                                             "final_status_list alive",
                                             "showboard",
                                             "fixed_handicap 4",
                                             "kata-raw-nn 3",
                                             "place_free_handicap 3",
                                             "komi -3.5",
                                             "lz-analyze 10",
                                             "boardsize 19",
                                             "kata-analyze b maxmoves 3",
                                             "printsgf",
                                             "loadsgf /",
                                             "time_left b 1 1",
                                             "reg_genmove w",
                                             "boardsize 5",
                                             "",
                                             "genmove green",
                                             "set_free_handicap A1 A2 B1"};
    switch (random_() % 4) {
      case 0:
        return Say(kPlain[random_() % std::size(kPlain)]);
      case 1:
        return Say(absl::StrCat("play ", Color(), " ", Vertex()));
      case 2:
        return Say(absl::StrCat("kgs-genmove_cleanup ", Color()));
      default:
        return Say(absl::StrCat(random_() % 4 ? "genmove " : "lz-genmove_analyze ", Color()));
    }
  }

  // What the engine played is checked on the position before, by rules that are not the engine's.
  void Say(const std::string& line) {
    const GameState before = engine_.state();
    const std::string answer(absl::StripPrefix(engine_.Handle(line), "\n"));
    if (answer.empty()) return;
    ASSERT_TRUE(answer[0] == '=' || answer[0] == '?') << line << ": " << answer;
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (answer[0] == '?' || line.find("genmove") == std::string::npos) return;
    const std::vector<std::string> said =
        absl::StrSplit(answer, absl::ByAnyChar(" \n"), absl::SkipEmpty());
    if (said.back() == "resign" || words[0] == "reg_genmove") return;
    const auto point = go::ParseVertex(said.back(), 19);
    const auto color = go::ParseColor(words[1]);
    ASSERT_TRUE(point && color) << line << ": " << answer;
    ++moves_;
    go::Board board = before.board();
    ASSERT_EQ(board.Play({*point, *color}), go::Legality::kLegal) << line << ": " << answer;
    ASSERT_FALSE(IsOwnEye(before.board(), *point, *color)) << line << ": " << answer;
    ASSERT_EQ(engine_.state().board().StonesHash(), board.StonesHash()) << line;
    ASSERT_EQ(engine_.state().moves().size(), before.moves().size() + 1) << line;
  }

  GtpEngine& engine_;
  std::mt19937& random_;
  uint64_t moves_ = 0;
};

TEST(GtpRandomTest, TenThousandConversationsBringNoIllegalMove) {
  RandomEvaluator network;
  std::mt19937 random(3);
  uint64_t moves = 0;
  for (int i = 0; i < kConversations && !HasFailure(); ++i) {
    GtpEngine engine(network, {.temperature = i % 2 ? 1.0 : 0.0, .resign_from_move = 8});
    Conversation conversation(engine, random);
    conversation.Run();
    moves += conversation.moves();
  }
  EXPECT_GT(moves, 2u * kConversations);
}

}  // namespace
}  // namespace moyo::play
