#include "common/base/command_line.h"

#include <gtest/gtest.h>

#include "common/base/version.h"

namespace moyo {
namespace {

enum class Fruit { kApple, kPear };

// A program with one of everything.
struct Program {
  CLI::App app{"Sell fruit", "shop"};
  int most = 3;
  double price = 0;
  Fruit fruit = Fruit::kPear;
  std::string folder;
  std::vector<std::string> paths;

  Program() {
    InitCommandLine(app);
    app.add_option("--folder", folder, "where it is kept")->type_name("DIR")->required();
    CLI::Option* count = app.add_option("--most", most, "pieces a customer")
                             ->check(CLI::Range(1, 9))
                             ->capture_default_str();
    app.add_option("--price", price, "of one")->needs(count);
    AddChoice(app, "--fruit", fruit, "what is sold",
              {{"apple", Fruit::kApple}, {"pear", Fruit::kPear}});
    CLI::App* wash = app.add_subcommand("wash", "Wash all fruit");
    wash->add_option("PATH", paths, "what to wash")->required();
    AddExamples(*wash, {"shop wash bowl"});
    AddExamples(app, {"shop --folder bowl --most 2"});
  }

  ParseEnd EndOf(std::vector<const char*> words) {
    words.insert(words.begin(), "shop");
    const auto end = ParseFlags(app, static_cast<int>(words.size()), words.data());
    return end.value_or(ParseEnd{-1, ""});
  }
};

TEST(CommandLine, HelpHasOneShape) {
  const ParseEnd end = Program().EndOf({"--help"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.text, R"(Sell fruit

Usage: shop --folder DIR [COMMAND] [OPTIONS]

Commands:
  wash                        Wash all fruit

Required:
  --folder DIR                where it is kept

Options:
  --most N                    pieces a customer (1 to 9; default 3)
  --price X                   of one (needs --most)
  --fruit apple|pear          what is sold (default pear)

Help:
  -h,--help                   show this and end
  --version                   show the release and end

Examples:
  shop --folder bowl --most 2
)");
}

TEST(CommandLine, CommandsHaveTheSameShapeAndTheirOwnExamples) {
  const ParseEnd end = Program().EndOf({"wash", "--help"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.text, R"(Wash all fruit

Usage: shop wash PATH ... [OPTIONS]

Required:
  PATH ...                    what to wash

Help:
  -h,--help                   show this and end

Examples:
  shop wash bowl
)");
}

TEST(CommandLine, OfSomeOptionsOneMustBeGiven) {
  CLI::App app("Open a door", "door");
  InitCommandLine(app);
  std::string key;
  std::string code;
  CLI::Option_group* group = app.add_option_group("way", "How, one of");
  group->add_option("--key", key, "a key")->type_name("KEY");
  group->add_option("--code", code, "a code")->type_name("CODE");
  group->require_option(1);
  const char* words[] = {"door", "--help"};
  EXPECT_EQ(ParseFlags(app, 2, words)->text, R"(Open a door

Usage: door (--key | --code) [OPTIONS]

How, one of:
  --key KEY                   a key
  --code CODE                 a code

Help:
  -h,--help                   show this and end
  --version                   show the release and end
)");
  const ParseEnd end = *ParseFlags(app, 1, words);
  EXPECT_EQ(end.exit_code, kWrongUsage);
  EXPECT_NE(end.text.find("[--key,--code]"), std::string::npos) << end.text;
}

TEST(CommandLine, LongTextsBreakBetweenWords) {
  CLI::App app("Talk", "talk");
  InitCommandLine(app);
  bool flag = false;
  std::string text;
  for (int i = 0; i < 40; ++i) text += "word ";
  app.add_flag("--a-name-that-is-longer-than-its-column", flag, text);
  const char* words[] = {"talk", "--help"};
  const std::string help = ParseFlags(app, 2, words)->text;
  EXPECT_NE(help.find("--a-name-that-is-longer-than-its-column\n"), std::string::npos) << help;
  size_t longest = 0;
  size_t begin = 0;
  for (size_t end = 0; (end = help.find('\n', begin)) != std::string::npos; begin = end + 1) {
    longest = std::max(longest, end - begin);
  }
  EXPECT_LE(longest, 100u);
  EXPECT_GT(longest, 95u);
}

TEST(CommandLine, VersionNamesTheProgram) {
  const ParseEnd end = Program().EndOf({"--version"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.text, std::string("shop ") + kReleaseVersion + "\n");
}

TEST(CommandLine, WrongUsageIsOneLineThatNamesTheHelpToRead) {
  const ParseEnd unknown = Program().EndOf({"--folder", "bowl", "--fruit", "nut"});
  EXPECT_EQ(unknown.exit_code, kWrongUsage);
  EXPECT_EQ(unknown.text,
            "shop: --fruit: nut not in {apple,pear}; 'shop --help' lists what it takes\n");
  const ParseEnd missing = Program().EndOf({"--folder", "bowl", "wash"});
  EXPECT_EQ(missing.exit_code, kWrongUsage);
  EXPECT_EQ(missing.text, "shop: PATH is required; 'shop wash --help' lists what it takes\n");
}

TEST(CommandLine, UnknownCommandIsNamed) {
  CLI::App app("Sell fruit", "shop");
  InitCommandLine(app);
  app.add_subcommand("wash", "Wash all fruit");
  app.require_subcommand(1);
  const char* words[] = {"shop", "dance"};
  EXPECT_EQ(ParseFlags(app, 2, words)->text,
            "shop: 'dance' is no command; 'shop --help' lists what it takes\n");
}

TEST(CommandLine, ChoiceSetsWhatItsNameStandsFor) {
  Program program;
  EXPECT_EQ(program.EndOf({"--folder", "bowl"}).exit_code, -1);
  EXPECT_EQ(program.fruit, Fruit::kPear);
  EXPECT_EQ(program.EndOf({"--folder", "bowl", "--fruit", "apple"}).exit_code, -1);
  EXPECT_EQ(program.fruit, Fruit::kApple);
}

}  // namespace
}  // namespace moyo
