#include "play/language.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "play/console.h"
#include "tests/play/fake_evaluator.h"

namespace moyo::play {
namespace {

using ::testing::HasSubstr;

// The places for values in a text, "$0" and so on.
std::set<std::string> Places(const std::string& text) {
  std::set<std::string> places;
  for (size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at + 1)) {
    places.insert(text.substr(at, 2));
  }
  return places;
}

TEST(LanguageTest, EveryWordIsInBothLanguagesWithTheSamePlaces) {
  for (size_t i = 0; i < static_cast<size_t>(Word::kEnd); ++i) {
    const Word word = static_cast<Word>(i);
    const std::string english = TextOf(word, Language::kEnglish);
    const std::string korean = TextOf(word, Language::kKorean);
    EXPECT_FALSE(english.empty()) << i;
    EXPECT_NE(english, korean) << i;
    EXPECT_EQ(Places(english), Places(korean)) << english;
    EXPECT_EQ(english.back() == '\n', korean.back() == '\n') << english;
  }
}

TEST(LanguageTest, HelpNamesTheSameCommands) {
  const std::string korean = TextOf(Word::kHelp, Language::kKorean);
  for (const char* command : {"pass", "ai", "top [N]", "undo", "score", "board", "new", "save FILE",
                              "load FILE", "help", "quit"}) {
    EXPECT_THAT(korean, HasSubstr(command));
  }
}

class EnvironmentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) unsetenv(name);
  }
};

TEST_F(EnvironmentTest, FirstVariableThatIsSetDecides) {
  EXPECT_EQ(LanguageOfEnvironment(), Language::kEnglish);
  setenv("LANG", "ko_KR.UTF-8", 1);
  EXPECT_EQ(LanguageOfEnvironment(), Language::kKorean);
  setenv("LC_MESSAGES", "", 1);
  EXPECT_EQ(LanguageOfEnvironment(), Language::kKorean);
  setenv("LC_ALL", "C.UTF-8", 1);
  EXPECT_EQ(LanguageOfEnvironment(), Language::kEnglish);
}

TEST(LanguageTest, ConversationInKorean) {
  FakeEvaluator network;
  network.Prefer("D4", 0.4f);
  Console console(network, {.language = Language::kKorean});
  EXPECT_EQ(console.Prompt(), "흑> ");
  const std::string answer = console.Handle("q16");
  EXPECT_THAT(answer, HasSubstr("2수: 백 D4. 흑 차례. 따낸 돌: 흑 0, 백 0.\n"));
  EXPECT_THAT(answer, HasSubstr("백(신경망): D4 (40.0%, 형세 +0.00).\n"));
  EXPECT_EQ(console.Handle("D4"), "D4: 둘 수 없습니다. 이미 돌이 있습니다.\n");
  EXPECT_THAT(console.Handle("top 1"), HasSubstr("흑의 형세: +0.000 (승률 50.0%)\n"));
  EXPECT_EQ(console.Handle("dance"),
            "'dance': 수도 명령도 아닙니다. help로 명령을 볼 수 있습니다.\n");
  console.Handle("undo");
  EXPECT_EQ(console.Handle("undo"), "무를 수가 없습니다.\n");
}

TEST(LanguageTest, KoAndSuicideAreNamed) {
  FakeEvaluator network;
  Console console(network, {.reply = Reply::kOnlyWhenAsked, .language = Language::kKorean});
  for (const char* move : {"B19", "B18", "A18", "C19", "B17", "D18", "C18", "C17", "Q16", "B18"}) {
    console.Handle(move);
  }
  EXPECT_EQ(console.Handle("C18"), "C18: 둘 수 없습니다. 패입니다. 바로 되따낼 수 없습니다.\n");
  for (const char* command : {"new", "A18", "pass", "B19"}) console.Handle(command);
  EXPECT_EQ(console.Handle("A19"), "A19: 둘 수 없습니다. 착수 금지점입니다.\n");
}

}  // namespace
}  // namespace moyo::play
