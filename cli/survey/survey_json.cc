#include "cli/survey/survey_json.h"

#include <string>

#include "cli/survey/survey_lengths.h"
#include "cli/survey/survey_words.h"

namespace moyo::cli {
namespace {

using nlohmann::ordered_json;

ordered_json TallyJson(const Tally& tally) {
  ordered_json examples = ordered_json::array();
  for (const Example& example : tally.examples) {
    examples.push_back({{"path", example.path},
                        {"member", example.member},
                        {"byte_offset", example.byte_offset},
                        {"detail", example.detail}});
  }
  return {{"games", tally.games}, {"examples", std::move(examples)}};
}

ordered_json ReasonsJson(const Reasons& reasons) {
  ordered_json json = ordered_json::object();
  for (const auto& [reason, tally] : reasons) json[reason] = TallyJson(tally);
  return json;
}

template <typename Key, typename Word>
ordered_json CountsJson(const Counts<Key>& counts, Word word) {
  ordered_json json = ordered_json::object();
  for (const auto& [key, games] : counts) json[word(key)] = games;
  return json;
}

ordered_json SourcesJson(const SurveyOutcome& outcome) {
  const SourceCounts& sources = outcome.report.sources;
  return {{"found", sources.sources},
          {"one_game", sources.one_game},
          {"many_games", sources.many_games},
          {"lists", sources.lists},
          {"without_game", sources.without_game},
          {"unreadable", sources.unreadable},
          {"archive_members", sources.members},
          {"archives", sources.archives},
          {"file_bytes", outcome.file_bytes}};
}

ordered_json LengthJson(const Counts<uint32_t>& counts) {
  const LengthSummary summary = SummarizeLengths(counts);
  return {
      {"least", summary.least},
      {"median", summary.median},
      {"mean", summary.mean},
      {"most", summary.most},
      {"from", CountsJson(summary.from, [](uint32_t length) { return std::to_string(length); })}};
}

ordered_json KomiJson(const SurveyReport& report) {
  ordered_json json = CountsJson(report.komi_half_points, KomiWord);
  if (report.komi_unsaid > 0) json["unknown"] = report.komi_unsaid;
  return json;
}

ordered_json PlayersJson(const SurveyReport& report) {
  ordered_json json = ordered_json::array();
  for (const auto& [name, games] : report.players) {
    json.push_back({{"name", name}, {"games", games}});
  }
  return json;
}

}  // namespace

ordered_json SurveyJson(const SurveyOutcome& outcome) {
  const SurveyReport& report = outcome.report;
  ordered_json json;
  json["sources"] = SourcesJson(outcome);
  json["ledger"] = {{"found", report.found},
                    {"accepted", report.accepted},
                    {"duplicate", report.duplicates()},
                    {"filtered", report.filtered},
                    {"rejected", report.rejected}};
  json["truncated"] = report.truncated;
  json["positions"] = report.positions;
  json["duplicates"] = {{"identical", TallyJson(report.identical)},
                        {"symmetric", TallyJson(report.symmetric)},
                        {"complete", report.duplicates_known}};
  json["reasons"] = {{"truncated", ReasonsJson(report.truncated_by)},
                     {"filtered", ReasonsJson(report.filtered_by)},
                     {"rejected", ReasonsJson(report.rejected_by)}};
  json["board_size"] = CountsJson(report.board_size, BoardSizeWord);
  json["year"] = CountsJson(report.year, YearWord);
  json["rank"] = CountsJson(report.rank, RankWord);
  json["ruleset"] = CountsJson(report.ruleset, RulesetWord);
  json["result"] = CountsJson(report.result, ResultWord);
  json["komi"] = KomiJson(report);
  json["handicap"] = CountsJson(report.handicap, [](int stones) { return std::to_string(stones); });
  json["length"] = LengthJson(report.length);
  json["encoding"] = CountsJson(report.encoding, sgf::EncodingName);
  json["games_with"] = {{"same_colour_twice", report.same_colour_twice},
                        {"superko_repeats", report.superko},
                        {"variations", report.variations},
                        {"setup", report.setup},
                        {"white_first", report.white_first}};
  json["players"] = PlayersJson(report);
  json["players_undercount"] = report.players_undercount;
  json["seconds"] = outcome.seconds;
  return json;
}

}  // namespace moyo::cli
