#include "cli/ledger_format.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "common/base/text.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

bool IsDuplicate(const v1::LedgerEntry& entry) {
  return entry.row().state() == v1::GAME_STATE_DUPLICATE;
}

const char* RelationTo(v1::DuplicateKind kind) {
  if (kind == v1::DUPLICATE_KIND_SYMMETRIC) return "symmetric copy of ";
  if (kind == v1::DUPLICATE_KIND_CONTINUED) return "its moves begin ";
  return "same game as ";
}

uint64_t FileOffset(const v1::LedgerEntry& entry) {
  return entry.source_offset() + entry.row().byte_offset();
}

std::string Place(const std::string& path, const std::string& member) {
  return Visible(member.empty() ? path : absl::StrCat(path, "!", member));
}

// "GAME_STATE_ACCEPTED" -> "accepted"; empty for what has no name.
std::string WordOf(const std::string& name, absl::string_view prefix) {
  return name.size() > prefix.size() ? absl::AsciiStrToLower(name.substr(prefix.size())) : "";
}

class TableFormat : public LedgerFormat {
 public:
  std::string Header() const override {
    return absl::StrFormat(kLine, "GAME", "STATE", "REASON", "OFFSET", "MOVES", "WHERE AND WHY") +
           "\n";
  }
  std::string Row(const v1::LedgerEntry& entry) override {
    const v1::LedgerRow& row = entry.row();
    std::string last = Place(entry.path(), entry.member());
    if (IsDuplicate(entry)) {
      absl::StrAppend(&last, "  ", RelationTo(entry.duplicate_kind()), entry.duplicate_of(), " ",
                      Visible(entry.duplicate_of_path()));
    }
    if (entry.source_removed()) last += "  (no longer there)";
    if (!row.detail().empty()) absl::StrAppend(&last, "  ", Visible(row.detail()));
    return absl::StrFormat(kLine, absl::StrCat(row.game_id()), GameStateName(row.state()),
                           row.reason().empty() ? "-" : Visible(row.reason()),
                           absl::StrCat(FileOffset(entry)), absl::StrCat(row.moves()), last) +
           "\n";
  }
  std::string Footer() const override { return ""; }

 private:
  static constexpr char kLine[] = "%9s  %-11s  %-22s  %9s  %5s  %s";
};

class CsvFormat : public LedgerFormat {
 public:
  std::string Header() const override {
    return "game_id,state,reason,path,member,offset,moves,duplicate_of,duplicate_of_path,"
           "detail,duplicate_kind,source_removed\r\n";
  }
  std::string Row(const v1::LedgerEntry& entry) override {
    const v1::LedgerRow& row = entry.row();
    return absl::StrCat(row.game_id(), ",", GameStateName(row.state()), ",", Field(row.reason()),
                        ",", Field(entry.path()), ",", Field(entry.member()), ",",
                        FileOffset(entry), ",", row.moves(), ",",
                        IsDuplicate(entry) ? absl::StrCat(entry.duplicate_of()) : "", ",") +
           absl::StrCat(Field(entry.duplicate_of_path()), ",", Field(row.detail()), ",",
                        DuplicateKindName(entry.duplicate_kind()), ",",
                        entry.source_removed() ? "yes" : "", "\r\n");
  }
  std::string Footer() const override { return ""; }

 private:
  static std::string Field(const std::string& text) {
    if (text.find_first_of("\",\r\n") == std::string::npos) return text;
    return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
  }
};

class JsonFormat : public LedgerFormat {
 public:
  std::string Header() const override { return "["; }
  std::string Row(const v1::LedgerEntry& entry) override {
    const v1::LedgerRow& row = entry.row();
    nlohmann::ordered_json json = {{"game_id", row.game_id()},
                                   {"state", GameStateName(row.state())},
                                   {"reason", row.reason()},
                                   {"path", entry.path()},
                                   {"member", entry.member()},
                                   {"offset", FileOffset(entry)},
                                   {"moves", row.moves()},
                                   {"duplicate_of", nullptr},
                                   {"duplicate_of_path", entry.duplicate_of_path()},
                                   {"detail", row.detail()},
                                   {"duplicate_kind", nullptr},
                                   {"source_removed", entry.source_removed()}};
    if (IsDuplicate(entry)) {
      json["duplicate_of"] = entry.duplicate_of();
      json["duplicate_kind"] = DuplicateKindName(entry.duplicate_kind());
    }
    const char* separator = first_ ? "\n" : ",\n";
    first_ = false;
    return separator + DumpJson(json);
  }
  std::string Footer() const override { return "\n]\n"; }

 private:
  bool first_ = true;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LedgerFormat>> MakeLedgerFormat(const std::string& name) {
  if (name == "table") return std::make_unique<TableFormat>();
  if (name == "csv") return std::make_unique<CsvFormat>();
  if (name == "json") return std::make_unique<JsonFormat>();
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is no ledger format; it is table, csv or json"));
}

std::string GameStateName(v1::GameState state) {
  const std::string name = WordOf(v1::GameState_Name(state), "GAME_STATE_");
  return name.empty() ? absl::StrCat(state) : name;
}

std::string DuplicateKindName(v1::DuplicateKind kind) {
  if (kind == v1::DUPLICATE_KIND_UNSPECIFIED) return "";
  return WordOf(v1::DuplicateKind_Name(kind), "DUPLICATE_KIND_");
}

absl::StatusOr<v1::GameState> GameStateFromName(const std::string& name) {
  v1::GameState state;
  if (v1::GameState_Parse("GAME_STATE_" + absl::AsciiStrToUpper(name), &state) &&
      state != v1::GAME_STATE_UNSPECIFIED) {
    return state;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is no state; it is accepted, duplicate, filtered, rejected, ",
                   "quarantined or pending"));
}

}  // namespace moyo::cli
