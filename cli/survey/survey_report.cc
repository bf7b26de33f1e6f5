#include "cli/survey/survey_report.h"

#include <utility>

namespace moyo::cli {
namespace {

void Count(Tally& tally, const GameFacts& facts, uint64_t byte_offset, const std::string& detail) {
  ++tally.games;
  if (tally.examples.size() == kMaxExamples) return;
  tally.examples.push_back({facts.source->path, facts.source->member, byte_offset, detail});
}

void CountReason(Reasons& reasons, const GameFacts& facts) {
  Count(reasons[std::string(facts.row.reason)], facts, facts.row.byte_offset, facts.row.detail);
}

void CountCopy(Tally& tally, const GameFacts& facts) { Count(tally, facts, facts.begin, ""); }

ResultKey ResultOf(const go::GameInfo& info) {
  using By = ResultKey::By;
  if (info.by_resignation) return {info.winner, By::kResignation};
  return {info.winner, info.margin_half_points != 0 ? By::kPoints : By::kUnsaid};
}

bool IsGame(const GameFacts& facts) {
  return facts.row.reason != sgf::ReasonName(sgf::Reason::kNoGame) &&
         facts.row.reason != sgf::ReasonName(sgf::Reason::kSourceUnreadable);
}

}  // namespace

bool ReportBuilder::Add(const GameFacts& facts) {
  ++report_.found;
  CountSource(facts);
  switch (facts.row.state) {
    case worker::GameState::kAccepted:
      CountAccepted(facts);
      break;
    case worker::GameState::kFiltered:
      ++report_.filtered;
      CountReason(report_.filtered_by, facts);
      break;
    case worker::GameState::kRejected:
      ++report_.rejected;
      CountReason(report_.rejected_by, facts);
      break;
  }
  return options_.limit == 0 || report_.found < options_.limit;
}

SurveyReport ReportBuilder::Finish() {
  EndSource();
  report_.duplicates_known = !seen_.full();
  report_.players = players_.Top(options_.top_players);
  report_.players_undercount = players_.undercount();
  return std::move(report_);
}

void ReportBuilder::CountSource(const GameFacts& facts) {
  if (facts.source != source_) {
    EndSource();
    source_ = facts.source;
    source_games_ = 0;
    source_is_list_ = source_is_unreadable_ = false;
    if (!source_->member.empty()) {
      ++report_.sources.members;
      // Members of one archive come together.
      if (source_->path != last_archive_) ++report_.sources.archives;
      last_archive_ = source_->path;
    }
  }
  if (IsGame(facts)) {
    ++source_games_;
    ++games_;
  }
  source_is_list_ = source_is_list_ || facts.is_list_line;
  source_is_unreadable_ = facts.row.reason == sgf::ReasonName(sgf::Reason::kSourceUnreadable);
}

void ReportBuilder::EndSource() {
  if (source_ == nullptr) return;
  SourceCounts& counts = report_.sources;
  ++counts.sources;
  if (source_is_unreadable_) {
    ++counts.unreadable;
  } else if (source_games_ == 0) {
    ++counts.without_game;
  } else if (source_is_list_) {
    ++counts.lists;
  } else if (source_games_ == 1) {
    ++counts.one_game;
  } else {
    ++counts.many_games;
  }
}

void ReportBuilder::CountAccepted(const GameFacts& facts) {
  switch (seen_.Add(facts.row.identity)) {
    case SeenGames::Answer::kIdentical:
      return CountCopy(report_.identical, facts);
    case SeenGames::Answer::kSymmetric:
      return CountCopy(report_.symmetric, facts);
    case SeenGames::Answer::kNew:
      return CountKept(facts);
  }
}

void ReportBuilder::CountKept(const GameFacts& facts) {
  const go::GameInfo& info = facts.info;
  ++report_.accepted;
  if (!facts.row.reason.empty()) {
    ++report_.truncated;
    CountReason(report_.truncated_by, facts);
  }
  report_.positions += facts.row.moves;
  ++report_.board_size[info.board_size];
  ++report_.year[info.year];
  ++report_.ruleset[info.ruleset];
  ++report_.result[ResultOf(info)];
  if (facts.has_komi) {
    ++report_.komi_half_points[info.komi_half_points];
  } else {
    ++report_.komi_unsaid;
  }
  ++report_.handicap[info.handicap];
  ++report_.rank[info.black_rank];
  ++report_.rank[info.white_rank];
  ++report_.length[facts.row.moves];
  ++report_.encoding[facts.encoding];
  report_.same_colour_twice += facts.notes.same_colour > 0;
  report_.superko += facts.notes.superko > 0;
  report_.variations += facts.notes.variations > 0;
  report_.setup += facts.has_setup;
  report_.white_first += facts.is_white_first;
  if (!facts.black_name.empty()) players_.Add(facts.black_name);
  if (!facts.white_name.empty()) players_.Add(facts.white_name);
}

}  // namespace moyo::cli
