// The dataset report: what `moyo survey` found, in numbers. Plain data; survey_text.h and
// survey_json.h render it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/survey/game_facts.h"
#include "cli/survey/name_counter.h"
#include "cli/survey/seen_games.h"
#include "common/go/types.h"
#include "common/sgf/text_encoding.h"

namespace moyo::cli {

// One game or source as an instance of something.
struct Example {
  std::string path;
  std::string member;
  uint64_t byte_offset = 0;  // in the file or member
  std::string detail;        // the reason in words with the offending bytes
};

inline constexpr size_t kMaxExamples = 3;  // the first ones in catalogue order

struct Tally {
  uint64_t games = 0;
  std::vector<Example> examples;  // at most kMaxExamples
};
using Reasons = std::map<std::string, Tally>;  // by sgf::ReasonName

struct SourceCounts {
  uint64_t sources = 0;     // files and archive members, all kinds below together
  uint64_t one_game = 0;    // SGF
  uint64_t many_games = 0;  // SGF
  uint64_t lists = 0;
  uint64_t without_game = 0;
  uint64_t unreadable = 0;  // a damaged archive is one, for the members that cannot be read
  uint64_t members = 0;     // of archives, among the sources
  uint64_t archives = 0;    // whose members were read
};

// How a game ended, as far as the record says.
struct ResultKey {
  go::Winner winner = go::Winner::kUnknown;
  enum class By : uint8_t { kUnsaid, kResignation, kPoints } by = By::kUnsaid;
  friend auto operator<=>(const ResultKey&, const ResultKey&) = default;
};

template <typename Key>
using Counts = std::map<Key, uint64_t>;

// The maps count accepted games without their copies: what a dataset of these files would hold.
struct SurveyReport {
  SourceCounts sources;

  // The ledger: found = accepted + duplicates + filtered + rejected.
  uint64_t found = 0;
  uint64_t accepted = 0;
  uint64_t filtered = 0;
  uint64_t rejected = 0;
  Tally identical;               // copies of an earlier game, move for move
  Tally symmetric;               // copies of an earlier game, mirrored or turned
  bool duplicates_known = true;  // false: too many games to remember all of them
  uint64_t truncated = 0;        // among the accepted
  Reasons truncated_by, filtered_by, rejected_by;

  uint64_t positions = 0;  // moves of accepted games
  Counts<int> board_size;
  Counts<int> year;  // 0: not told
  Counts<go::Ruleset> ruleset;
  Counts<ResultKey> result;
  Counts<int> komi_half_points;  // of games that tell their komi
  uint64_t komi_unsaid = 0;
  Counts<int> handicap;  // stones
  Counts<int> rank;      // of players, two a game; as go::GameInfo
  Counts<uint32_t> length;
  Counts<sgf::TextEncoding> encoding;

  uint64_t same_colour_twice = 0;
  uint64_t superko = 0;     // games in which a position repeats
  uint64_t variations = 0;  // games with variations left aside
  uint64_t setup = 0;       // games with stones set up before the first move
  uint64_t white_first = 0;

  // The most frequent players with the number of their games.
  std::vector<std::pair<std::string, uint64_t>> players;
  uint64_t players_undercount = 0;  // each of those numbers may be too low by this

  uint64_t duplicates() const { return identical.games + symmetric.games; }
};

struct ReportOptions {
  uint64_t limit = 0;  // of rows; 0: none
  uint64_t remembered_games = uint64_t{1} << 26;
  size_t remembered_players = 1 << 15;
  size_t top_players = 20;
};

// Counts rows, which come in catalogue order. Memory: 15 to 22 bytes a different game, besides a
// few MiB. Not thread-safe.
class ReportBuilder {
 public:
  explicit ReportBuilder(const ReportOptions& options)
      : options_(options), seen_(options.remembered_games), players_(options.remembered_players) {}

  // False when the limit is reached; the rest is not to be added.
  bool Add(const GameFacts& facts);
  SurveyReport Finish();
  uint64_t rows() const { return report_.found; }
  uint64_t games() const { return games_; }  // rows that are games

 private:
  void CountSource(const GameFacts& facts);
  void EndSource();
  void CountAccepted(const GameFacts& facts);
  void CountKept(const GameFacts& facts);

  const ReportOptions options_;
  SurveyReport report_;
  SeenGames seen_;
  NameCounter players_;
  uint64_t games_ = 0;
  // The source of the last row.
  SourcePtr source_;
  uint64_t source_games_ = 0;
  bool source_is_list_ = false;
  bool source_is_unreadable_ = false;
  std::string last_archive_;
};

}  // namespace moyo::cli
