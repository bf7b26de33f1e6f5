#include "worker/parse/parse_job.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/text.h"

namespace moyo::worker {
namespace {

constexpr size_t kMaxDetailBytes = 200;
constexpr size_t kMaxOffendingBytes = 24;
constexpr uint32_t kMaxColumnMoves = 65535;  // a shard counts a game's moves in 16 bits

sgf::Reason ReasonOf(go::Legality legality) {
  switch (legality) {
    case go::Legality::kLegal:
      return sgf::Reason::kNone;
    case go::Legality::kOffBoard:
      return sgf::Reason::kMoveOffBoard;
    case go::Legality::kOccupied:
      return sgf::Reason::kMoveOccupied;
    case go::Legality::kKo:
      return sgf::Reason::kMoveKo;
    case go::Legality::kSuicide:
      return sgf::Reason::kMoveSuicide;
  }
  return sgf::Reason::kNone;
}

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

// What was kept as it stood although a reader may not expect it.
struct Notes {
  size_t same_colour = 0;  // moves by the colour that moved before
  uint32_t superko = 0;    // positions that stood before
  uint32_t variations = 0;
};

void AddNotes(const Notes& notes, std::string& detail) {
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

ParseJob::ParseJob(const ParseOptions& options, std::atomic<uint64_t>* games_parsed)
    : options_(Bounded(options)), filter_(options_.filter), games_parsed_(games_parsed) {}

void ParseJob::AddSource(std::string_view bytes, uint64_t first_game, uint32_t expected_games) {
  const std::vector<sgf::GameSpan> spans = sgf::SplitGames(bytes);
  if (spans.empty() && expected_games == 1) {
    RejectAll(first_game, 1, sgf::Reason::kNoGame,
              Detail(sgf::Reason::kNoGame, bytes.substr(0, 40)));
    return;
  }
  if (spans.size() != expected_games) {
    RejectAll(first_game, expected_games, sgf::Reason::kSourceChanged,
              absl::StrCat(sgf::ReasonSentence(sgf::Reason::kSourceChanged), ": expected ",
                           expected_games, ", found ", spans.size()));
    return;
  }
  for (size_t i = 0; i < spans.size(); ++i) AddRow(ParseGame(bytes, spans[i], first_game + i));
}

void ParseJob::AddUnreadableSource(uint64_t first_game, uint32_t games, std::string_view detail) {
  RejectAll(first_game, games, sgf::Reason::kSourceUnreadable,
            EscapeBytes(detail, kMaxDetailBytes));
}

LedgerRow ParseJob::ParseGame(std::string_view source, const sgf::GameSpan& span,
                              uint64_t game_id) {
  const std::string_view text = source.substr(span.begin, span.end - span.begin);
  LedgerRow row;
  row.game_id = game_id;
  row.byte_offset = span.begin;
  if (text.size() > options_.max_game_bytes) {
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
  AddNotes({SameColourTwice(game_.moves), superko, read.variations}, row.detail);
  Accept(row);
  return row;
}

void ParseJob::Accept(LedgerRow& row) {
  row.state = GameState::kAccepted;
  row.moves = static_cast<uint32_t>(game_.moves.size());
  row.shard_row = static_cast<uint32_t>(columns_.games());
  go::Identify(game_, row.identity);
  columns_.Append(game_, row.identity.hash);
}

uint32_t ParseJob::CutAtIllegalMove(sgf::ReadResult& read) {
  const go::ReplayResult replay = replayer_.Replay(game_);
  if (!replay.setup_ok) {
    read.issue = {sgf::Reason::kSetupNoLiberty, 0, {}};
    read.readable = false;
    return 0;
  }
  if (replay.legal_moves == game_.moves.size()) return replay.superko_repeats;
  read.issue = {ReasonOf(replay.legality), reader_.MoveOffset(replay.legal_moves),
                std::string(reader_.MoveBytes(replay.legal_moves))};
  game_.moves.resize(replay.legal_moves);
  return replay.superko_repeats;
}

void ParseJob::RejectAll(uint64_t first_game, uint32_t games, sgf::Reason reason,
                         std::string_view detail) {
  for (uint32_t i = 0; i < games; ++i) {
    LedgerRow row;
    row.game_id = first_game + i;
    row.reason = sgf::ReasonName(reason);
    row.detail = detail.substr(0, kMaxDetailBytes);
    AddRow(std::move(row));
  }
}

void ParseJob::AddRow(LedgerRow row) {
  rows_.push_back(std::move(row));
  if (games_parsed_ != nullptr) games_parsed_->store(rows_.size(), std::memory_order_relaxed);
}

}  // namespace moyo::worker
