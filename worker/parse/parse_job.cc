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
}

}  // namespace

ParseJob::ParseJob(const ParseOptions& options, std::atomic<uint64_t>* games_parsed)
    : options_{options.min_moves, std::min(options.max_moves, kMaxColumnMoves),
               options.max_game_bytes, options.board_size},
      games_parsed_(games_parsed) {}

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
  if (read.readable) {
    if (options_.board_size != 0 && game_.info.board_size != options_.board_size) {
      Refuse(row, GameState::kFiltered, sgf::Reason::kBoardSizeFiltered,
             absl::StrCat(game_.info.board_size));
      return row;
    }
    CutAtIllegalMove(text, read);
  }
  const sgf::Issue& issue = read.issue;
  const bool cut = issue.reason != sgf::Reason::kNone;
  row.moves = static_cast<uint32_t>(game_.moves.size());
  if (cut) row.byte_offset = span.begin + issue.offset;
  if (cut && (!read.readable || row.moves < std::max(options_.min_moves, 1u))) {
    Refuse(row, GameState::kRejected, issue.reason, issue.bytes);
    row.moves = 0;
  } else if (row.moves == 0) {
    Refuse(row, GameState::kRejected, sgf::Reason::kNoMoves);
  } else if (row.moves > options_.max_moves) {
    Refuse(row, GameState::kFiltered, sgf::Reason::kTooManyMoves, absl::StrCat(row.moves));
    row.moves = 0;
  } else {
    if (cut) Refuse(row, GameState::kAccepted, issue.reason, issue.bytes);
    if (!cut) row.byte_offset = 0;
    row.state = GameState::kAccepted;
    row.shard_row = static_cast<uint32_t>(columns_.games());
    go::Identify(game_, row.identity);
    columns_.Append(game_, row.identity.hash);
  }
  return row;
}

void ParseJob::CutAtIllegalMove(std::string_view text, sgf::ReadResult& read) {
  const go::ReplayResult replay = replayer_.Replay(game_);
  if (!replay.setup_ok) {
    read.issue = {sgf::Reason::kSetupNoLiberty, 0, {}};
    read.readable = false;
    return;
  }
  if (replay.legal_moves == game_.moves.size()) return;
  const uint64_t offset = reader_.MoveOffset(replay.legal_moves);
  read.issue = {ReasonOf(replay.legality), offset, std::string(text.substr(offset, 5))};
  game_.moves.resize(replay.legal_moves);
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
