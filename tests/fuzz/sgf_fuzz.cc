// Any bytes as SGF text: where the games are does not depend on how the bytes are fed, a game that
// is read lies on its board and inside its text, and what the writer makes of it reads back the
// same.
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/go/game_hash.h"
#include "common/go/replay.h"
#include "common/sgf/game_reader.h"
#include "common/sgf/game_writer.h"
#include "common/sgf/splitter.h"
#include "tests/common/go/random_game.h"
#include "tests/fuzz/require.h"

namespace moyo::fuzz {
namespace {

using Spans = std::vector<sgf::GameSpan>;

bool Same(const Spans& a, const Spans& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const sgf::GameSpan& x, const sgf::GameSpan& y) {
                      return x.begin == y.begin && x.end == y.end;
                    });
}

void CheckSpans(std::string_view bytes, const Spans& spans) {
  uint64_t at = 0;
  for (const sgf::GameSpan& span : spans) {
    Require(at <= span.begin && span.begin < span.end, "spans ascend and do not overlap");
    at = span.end;
  }
  Require(at <= bytes.size(), "spans lie in the source");
}

void CheckPieces(std::string_view bytes, const Spans& whole, std::minstd_rand& random) {
  const size_t longest = 1 + random() % 40;
  sgf::Splitter splitter;
  for (size_t at = 0; at < bytes.size();) {
    const size_t length = 1 + random() % longest;
    splitter.Feed(bytes.substr(at, length));
    at += length;
  }
  splitter.Finish();
  Require(Same(whole, splitter.spans()), "spans do not depend on the pieces");
}

// The server cuts large sources at spans.
void CheckCut(std::string_view bytes, const Spans& whole, std::minstd_rand& random) {
  if (whole.empty()) return;
  const size_t first = random() % whole.size();
  const size_t last = first + random() % (whole.size() - first);
  const uint64_t from = whole[first].begin;
  Spans again = sgf::SplitGames(bytes.substr(from, whole[last].end - from));
  for (sgf::GameSpan& span : again) span = {span.begin + from, span.end + from};
  Require(Same({whole.begin() + first, whole.begin() + last + 1}, again),
          "a source cut at a span holds the same games");
}

void CheckPoints(const go::GameRecord& game) {
  const int size = game.info.board_size;
  Require(size >= go::kMinBoardSize && size <= go::kMaxBoardSize, "the board has 2 to 25 lines");
  for (const go::Move& move : game.moves) {
    Require(
        move.point.IsPass() ? move.point == go::kPass : move.point.x < size && move.point.y < size,
        "a move is a pass or on the board");
    Require(move.color != go::Color::kEmpty, "a move has a colour");
  }
  for (const go::Setup& setup : game.setup) {
    Require(setup.point.x < size && setup.point.y < size, "a setup stone is on the board");
  }
}

bool SameInfo(const go::GameInfo& a, const go::GameInfo& b) {
  return a.board_size == b.board_size && a.ruleset == b.ruleset && a.winner == b.winner &&
         a.by_resignation == b.by_resignation && a.komi_half_points == b.komi_half_points &&
         a.margin_half_points == b.margin_half_points && a.handicap == b.handicap &&
         a.black_rank == b.black_rank && a.white_rank == b.white_rank && a.year == b.year;
}

void CheckRoundTrip(const go::GameRecord& game) {
  const std::string text = sgf::WriteSgf(game);
  const Spans spans = sgf::SplitGames(text);
  Require(spans.size() == 1 && spans[0].begin == 0, "what is written is one game");
  sgf::GameReader reader;
  go::GameRecord again;
  const sgf::ReadResult result = reader.Read(std::string_view(text).substr(0, spans[0].end), again);
  Require(result.readable && result.issue.reason == sgf::Reason::kNone && result.variations == 0,
          "what is written reads without an issue");
  Require(again.moves == game.moves, "moves read back");
  Require(again.setup == game.setup, "setup reads back");
  Require(SameInfo(again.info, game.info), "header facts read back");
  Require(go::GameHash(again) == go::GameHash(game), "the game read back has the same hash");
}

// ASCII in UTF-16, after a byte order mark or, as where a range begins, without.
std::string AsUtf16(std::string_view ascii, bool little, bool mark) {
  std::string bytes = !mark ? "" : little ? "\xff\xfe" : "\xfe\xff";
  for (char c : ascii) {
    if (!little) bytes += '\0';
    bytes += c;
    if (little) bytes += '\0';
  }
  return bytes;
}

// A game of ASCII is found in UTF-16, too, and reads the same.
void CheckUtf16(std::string_view text, const go::GameRecord& game, std::minstd_rand& random) {
  if (!text.starts_with('(')) return;
  for (unsigned char c : text) {
    if (c == 0 || c >= 0x80) return;
  }
  const bool mark = random() % 2 == 0;
  const std::string bytes = AsUtf16(text, random() % 2 == 0, mark);
  const size_t begin = mark ? 2 : 0;
  const Spans spans = sgf::SplitGames(bytes);
  Require(Same(spans, {{begin, bytes.size()}}), "a game of UTF-16 is found whole");
  CheckPieces(bytes, spans, random);
  static sgf::GameReader reader;
  go::GameRecord again;
  const sgf::ReadResult result = reader.Read(std::string_view(bytes).substr(begin), again);
  Require(again.moves == game.moves && again.setup == game.setup, "a game of UTF-16 is the same");
  Require(SameInfo(again.info, game.info), "header facts of UTF-16 are the same");
  Require(result.issue.offset <= bytes.size(), "an issue of UTF-16 lies in the source");
  for (size_t ply = 0; ply < again.moves.size(); ++ply) {
    Require(reader.MoveOffset(ply) < bytes.size(), "a move of UTF-16 lies in the source");
  }
}

void CheckGame(std::string_view text, std::minstd_rand& random) {
  static sgf::GameReader reader;
  static go::Replayer replayer;
  static go::GameRecord game;
  const sgf::ReadResult result = reader.Read(text, game);
  Require(result.issue.offset <= text.size(), "an issue lies in the text");
  Require(result.issue.bytes.size() <= 40, "an issue shows at most 40 bytes");
  if (!result.readable) {
    Require(result.issue.reason != sgf::Reason::kNone, "what is refused has a reason");
    Require(game.moves.empty() && game.setup.empty(), "what is refused leaves nothing");
    return;
  }
  CheckPoints(game);
  for (size_t ply = 0; ply < game.moves.size(); ++ply) {
    Require(reader.MoveOffset(ply) < text.size(), "a move lies in the text");
  }
  const go::ReplayResult replay = replayer.Replay(game);
  if (!replay.setup_ok) return;
  Require((replay.legality == go::Legality::kLegal) == (replay.legal_moves == game.moves.size()),
          "a replay ends early at an illegal move only");
  Require(replay.legality != go::Legality::kOffBoard, "no move of a read game is off the board");
  game.moves.resize(replay.legal_moves);
  CheckRoundTrip(game);
  const go::GameRecord image = go::TransformGame(game, random() % go::kSymmetries);
  Require(go::GameHash(image) == go::GameHash(game), "symmetric copies have one hash");
  Require(replayer.Replay(image).legal_moves == game.moves.size(), "symmetric copies are legal");
}

}  // namespace
}  // namespace moyo::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moyo::fuzz;
  const std::string_view bytes = AsText(data, size);
  std::minstd_rand random = RandomOf(bytes);
  const Spans spans = moyo::sgf::SplitGames(bytes);
  CheckSpans(bytes, spans);
  CheckPieces(bytes, spans, random);
  CheckCut(bytes, spans, random);
  for (const auto& span : spans) {
    const std::string_view text = bytes.substr(span.begin, span.end - span.begin);
    CheckGame(text, random);
    moyo::go::GameRecord game;
    moyo::sgf::GameReader().Read(text, game);
    CheckUtf16(text, game, random);
  }
  CheckGame(bytes, random);  // the reader alone must stand anything, too
  return 0;
}
