#include "common/sgf/game_stream.h"

namespace moyo::sgf {

void GameStream::Feed(std::string_view bytes) {
  splitter_.Feed(bytes);
  Piece piece{offset_, bytes};
  Piece older{kept_begin_, kept_};
  if (!kept_.empty() && kept_begin_ + kept_.size() == offset_) {
    kept_ += bytes;
    piece = {kept_begin_, kept_};
    older = {};
  }
  offset_ += bytes.size();
  HandOn(older, piece);
  Keep(piece);
}

void GameStream::Finish() {
  splitter_.Finish();
  HandOn({kept_begin_, kept_}, {offset_, {}});
  kept_.clear();
}

void GameStream::HandOn(const Piece& older, const Piece& piece) {
  for (const GameSpan& span : splitter_.spans()) {
    ++games_;
    std::string_view text;
    if (span.end - span.begin <= max_game_bytes_) {
      const Piece& holder = older.Holds(span) ? older : piece;
      text = holder.bytes.substr(span.begin - holder.begin, span.end - span.begin);
    }
    receive_(span, text);
  }
  splitter_.spans().clear();
}

// A begun span is worth keeping while it may still end within the limit. An open game ends before
// the opening that is confirmed, else later than all bytes so far. So the bytes of an opening that
// goes on for too long are dropped, but not those of the game before it.
void GameStream::Keep(const Piece& piece) {
  const Splitter::Begun begun = splitter_.begun();
  const uint64_t soonest_end = begun.opening.value_or(offset_);
  const bool keep_game = begun.game && soonest_end - *begun.game <= max_game_bytes_;
  const bool keep_opening = begun.opening && offset_ - *begun.opening <= max_game_bytes_;
  if (!keep_game && !keep_opening) {
    kept_.clear();
    return;
  }
  const uint64_t from = keep_game ? *begun.game : *begun.opening;
  const uint64_t to = begun.opening && !keep_opening ? *begun.opening : offset_;
  if (kept_begin_ <= from && from < kept_begin_ + kept_.size()) {
    kept_.erase(0, from - kept_begin_);
    if (kept_.size() > to - from) kept_.resize(to - from);
  } else {
    kept_.assign(piece.bytes.substr(from - piece.begin, to - from));
  }
  kept_begin_ = from;
}

}  // namespace moyo::sgf
