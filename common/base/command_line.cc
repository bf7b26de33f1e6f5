#include "common/base/command_line.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/base/version.h"

namespace moyo {
namespace {

constexpr size_t kNameColumn = 2;
constexpr size_t kTextColumn = 30;
constexpr size_t kWidth = 100;

using Options = std::vector<const CLI::Option*>;

// "  --name VALUE          what it is, in lines of at most kWidth".
void AppendEntry(const std::string& name, const std::string& text, std::string& out) {
  std::string line = absl::StrCat(std::string(kNameColumn, ' '), name);
  if (line.size() + 2 > kTextColumn) {
    absl::StrAppend(&out, line, "\n");
    line.clear();
  }
  line.resize(std::max(line.size(), kTextColumn), ' ');
  bool is_empty = true;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!is_empty && line.size() + 1 + word.size() > kWidth) {
      absl::StrAppend(&out, line, "\n");
      line.assign(kTextColumn, ' ');
      is_empty = true;
    }
    absl::StrAppend(&line, is_empty ? "" : " ", word);
    is_empty = false;
  }
  absl::StrAppend(&out, line, "\n");
}

// What the option's checks say of themselves, in CLI11's words: "UINT in [1 - 100]", "{on,off}".
std::vector<std::string> ChecksOf(const CLI::Option& option) {
  std::vector<std::string> checks;
  auto& asked = const_cast<CLI::Option&>(option);  // CLI11 2.1 has no const access
  try {
    for (int i = 0;; ++i) checks.push_back(asked.get_validator(i)->get_description());
  } catch (const CLI::OptionNotFound&) {
    return checks;  // the end of the list
  }
}

// The names to choose from, as "on|off"; empty when any value may stand.
std::string NamesToChoose(const std::vector<std::string>& checks) {
  for (const std::string& check : checks) {
    if (!absl::StartsWith(check, "{")) continue;
    return absl::StrReplaceAll(check.substr(1, check.size() - 2), {{",", "|"}});
  }
  return "";
}

// Of "FLOAT in [0 - 1]" "0 to 1"; empty when the checks name no range.
std::string Range(const std::vector<std::string>& checks) {
  for (const std::string& check : checks) {
    const size_t begin = check.find(" in [");
    if (begin == std::string::npos) continue;
    const std::string range = check.substr(begin + 5, check.size() - begin - 6);
    return absl::StrReplaceAll(range, {{" - ", " to "}});
  }
  return "";
}

// The type's name without the words of the checks, which CLI11 joins to it.
std::string TypeName(const CLI::Option& option, const std::vector<std::string>& checks) {
  std::string name = option.get_type_name();
  for (const std::string& check : checks) {
    if (check.empty()) continue;
    const std::string words = ":" + check;
    if (absl::EndsWith(name, words)) name.resize(name.size() - words.size());
  }
  if (name == "INT" || name == "UINT") return "N";
  return name == "FLOAT" ? "X" : name;
}

std::string ValueName(const CLI::Option& option) {
  if (option.get_type_size() == 0) return "";
  std::vector<std::string> checks = ChecksOf(option);
  std::string value = NamesToChoose(checks);
  std::reverse(checks.begin(), checks.end());
  if (value.empty()) value = TypeName(option, checks);
  return option.get_expected_max() > 1 ? value + " ..." : value;
}

std::string NameAndValue(const CLI::Option& option) {
  const bool is_positional = !option.nonpositional() && option.get_positional();
  const std::string name = option.get_name(is_positional, !is_positional);
  if (is_positional) return option.get_expected_max() > 1 ? name + " ..." : name;
  const std::string value = ValueName(option);
  return value.empty() ? name : absl::StrCat(name, " ", value);
}

std::string TextOf(const CLI::Option& option) {
  std::vector<std::string> notes;
  if (const std::string range = Range(ChecksOf(option)); !range.empty()) notes.push_back(range);
  std::string standing = option.get_default_str();
  if (absl::StartsWith(standing, "[")) standing = standing.substr(1, standing.size() - 2);
  if (!standing.empty()) notes.push_back(absl::StrCat("default ", standing));
  for (const CLI::Option* other : option.get_needs()) {
    notes.push_back(absl::StrCat("needs ", other->get_name()));
  }
  for (const CLI::Option* other : option.get_excludes()) {
    notes.push_back(absl::StrCat("not with ", other->get_name()));
  }
  if (notes.empty()) return option.get_description();
  return absl::StrCat(option.get_description(), " (", absl::StrJoin(notes, "; "), ")");
}

bool IsOwn(const CLI::App& app, const CLI::Option* option) {
  return option == app.get_help_ptr() || option == app.get_version_ptr();
}

// Or one that only some of the program's commands ask for.
bool IsDue(const CLI::Option& option) {
  return option.get_required() || option.get_group() == kRequiredGroup;
}

Options OptionsOf(const CLI::App& app, const std::string& group) {
  return app.get_options([&](const CLI::Option* option) {
    return option->nonpositional() && option->get_group() == group && !IsDue(*option) &&
           !IsOwn(app, option);
  });
}

// Of a group of which one must be given; CLI11 gives it a --help of its own.
Options OptionsOfGroup(const CLI::App& group) {
  return group.get_options([&](const CLI::Option* option) { return !IsOwn(group, option); });
}

std::vector<const CLI::App*> Subcommands(const CLI::App& app, bool are_named) {
  return app.get_subcommands(
      [are_named](const CLI::App* sub) { return sub->get_name().empty() != are_named; });
}

void AppendSection(const std::string& title, const Options& options, std::string& out) {
  if (options.empty()) return;
  absl::StrAppend(&out, "\n", title, ":\n");
  for (const CLI::Option* option : options)
    AppendEntry(NameAndValue(*option), TextOf(*option), out);
}

std::string Usage(const CLI::App& app, const std::string& name) {
  std::string usage = absl::StrCat("Usage: ", name);
  const Options required =
      app.get_options([](const CLI::Option* option) { return IsDue(*option); });
  for (const CLI::Option* option : required) {
    if (!option->get_positional()) absl::StrAppend(&usage, " ", NameAndValue(*option));
  }
  for (const CLI::App* group : Subcommands(app, false)) {
    std::vector<std::string> names;
    for (const CLI::Option* option : OptionsOfGroup(*group)) {
      names.push_back(option->get_positional() ? NameAndValue(*option) : option->get_name());
    }
    absl::StrAppend(&usage, " (", absl::StrJoin(names, " | "), ")");
  }
  for (const CLI::Option* option : required) {
    if (option->get_positional()) absl::StrAppend(&usage, " ", NameAndValue(*option));
  }
  if (!Subcommands(app, true).empty()) {
    absl::StrAppend(&usage, app.get_require_subcommand_min() > 0 ? " COMMAND" : " [COMMAND]");
  }
  return absl::StrCat(usage, " [OPTIONS]\n");
}

class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const override {
    std::string out = absl::StrCat(app->get_description(), "\n\n", Usage(*app, name));
    const std::vector<const CLI::App*> commands = Subcommands(*app, true);
    if (!commands.empty()) absl::StrAppend(&out, "\nCommands:\n");
    for (const CLI::App* command : commands) {
      AppendEntry(command->get_name(), command->get_description(), out);
    }
    AppendSection("Required", app->get_options([](const CLI::Option* option) {
      return IsDue(*option) || option->get_positional();
    }),
                  out);
    for (const CLI::App* group : Subcommands(*app, false)) {
      AppendSection(group->get_description(), OptionsOfGroup(*group), out);
    }
    for (const std::string& group : app->get_groups()) {
      if (!group.empty()) AppendSection(group, OptionsOf(*app, group), out);
    }
    AppendSection(
        "Help", app->get_options([app](const CLI::Option* option) { return IsOwn(*app, option); }),
        out);
    const std::string footer = app->get_footer();
    return footer.empty() ? out : absl::StrCat(out, footer, "\n");
  }
};

// The command that was typed, with its subcommands: "moyo token add".
std::string TypedCommand(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (chosen.empty()) return app.get_name();
  return absl::StrCat(app.get_name(), " ", TypedCommand(*chosen.front()));
}

// A word that stands where a command is due.
std::optional<std::string> UnknownCommand(const CLI::App& app) {
  if (!app.get_subcommands().empty()) return UnknownCommand(*app.get_subcommands().front());
  const std::vector<std::string> rest = app.remaining();
  if (app.get_require_subcommand_min() == 0 || rest.empty() || rest[0][0] == '-') {
    return std::nullopt;
  }
  return rest[0];
}

}  // namespace

void InitCommandLine(CLI::App& app) {
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_help_flag("-h,--help", "show this and end");
  app.set_version_flag("--version", absl::StrCat(app.get_name(), " ", kReleaseVersion),
                       "show the release and end");
}

void AddExamples(CLI::App& app, std::initializer_list<const char*> commands) {
  app.footer(absl::StrCat("\nExamples:\n  ", absl::StrJoin(commands, "\n  ")));
}

ParseEnd WrongUsage(const CLI::App& app, const std::string& what) {
  const std::string line = absl::StrReplaceAll(what, {{"\r", ""}, {"\n", " "}});
  return {kWrongUsage, absl::StrCat(app.get_name(), ": ", line, "; '", TypedCommand(app),
                                    " --help' lists what it takes\n")};
}

std::optional<ParseEnd> ParseFlags(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    if (app.exit(error, out, out) == 0) return ParseEnd{0, out.str()};
    const std::optional<std::string> unknown = UnknownCommand(app);
    return WrongUsage(app, unknown ? absl::StrCat("'", *unknown, "' is no command") : error.what());
  }
}

int Print(const ParseEnd& end) {
  std::fputs(end.text.c_str(), end.exit_code == 0 ? stdout : stderr);
  return end.exit_code;
}

}  // namespace moyo
