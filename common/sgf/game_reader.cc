#include "common/sgf/game_reader.h"

#include "common/sgf/game_parser.h"

namespace moyo::sgf {

ReadResult GameReader::Read(std::string_view text, go::GameRecord& game) {
  game.Clear();
  header_ = {};
  move_offsets_.clear();
  return GameParser(text, game, header_, move_offsets_).Run();
}

uint64_t GameReader::MoveOffset(size_t ply) const {
  return ply < move_offsets_.size() ? move_offsets_[ply] : 0;
}

}  // namespace moyo::sgf
