// Whole conversations, one a file in transcripts/. A line "> " is said to the engine, what follows
// up to the next one is its whole answer. "! prefer VERTEX P" and "! value V" set the network's
// answer; ";" begins a comment.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "play/gtp_engine.h"
#include "tests/play/fake_evaluator.h"

namespace moyo::play {
namespace {

std::vector<std::filesystem::path> Transcripts() {
  std::vector<std::filesystem::path> paths;
  const std::string folder = MOYO_SOURCE_DIR "/tests/play/transcripts";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry);
  std::sort(paths.begin(), paths.end());
  return paths;
}

void Arrange(FakeEvaluator& network, const std::string& line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  float number = 0;
  ASSERT_TRUE(words.size() >= 3 && absl::SimpleAtof(words.back(), &number)) << line;
  if (words[1] == "prefer") {
    network.Prefer(words[2], number);
  } else {
    ASSERT_EQ(words[1], "value");
    network.answer.value = number;
  }
}

class GtpTranscriptTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(GtpTranscriptTest, EveryAnswerIsTheOneWritten) {
  FakeEvaluator network;
  GtpEngine engine(network, {});
  std::ifstream file(GetParam());
  std::string line, said, expected;
  int said_at = 0;
  const auto check = [&] {
    if (said_at > 0) {
      EXPECT_EQ(engine.Handle(said), expected)
          << GetParam().filename() << ":" << said_at << ": " << said;
    }
    expected.clear();
  };
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.starts_with("> ") || line == ">") {
      check();
      said = line.substr(std::min<size_t>(2, line.size()));
      said_at = number;
    } else if (said_at == 0 && line.starts_with("!")) {
      Arrange(network, line);
    } else if (said_at > 0) {
      expected += line + "\n";
    }
  }
  ASSERT_GT(said_at, 0) << "no conversation in " << GetParam();
  check();
}

INSTANTIATE_TEST_SUITE_P(All, GtpTranscriptTest, testing::ValuesIn(Transcripts()),
                         [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace moyo::play
