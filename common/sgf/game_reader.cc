#include "common/sgf/game_reader.h"

#include "common/sgf/game_parser.h"
#include "common/sgf/utf16.h"

namespace moyo::sgf {
namespace {

constexpr size_t kMoveBytes = 5;  // "B[dd]"

}  // namespace

ReadResult GameReader::Read(std::string_view text, go::GameRecord& game) {
  const CodeUnits units = CodeUnitsOfGame(text);
  is_utf16_ = units != CodeUnits::kBytes;
  if (is_utf16_) Utf16ToUtf8(text, units, utf8_);
  text_ = is_utf16_ ? utf8_ : text;
  game.Clear();
  header_ = {};
  move_offsets_.clear();
  ReadResult result = GameParser(text_, game, header_, move_offsets_).Run();
  result.issue.offset = SourceOffset(result.issue.offset);
  return result;
}

uint64_t GameReader::MoveOffset(size_t ply) const {
  return ply < move_offsets_.size() ? SourceOffset(move_offsets_[ply]) : 0;
}

std::string_view GameReader::MoveBytes(size_t ply) const {
  if (ply >= move_offsets_.size()) return {};
  return text_.substr(move_offsets_[ply], kMoveBytes);
}

uint64_t GameReader::SourceOffset(uint64_t offset) const {
  return is_utf16_ ? Utf16Bytes(text_.substr(0, offset)) : offset;
}

}  // namespace moyo::sgf
