#include "play/web/sgf_upload.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/features/planes.h"
#include "common/go/replay.h"
#include "common/sgf/game_reader.h"
#include "common/sgf/splitter.h"
#include "common/sgf/text_encoding.h"
#include "play/game_state.h"
#include "play/web/game_json.h"

namespace moyo::play {
namespace {

using nlohmann::ordered_json;

// Ends the game before its first illegal move. What was cut before stays the reason when it comes
// first.
absl::Status CutAtIllegalMove(const sgf::GameReader& reader, go::GameRecord& game,
                              sgf::Issue& issue) {
  go::Replayer replayer;
  const go::ReplayResult result = replayer.Replay(game);
  if (!result.setup_ok) {
    return absl::FailedPreconditionError("the setup stones are not a position");
  }
  if (result.legal_moves < game.moves.size()) {
    issue = {.reason = sgf::ReasonOf(result.legality),
             .offset = reader.MoveOffset(result.legal_moves),
             .bytes = std::string(reader.MoveBytes(result.legal_moves))};
    game.moves.resize(result.legal_moves);
  }
  return absl::OkStatus();
}

ordered_json CutJson(const sgf::Issue& issue, uint64_t begin) {
  if (issue.reason == sgf::Reason::kNone) return nullptr;
  return {{"reason", sgf::ReasonName(issue.reason)},
          {"message", sgf::ReasonSentence(issue.reason)},
          {"byte", begin + issue.offset}};
}

// Header texts as people read them.
class Header {
 public:
  Header(const sgf::HeaderTexts& texts, sgf::TextEncoding encoding)
      : texts_(texts), encoding_(encoding) {}

  void AddTo(ordered_json& json) const {
    json["black"] = {{"name", Read(texts_.black_name)}, {"rank", Read(texts_.black_rank)}};
    json["white"] = {{"name", Read(texts_.white_name)}, {"rank", Read(texts_.white_rank)}};
    json["event"] = Read(texts_.event);
    json["place"] = Read(texts_.place);
    json["date"] = Read(texts_.date);
    json["result"] = Read(texts_.result);
    json["encoding"] = sgf::EncodingName(encoding_);
  }

 private:
  std::string Read(std::string_view value) const {
    constexpr size_t kMaxTextBytes = 1000;
    return sgf::SimpleText(sgf::ToUtf8(value.substr(0, kMaxTextBytes), encoding_));
  }

  const sgf::HeaderTexts& texts_;
  const sgf::TextEncoding encoding_;
};

}  // namespace

absl::StatusOr<ordered_json> ReadUpload(std::string_view bytes, const std::string& number) {
  uint32_t wanted = 0;
  if (!absl::SimpleAtoi(number, &wanted) || wanted == 0) {
    return absl::InvalidArgumentError("number must be a whole number from 1");
  }
  const std::vector<sgf::GameSpan> spans = sgf::SplitGames(bytes);
  if (wanted > spans.size()) {
    return absl::NotFoundError(absl::StrCat("the file holds ", Counted(spans.size(), "game")));
  }
  const sgf::GameSpan span = spans[wanted - 1];
  const std::string_view text = bytes.substr(span.begin, span.end - span.begin);
  go::GameRecord game;
  sgf::GameReader reader;
  sgf::ReadResult read = reader.Read(text, game);
  if (!read.readable) return absl::NotFoundError(sgf::ReasonSentence(read.issue.reason));
  if (game.info.board_size != features::kBoardSize) {
    return absl::UnimplementedError(
        absl::StrCat("the board is ", game.info.board_size, "x", game.info.board_size));
  }
  MOYO_RETURN_IF_ERROR(CutAtIllegalMove(reader, game, read.issue));
  if (game.moves.size() > GameState::kMaxMoves) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the game has more than ", GameState::kMaxMoves, " moves"));
  }
  ordered_json json = {{"games", spans.size()}, {"number", wanted}, {"game", JsonOfGame(game)}};
  Header(reader.header(), sgf::DetectEncoding(text, reader.header().charset)).AddTo(json);
  json["variations"] = read.variations;
  json["cut"] = CutJson(read.issue, span.begin);
  return json;
}

}  // namespace moyo::play
