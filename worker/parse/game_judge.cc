#include "worker/parse/game_judge.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/text.h"

namespace moyo::worker {
namespace {

constexpr size_t kMaxDetailBytes = 200;
constexpr size_t kMaxOffendingBytes = 24;
constexpr uint32_t kMaxColumnMoves = 65535;  // a shard counts a game's moves in 16 bits

std::string Detail(sgf::Reason reason, std::string_view bytes) {
  std::string detail = sgf::ReasonSentence(reason);
  if (!bytes.empty()) absl::StrAppend(&detail, ": ", EscapeBytes(bytes, kMaxOffendingBytes));
  if (detail.size() > kMaxDetailBytes) detail.resize(kMaxDetailBytes);
  return detail;
}

void Refuse(LedgerRow& row, GameState state, sgf::Reason reason, std::string_view bytes = {}) {
  row.state = state;
  row.reason = sgf::ReasonName(reason);
  row.detail = Detail(reason, bytes);
  row.moves = 0;
}

void AddNotes(const GameNotes& notes, std::string& detail) {
  const auto add = [&detail](uint64_t count, const char* what) {
    if (count != 0) absl::StrAppend(&detail, detail.empty() ? "" : "; ", what, ": ", count);
  };
  add(notes.same_colour, "same colour twice");
  add(notes.superko, "position repeated");
  add(notes.variations, "variations left aside");
  if (detail.size() > kMaxDetailBytes) detail.resize(kMaxDetailBytes);
}

size_t SameColourTwice(const std::vector<go::Move>& moves) {
  size_t count = 0;
  for (size_t i = 1; i < moves.size(); ++i) count += moves[i].color == moves[i - 1].color;
  return count;
}

ParseOptions Bounded(ParseOptions options) {
  options.filter.max_moves = std::min(options.filter.max_moves, kMaxColumnMoves);
  return options;
}

}  // namespace

LedgerRow NoGameRow(std::string_view first_bytes) {
  LedgerRow row;
  Refuse(row, GameState::kRejected, sgf::Reason::kNoGame, first_bytes.substr(0, kNoGameBytes));
  return row;
}

LedgerRow UnreadableSourceRow(std::string_view detail) {
  LedgerRow row;
  row.reason = sgf::ReasonName(sgf::Reason::kSourceUnreadable);
  row.detail = EscapeBytes(detail, kMaxDetailBytes).substr(0, kMaxDetailBytes);
  return row;
}

LedgerRow ChangedSourceRow(uint64_t expected, uint64_t found) {
  LedgerRow row;
  row.reason = sgf::ReasonName(sgf::Reason::kSourceChanged);
  row.detail = absl::StrCat(sgf::ReasonSentence(sgf::Reason::kSourceChanged), ": expected ",
                            expected, ", found ", found);
  return row;
}

GameJudge::GameJudge(const ParseOptions& options)
    : options_(Bounded(options)), filter_(options_.filter) {}

LedgerRow GameJudge::Judge(const sgf::GameSpan& span, std::string_view text) {
  LedgerRow row;
  row.byte_offset = span.begin;
  if (span.end - span.begin > options_.max_game_bytes) {
    Refuse(row, GameState::kRejected, sgf::Reason::kGameTooLarge);
    return row;
  }
  sgf::ReadResult read = reader_.Read(text, game_);
  const sgf::Issue& issue = read.issue;
  uint32_t superko = 0;
  if (read.readable) {
    const GameFilter::Verdict verdict = filter_.CheckHeader(game_, reader_.header(), text);
    if (verdict.reason != sgf::Reason::kNone) {
      Refuse(row, GameState::kFiltered, verdict.reason, verdict.bytes);
      return row;
    }
    superko = CutAtIllegalMove(read);
  }
  const bool cut = issue.reason != sgf::Reason::kNone;
  const size_t moves = game_.moves.size();
  if (cut) row.byte_offset = span.begin + issue.offset;
  if (cut && (!read.readable || moves < std::max(options_.min_moves, 1u))) {
    Refuse(row, GameState::kRejected, issue.reason, issue.bytes);
    return row;
  }
  if (moves == 0) {
    Refuse(row, GameState::kRejected, sgf::Reason::kNoMoves);
    return row;
  }
  if (const auto verdict = filter_.CheckMoves(moves); verdict.reason != sgf::Reason::kNone) {
    Refuse(row, GameState::kFiltered, verdict.reason, verdict.bytes);
    return row;
  }
  if (cut) Refuse(row, GameState::kAccepted, issue.reason, issue.bytes);
  if (!cut) row.byte_offset = 0;
  notes_ = {SameColourTwice(game_.moves), superko, read.variations};
  AddNotes(notes_, row.detail);
  row.state = GameState::kAccepted;
  row.moves = static_cast<uint32_t>(moves);
  go::Identify(game_, row.identity);
  return row;
}

uint32_t GameJudge::CutAtIllegalMove(sgf::ReadResult& read) {
  const go::ReplayResult replay = replayer_.Replay(game_);
  if (!replay.setup_ok) {
    read.issue = {sgf::Reason::kSetupNoLiberty, 0, {}};
    read.readable = false;
    return 0;
  }
  if (replay.legal_moves == game_.moves.size()) return replay.superko_repeats;
  read.issue = {sgf::ReasonOf(replay.legality), reader_.MoveOffset(replay.legal_moves),
                std::string(reader_.MoveBytes(replay.legal_moves))};
  game_.moves.resize(replay.legal_moves);
  return replay.superko_repeats;
}

}  // namespace moyo::worker
