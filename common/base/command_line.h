// What the command lines of all programs have in common: the shape of --help, --version, and the
// one line that wrong usage gets.
//
//   CLI::App app("Turn work units into finished shards", "moyo-worker");
//   InitCommandLine(app);                                  // first: subcommands take it over
//   app.add_option("--spool", folder, "finished shards that wait")->type_name("DIR");
//   AddExamples(app, {"moyo-worker --server 127.0.0.1:50051"});
//   if (const auto end = ParseFlags(app, argc, argv)) return Print(*end);
//
// A library of its own, moyo::command_line, so that base does not know CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace moyo {

// Exit codes: of every program, and of moyo-server when another one has its run directory.
inline constexpr int kWrongUsage = 2;
inline constexpr int kRunInUse = 3;
// The group of options that are required although CLI11 does not ask for them: because one of the
// program's commands does without.
inline constexpr char kRequiredGroup[] = "Required";

// One help formatter, and --version of this release.
void InitCommandLine(CLI::App& app);

// What --help ends with. Each is a command as a person types it.
void AddExamples(CLI::App& app, std::initializer_list<const char*> commands);

// Why a program ends before it began.
struct ParseEnd {
  int exit_code = 0;  // 0: help or version was asked for
  std::string text;   // whole lines; of kWrongUsage one, which names what is wrong
};

// Nullopt: go on. CLI11's exceptions end here.
std::optional<ParseEnd> ParseFlags(CLI::App& app, int argc, const char* const* argv);
// The same for what a program finds wrong after the parse.
ParseEnd WrongUsage(const CLI::App& app, const std::string& what);
// To stdout, or to stderr for wrong usage; returns the exit code.
int Print(const ParseEnd& end);

// An option that takes one of some names; `target` holds the default.
template <typename Enum>
CLI::Option* AddChoice(CLI::App& app, const std::string& flag, Enum& target,
                       const std::string& about,
                       const std::vector<std::pair<std::string, Enum>>& values) {
  std::vector<std::string> names;
  std::string standing;
  for (const auto& [name, value] : values) {
    names.push_back(name);
    if (value == target) standing = name;
  }
  const auto set = [&target, values](const std::string& chosen) {
    for (const auto& [name, value] : values) {
      if (name == chosen) target = value;
    }
  };
  return app.add_option_function<std::string>(flag, set, about)
      ->check(CLI::IsMember(names))
      ->default_str(standing);
}

}  // namespace moyo
