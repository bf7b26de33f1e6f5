#include "play/game_file.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/sgf/game_reader.h"
#include "common/sgf/game_writer.h"
#include "common/sgf/splitter.h"

namespace moyo::play {
namespace {

constexpr uint64_t kMaxFileBytes = uint64_t{256} << 20;

}  // namespace

absl::StatusOr<go::GameRecord> LoadGame(const std::string& path, size_t index) {
  MOYO_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxFileBytes));
  const std::vector<sgf::GameSpan> spans = sgf::SplitGames(bytes);
  if (spans.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no game found in '", path, "'; give an SGF file"));
  }
  if (index >= spans.size()) {
    return absl::OutOfRangeError(absl::StrCat("'", path, "' holds ", Counted(spans.size(), "game"),
                                              "; give a lower game number"));
  }
  const sgf::GameSpan span = spans[index];
  go::GameRecord game;
  sgf::GameReader reader;
  const sgf::ReadResult result =
      reader.Read(std::string_view(bytes).substr(span.begin, span.end - span.begin), game);
  if (!result.readable) {
    return absl::InvalidArgumentError(absl::StrCat("'", path, "' at byte ",
                                                   span.begin + result.issue.offset, ": ",
                                                   sgf::ReasonSentence(result.issue.reason)));
  }
  return game;
}

absl::Status SaveGame(const go::GameRecord& game, const std::string& path) {
  return WriteFileAtomically(path, sgf::WriteSgf(game));
}

}  // namespace moyo::play
