#include "play/analysis/analysis_command.h"

#include <array>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <streambuf>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/play/fake_evaluator.h"

namespace moyo::play {
namespace {

using nlohmann::json;

// What comes back, line by line, once the input is at its end.
std::vector<json> Talk(std::istream& in, evaluation::Evaluator& network) {
  std::ostringstream out;
  EXPECT_TRUE(RunAnalysis(network, in, out).ok());
  const std::vector<std::string> lines = absl::StrSplit(out.str(), '\n', absl::SkipEmpty());
  std::vector<json> answers;
  for (const std::string& line : lines) answers.push_back(json::parse(line));
  return answers;
}
std::vector<json> Talk(const std::string& input, evaluation::Evaluator& network) {
  std::istringstream in(input);
  return Talk(in, network);
}

std::string Query(const std::string& id, const std::string& more = "") {
  return absl::StrCat(R"({"id":")", id, R"(","boardXSize":19,"boardYSize":19)",
                      more.empty() ? R"(,"moves":[])" : more, "}\n");
}

const json* Find(const std::vector<json>& answers, const std::string& id) {
  for (const json& answer : answers) {
    if (answer.contains("id") && answer["id"] == id) return &answer;
  }
  return nullptr;
}

// The fields that KaTrain 1.12 sends, and those that it reads from the answer.
TEST(AnalysisCommandTest, AnswersWhatKaTrainAsks) {
  FakeEvaluator network;
  network.Prefer("Q16", 0.5f);
  const std::string query =
      R"({"rules": "japanese", "priority": 1000, "analyzeTurns": [2], "maxVisits": 500, )"
      R"("komi": 6.5, "boardXSize": 19, "boardYSize": 19, "includeOwnership": true, )"
      R"("includeMovesOwnership": true, "includePolicy": true, "initialStones": [], )"
      R"("initialPlayer": "B", "moves": [["B", "D4"], ["W", "D16"]], )"
      R"("overrideSettings": {"reportAnalysisWinratesAs": "BLACK", "maxTime": 8.0, )"
      R"("wideRootNoise": 0.04}, "reportDuringSearchEvery": 1, "id": "QUERY:1"})";
  const std::vector<json> answers = Talk(query + "\n", network);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0]["id"], "QUERY:1");
  EXPECT_EQ(answers[0]["isDuringSearch"], false);
  EXPECT_EQ(answers[0]["policy"].size(), 362u);
  for (const char* field : {"visits", "winrate", "scoreLead", "utility"}) {
    EXPECT_TRUE(answers[0]["rootInfo"][field].is_number()) << field;
  }
  ASSERT_FALSE(answers[0]["moveInfos"].empty());
  for (const json& move : answers[0]["moveInfos"]) {
    EXPECT_TRUE(move["move"].is_string());
    EXPECT_TRUE(move["pv"].is_array());
    for (const char* field : {"order", "visits", "winrate", "scoreLead", "prior", "lcb"}) {
      EXPECT_TRUE(move[field].is_number()) << field;
    }
  }
}

TEST(AnalysisCommandTest, EveryTurnIsAnsweredBeforeTheEnd) {
  FakeEvaluator network;
  const std::vector<json> answers =
      Talk(Query("game", R"(,"moves":[["B","D4"],["W","Q4"]],"analyzeTurns":[0,1,2])"), network);
  ASSERT_EQ(answers.size(), 3u);
  for (size_t turn = 0; turn < 3; ++turn) EXPECT_EQ(answers[turn]["turnNumber"], turn);
}

TEST(AnalysisCommandTest, BadRequestsAreAnswersAndTheNextOneCounts) {
  FakeEvaluator network;
  const std::vector<json> answers = Talk(
      absl::StrCat(
          "no json\n", "[1]\n", "\n", "{\"moves\":[]}\n", "{\"id\":5}\n",
          R"({"id":"size","boardXSize":9,"boardYSize":9,"moves":[]})", "\n",
          "{\"id\":\"\xff\",\"action\":\"dance\"}\n", R"({"id":"stop","action":"terminate"})", "\n",
          R"({"id":"turns","action":"terminate_all","turnNumbers":"x"})", "\n", Query("good")),
      network);
  ASSERT_EQ(answers.size(), 9u);
  for (size_t i = 0; i < 8; ++i) EXPECT_TRUE(answers[i].contains("error")) << answers[i];
  EXPECT_EQ((*Find(answers, "size"))["field"], "boardXSize");
  EXPECT_TRUE(Find(answers, "stop")->contains("error"));
  EXPECT_TRUE(Find(answers, "turns")->contains("error"));
  EXPECT_TRUE(Find(answers, "good")->contains("moveInfos"));
}

TEST(AnalysisCommandTest, RequestsTooDeepOrTooLongAreRefused) {
  FakeEvaluator network;
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  const std::vector<json> answers =
      Talk(absl::StrCat(R"({"id":"deep","action":"clear_cache","x":)", deep, "}\n",
                        R"({"id":"long","x":")", std::string(1 << 20, 'x'), "\"}\n", Query("good")),
           network);
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_THAT(answers[0]["error"].get<std::string>(), testing::HasSubstr("nested more than 32"));
  EXPECT_THAT(answers[1]["error"].get<std::string>(), testing::HasSubstr("must be shorter than"));
  EXPECT_EQ(answers[2]["id"], "good");
}

TEST(AnalysisCommandTest, ErrorsNameTheFieldOfActionsToo) {
  FakeEvaluator network;
  const std::vector<json> answers =
      Talk(absl::StrCat("{}\n", R"({"id":"a","action":"dance"})", "\n",
                        R"({"id":"t","action":"terminate"})", "\n"),
           network);
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0]["field"], "id");
  EXPECT_EQ(answers[1]["field"], "action");
  EXPECT_EQ(answers[2]["field"], "terminateId");
}

TEST(AnalysisCommandTest, ANetworkThatFailsIsAnErrorOfTheQuery) {
  FakeEvaluator network;
  network.failure = absl::InternalError("broken");
  const std::vector<json> answers = Talk(Query("a") + Query("b"), network);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0]["error"], "broken");
  EXPECT_EQ(answers[1]["id"], "b");
}

TEST(AnalysisCommandTest, ActionsComeBackWithTheirAnswer) {
  FakeEvaluator network;
  const std::vector<json> answers =
      Talk(absl::StrCat(R"({"id":"v","action":"query_version"})", "\n",
                        R"({"id":"c","action":"clear_cache","mine":[1]})", "\n",
                        R"({"id":"t","action":"terminate","terminateId":"gone"})", "\n"),
           network);
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_TRUE(answers[0]["version"].is_string());
  EXPECT_TRUE(answers[0]["git_hash"].is_string());
  EXPECT_EQ(answers[1], json::parse(R"({"id":"c","action":"clear_cache","mine":[1]})"));
  EXPECT_EQ(answers[2]["terminateId"], "gone");
}

// Requests with bytes changed, left out and doubled: whatever they are, every line that comes back
// is a JSON object, and the last request is still answered.
TEST(AnalysisCommandTest, NoRequestBreaksTheConversation) {
  FakeEvaluator network;
  const std::vector<std::string> sound = {
      Query("a", R"(,"moves":[["B","D4"],["W","Q4"]],"analyzeTurns":[0,2],"includePolicy":true)"),
      Query("b", R"(,"moves":[],"initialStones":[["B","D4"]],"initialPlayer":"W","priority":3)"),
      Query("c", R"(,"moves":[],"avoidMoves":[{"player":"B","moves":["D4"],"untilDepth":1}])"),
      Query("d", R"(,"moves":[],"overrideSettings":{"reportAnalysisWinratesAs":"BLACK"})"),
      "{\"id\":\"e\",\"action\":\"terminate\",\"terminateId\":\"a\",\"turnNumbers\":[0]}\n"};
  std::mt19937 random(7);
  std::string input;
  for (int i = 0; i < 3000; ++i) {
    std::string line = sound[random() % sound.size()];
    for (size_t edits = 1 + random() % 3; edits > 0; --edits) {
      const size_t at = random() % (line.size() - 1);
      switch (random() % 3) {
        case 0:
          line[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          line.erase(at, 1);
          break;
        default:
          line.insert(at, line.substr(at, random() % 8));
      }
    }
    input += line;
  }
  const std::vector<json> answers = Talk(input + Query("last"), network);
  for (const json& answer : answers) EXPECT_TRUE(answer.is_object());
  ASSERT_NE(Find(answers, "last"), nullptr);
  EXPECT_TRUE(Find(answers, "last")->contains("moveInfos"));
}

// Looks at its first position only once the test lets it.
class GatedEvaluator final : public FakeEvaluator {
 public:
  absl::StatusOr<std::vector<evaluation::Evaluation>> Evaluate(
      std::span<const features::BitPlanes> positions) override {
    std::unique_lock<std::mutex> lock(mutex_);
    asked_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    return FakeEvaluator::Evaluate(positions);
  }
  void AwaitQuestion() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return asked_; });
  }
  void Open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool open_ = false;
};

// Gives the first line at once, the others when the network is at work on it, and opens the gate
// behind the last.
class StagedInput final : public std::streambuf {
 public:
  StagedInput(std::string first, std::string then, GatedEvaluator& network)
      : stages_{std::move(first), std::move(then)}, network_(network) {}

 protected:
  int_type underflow() override {
    if (next_ == stages_.size()) {
      network_.Open();
      return traits_type::eof();
    }
    if (next_ == 1) network_.AwaitQuestion();
    std::string& stage = stages_[next_++];
    setg(stage.data(), stage.data(), stage.data() + stage.size());
    return traits_type::to_int_type(*gptr());
  }

 private:
  std::array<std::string, 2> stages_;
  GatedEvaluator& network_;
  size_t next_ = 0;
};

TEST(AnalysisCommandTest, WaitingTurnsAreTakenBackAndUrgentOnesOvertake) {
  GatedEvaluator network;
  const std::string game = R"(,"moves":[["B","D4"],["W","Q4"]],"analyzeTurns":[0,1,2])";
  StagedInput buffer(Query("first"),
                     absl::StrCat(Query("game", game), Query("late"),
                                  Query("urgent", R"(,"moves":[],"priority":5)"),
                                  R"({"id":"t","action":"terminate","terminateId":"game",)",
                                  R"("turnNumbers":[0,2]})", "\n"),
                     network);
  std::istream in(&buffer);
  std::vector<std::string> seen;
  for (const json& answer : Talk(in, network)) {
    seen.push_back(absl::StrCat(answer["id"].get<std::string>(),
                                answer.contains("noResults") ? " taken back" : ""));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"game taken back", "game taken back", "t", "first",
                                            "urgent", "game", "late"}));
}

}  // namespace
}  // namespace moyo::play
