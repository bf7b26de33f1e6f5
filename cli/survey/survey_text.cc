#include "cli/survey/survey_text.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/survey/survey_lengths.h"
#include "cli/survey/survey_words.h"
#include "common/base/text.h"

namespace moyo::cli {
namespace {

constexpr size_t kColumns = 100;
constexpr size_t kTitleColumns = 12;
constexpr size_t kMaxItems = 24;  // of one kind; the rest is summed up
constexpr size_t kMaxYears = 20;  // more are shown as decades

// "19x19 14,890 (99.9%)"
struct Item {
  std::string word;
  uint64_t count = 0;
};

std::string Share(uint64_t part, uint64_t whole) {
  if (whole == 0) return "";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && percent < 0.1) return " (<0.1%)";
  return absl::StrFormat(" (%.1f%%)", percent);
}

// A title and what follows it, broken into lines between the pieces.
void Row(std::string& out, std::string_view title, const std::vector<std::string>& pieces) {
  absl::StrAppendFormat(&out, "%-*s", static_cast<int>(kTitleColumns),
                        absl::string_view(title.data(), title.size()));
  size_t column = kTitleColumns;
  for (const std::string& piece : pieces) {
    if (column > kTitleColumns && column + 3 + piece.size() > kColumns) {
      absl::StrAppend(&out, "\n", std::string(kTitleColumns, ' '));
      column = kTitleColumns;
    }
    if (column > kTitleColumns) {
      out += "   ";
      column += 3;
    }
    absl::StrAppend(&out, " ", piece);
    column += piece.size() + 1;
  }
  out += '\n';
}

void Row(std::string& out, std::string_view title, std::vector<Item> items, uint64_t whole) {
  uint64_t others = 0;
  for (size_t i = kMaxItems; i < items.size(); ++i) others += items[i].count;
  if (items.size() > kMaxItems) {
    const size_t kinds = items.size() - kMaxItems;
    items.resize(kMaxItems);
    items.push_back({absl::StrCat(kinds, " others"), others});
  }
  std::vector<std::string> pieces;
  for (const Item& item : items) {
    pieces.push_back(
        absl::StrCat(item.word, " ", WithCommas(item.count), Share(item.count, whole)));
  }
  if (!pieces.empty()) Row(out, title, pieces);
}

template <typename Key, typename Word>
std::vector<Item> Items(const Counts<Key>& counts, Word word) {
  std::vector<Item> items;
  for (const auto& [key, count] : counts) items.push_back({word(key), count});
  return items;
}

std::vector<Item> ByCount(std::vector<Item> items) {
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.count > b.count; });
  return items;
}

std::vector<Item> UnknownLast(std::vector<Item> items) {
  std::stable_partition(items.begin(), items.end(),
                        [](const Item& item) { return item.word != "unknown"; });
  return items;
}

std::vector<Item> Years(const Counts<int>& years) {
  if (years.size() <= kMaxYears) return UnknownLast(Items(years, YearWord));
  Counts<int> decades;
  for (const auto& [year, count] : years) decades[year / 10 * 10] += count;
  return UnknownLast(Items(
      decades, [](int decade) { return decade == 0 ? "unknown" : absl::StrCat(decade, "s"); }));
}

// The strongest first.
std::vector<Item> Ranks(const Counts<int>& ranks) {
  std::vector<Item> items = Items(ranks, RankWord);
  std::reverse(items.begin(), items.end());
  return UnknownLast(std::move(items));
}

std::vector<Item> Komi(const SurveyReport& report) {
  std::vector<Item> items = Items(report.komi_half_points, KomiWord);
  if (report.komi_unsaid > 0) items.push_back({"unknown", report.komi_unsaid});
  return ByCount(std::move(items));
}

void AppendLedger(const SurveyOutcome& outcome, std::string& out) {
  const SurveyReport& report = outcome.report;
  Row(out, "games",
      {absl::StrCat(WithCommas(report.found), " found = ", WithCommas(report.accepted),
                    " accepted + ", WithCommas(report.duplicates()), " duplicate + ",
                    WithCommas(report.filtered), " filtered + ", WithCommas(report.rejected),
                    " rejected")});
  Row(out, "positions",
      {absl::StrCat(WithCommas(report.positions), " in accepted games (",
                    WithCommas(report.truncated), " of them cut at damage)")});
  const SourceCounts& sources = report.sources;
  std::vector<Item> kinds = {{"SGF of one game", sources.one_game},
                             {"SGF of many games", sources.many_games},
                             {"lists", sources.lists},
                             {"without a game", sources.without_game},
                             {"unreadable", sources.unreadable}};
  std::erase_if(kinds, [](const Item& kind) { return kind.count == 0; });
  std::vector<std::string> pieces = {
      absl::StrCat(WithCommas(sources.sources), " in ", HumanBytes(outcome.file_bytes), ":")};
  for (const Item& kind : kinds) {
    pieces.push_back(absl::StrCat(WithCommas(kind.count), " ", kind.word));
  }
  if (sources.members > 0) {
    pieces.push_back(absl::StrCat("(", WithCommas(sources.members), " members of ",
                                  WithCommas(sources.archives), " archives)"));
  }
  Row(out, "sources", pieces);
}

void AppendDistributions(const SurveyReport& report, std::string& out) {
  const uint64_t games = report.accepted;
  Row(out, "size", ByCount(Items(report.board_size, BoardSizeWord)), games);
  Row(out, "year", Years(report.year), games);
  Row(out, "rank", Ranks(report.rank), 2 * games);
  Row(out, "rules", ByCount(Items(report.ruleset, RulesetWord)), games);
  Row(out, "result", ByCount(Items(report.result, ResultWord)), games);
  Row(out, "komi", Komi(report), games);
  Row(out, "handicap", Items(report.handicap, [](int stones) { return absl::StrCat(stones); }),
      games);
  const LengthSummary lengths = SummarizeLengths(report.length);
  Row(out, "moves",
      {absl::StrFormat("%d to %d, median %d, mean %.1f", lengths.least, lengths.most,
                       lengths.median, lengths.mean)});
  Row(out, "",
      Items(lengths.from,
            [](uint32_t from) { return absl::StrCat(from, "-", from + kLengthStep - 1, ":"); }),
      games);
  Row(out, "encoding", ByCount(Items(report.encoding, sgf::EncodingName)), games);
  std::vector<Item> peculiar = {{"same colour twice running", report.same_colour_twice},
                                {"a repeated position (superko)", report.superko},
                                {"variations", report.variations},
                                {"setup stones", report.setup},
                                {"White first", report.white_first}};
  std::erase_if(peculiar, [](const Item& item) { return item.count == 0; });
  Row(out, "games with", peculiar, games);
}

void AppendPlayers(const SurveyReport& report, std::string& out) {
  std::vector<std::string> pieces;
  for (const auto& [name, games] : report.players) {
    pieces.push_back(absl::StrCat(Printable(name), " ", WithCommas(games)));
  }
  if (report.players_undercount > 0) {
    pieces.push_back(absl::StrCat("(each up to ", WithCommas(report.players_undercount),
                                  " more: there are many players)"));
  }
  if (!pieces.empty()) Row(out, "players", pieces);
}

void AppendTally(std::string_view title, const Tally& tally, std::string& out) {
  if (tally.games == 0) return;
  absl::StrAppend(&out, "  ", absl::string_view(title.data(), title.size()), " ",
                  WithCommas(tally.games), "\n");
  for (const Example& example : tally.examples) {
    std::string place = Printable(example.path);
    if (!example.member.empty()) absl::StrAppend(&place, "!", Printable(example.member));
    absl::StrAppend(&out, "    ", place, " at byte ", WithCommas(example.byte_offset),
                    example.detail.empty() ? "" : ": ", example.detail, "\n");
  }
}

void AppendReasons(std::string_view title, const Reasons& reasons, std::string& out) {
  if (reasons.empty()) return;
  absl::StrAppend(&out, absl::string_view(title.data(), title.size()), "\n");
  for (const auto& [reason, tally] : reasons) AppendTally(reason, tally, out);
}

}  // namespace

std::string SurveyText(const SurveyOutcome& outcome) {
  const SurveyReport& report = outcome.report;
  std::string out;
  AppendLedger(outcome, out);
  if (report.accepted > 0) {
    out += '\n';
    AppendDistributions(report, out);
    AppendPlayers(report, out);
  }
  out += '\n';
  if (report.duplicates() > 0) {
    out += "copies of an earlier game\n";
    AppendTally("identical", report.identical, out);
    AppendTally("mirrored or turned", report.symmetric, out);
  }
  if (!report.duplicates_known) out += "too many games to find all copies among them\n";
  AppendReasons("cut at damage", report.truncated_by, out);
  AppendReasons("filtered", report.filtered_by, out);
  AppendReasons("rejected", report.rejected_by, out);
  return out;
}

}  // namespace moyo::cli
