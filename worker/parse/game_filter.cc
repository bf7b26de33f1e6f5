#include "worker/parse/game_filter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/sgf/header_values.h"

namespace moyo::worker {
namespace {

using sgf::Reason;

GameFilterOptions WithSmallLetters(GameFilterOptions options) {
  for (std::string& player : options.players) absl::AsciiStrToLower(&player);
  return options;
}

// HA, or without it the stones that Black alone was given.
uint32_t HandicapOf(const go::GameRecord& game) {
  if (game.info.handicap != 0) return game.info.handicap;
  const bool black_only =
      std::all_of(game.setup.begin(), game.setup.end(),
                  [](const go::Setup& stone) { return stone.color == go::Color::kBlack; });
  return black_only ? static_cast<uint32_t>(game.setup.size()) : 0;
}

}  // namespace

absl::Status CheckMachine(const GameFilterOptions& options, sgf::CharsetSupport charsets) {
  if (options.players.empty() || charsets == sgf::CharsetSupport::kComplete) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      "the run's --filter-player needs charsets that this machine's C library lacks (gconv "
      "modules); start the worker on a machine or in an image that has them");
}

GameFilter::GameFilter(GameFilterOptions options)
    : options_(WithSmallLetters(std::move(options))) {}

GameFilter::Verdict GameFilter::CheckHeader(const go::GameRecord& game,
                                            const sgf::HeaderTexts& header,
                                            std::string_view text) const {
  const go::GameInfo& info = game.info;
  if (options_.board_size != 0 && info.board_size != options_.board_size) {
    return {Reason::kFilterBoardSize, absl::StrCat(info.board_size)};
  }
  if (options_.result_known && info.winner == go::Winner::kUnknown) {
    return {Reason::kFilterResult, std::string(header.result)};
  }
  if (options_.min_rank != 0 || options_.max_rank != 0) {
    if (!RankPasses(info.black_rank)) return {Reason::kFilterRank, std::string(header.black_rank)};
    if (!RankPasses(info.white_rank)) return {Reason::kFilterRank, std::string(header.white_rank)};
  }
  if (options_.min_komi_half_points || options_.max_komi_half_points) {
    if (header.komi.empty() || !KomiPasses(info.komi_half_points)) {
      return {Reason::kFilterKomi, std::string(header.komi)};
    }
  }
  if (!HandicapPasses(game)) return {Reason::kFilterHandicap, std::string(header.handicap)};
  if (!options_.rulesets.empty() &&
      std::count(options_.rulesets.begin(), options_.rulesets.end(), info.ruleset) == 0) {
    return {Reason::kFilterRuleset, std::string(header.ruleset)};
  }
  if (!DatePasses(header.date)) return {Reason::kFilterDate, std::string(header.date)};
  if (!options_.players.empty() && !PlayersPass(header, text)) {
    return {Reason::kFilterPlayer, std::string(header.black_name)};
  }
  return {};
}

GameFilter::Verdict GameFilter::CheckMoves(uint64_t moves) const {
  if (moves < options_.min_moves) return {Reason::kFilterMinMoves, absl::StrCat(moves)};
  if (moves > options_.max_moves) return {Reason::kFilterMaxMoves, absl::StrCat(moves)};
  return {};
}

bool GameFilter::RankPasses(int8_t rank) const {
  if (rank == 0) return false;
  return (options_.min_rank == 0 || rank >= options_.min_rank) &&
         (options_.max_rank == 0 || rank <= options_.max_rank);
}

// Every day that the date may mean must lie in the range.
bool GameFilter::DatePasses(std::string_view text) const {
  if (options_.first_date == 0 && options_.last_date == 0) return true;
  const sgf::Date date = sgf::ParseDate(text);
  if (date.year == 0) return false;
  const auto day_number = [&date](uint32_t month, uint32_t day) {
    return date.year * 10000u + (date.month != 0 ? date.month : month) * 100u +
           (date.day != 0 ? date.day : day);
  };
  return day_number(1, 1) >= options_.first_date &&
         (options_.last_date == 0 || day_number(12, 31) <= options_.last_date);
}

bool GameFilter::KomiPasses(int half_points) const {
  return half_points >= options_.min_komi_half_points.value_or(half_points) &&
         half_points <= options_.max_komi_half_points.value_or(half_points);
}

bool GameFilter::HandicapPasses(const go::GameRecord& game) const {
  if (!options_.min_handicap && !options_.max_handicap) return true;
  const uint32_t handicap = HandicapOf(game);
  return handicap >= options_.min_handicap.value_or(handicap) &&
         handicap <= options_.max_handicap.value_or(handicap);
}

bool GameFilter::PlayersPass(const sgf::HeaderTexts& header, std::string_view text) const {
  const sgf::TextEncoding encoding = sgf::DetectEncoding(text, header.charset);
  for (std::string_view raw : {header.black_name, header.white_name}) {
    const std::string name = absl::AsciiStrToLower(sgf::SimpleText(sgf::ToUtf8(raw, encoding)));
    for (const std::string& player : options_.players) {
      if (absl::StrContains(name, player)) return true;
    }
  }
  return false;
}

}  // namespace moyo::worker
