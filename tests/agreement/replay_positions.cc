// Prints the positions of games as Moyo replays them, for other programs to compare:
//
//   replay_positions EVERY < paths
//
// Standard input names files, one a line: SGF, lists, or shards (.npz). For each game one line of
// JSON on standard output:
//   file, game        the path, and which game of it, from 0
//   begin, end        its bytes in the file (SGF and lists)
//   size, moves       lines of the board; moves that are legal
//   reason            why it ends early ("" when it does not); moves is 0 when it was refused
//   illegal           [colour, vertex] of the illegal move that ends it, if one does
//   positions         [[ply, black stones, white stones], ...] after every EVERY-th ply, the last,
//   and the
//                     setup (ply 0); stones are GTP vertices: column letters without I, rows from
//                     below
//   digest            of the shard (.npz)
// Exit codes: 0 done, 1 a file cannot be read, 2 wrong usage.
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/go/board.h"
#include "common/go/replay.h"
#include "common/sgf/game_reader.h"
#include "common/sgf/splitter.h"
#include "common/shard/shard.h"
#include "nlohmann/json.hpp"

namespace moyo {
namespace {

using Json = nlohmann::ordered_json;

std::string Vertex(go::Point point, int size) {
  if (point.IsPass()) return "pass";
  return absl::StrCat(std::string(1, "ABCDEFGHJKLMNOPQRSTUVWXYZ"[point.x]), size - point.y);
}

std::string Stones(const go::Board& board, go::Color color) {
  std::string stones;
  for (uint8_t y = 0; y < board.size(); ++y) {
    for (uint8_t x = 0; x < board.size(); ++x) {
      if (board.At(x, y) != color) continue;
      absl::StrAppend(&stones, stones.empty() ? "" : " ", Vertex({x, y}, board.size()));
    }
  }
  return stones;
}

Json Position(const go::Board& board, size_t ply) {
  return {ply, Stones(board, go::Color::kBlack), Stones(board, go::Color::kWhite)};
}

// Adds size, moves, illegal and positions; plays move by move, apart from go::Replayer.
void AddPositions(const go::GameRecord& game, size_t every, Json& line) {
  go::Board board(game.info.board_size, go::SuicideOf(game.info.ruleset));
  for (const go::Setup& setup : game.setup) board.PlaceSetup(setup);
  Json positions = Json::array();
  if (!game.setup.empty()) positions.push_back(Position(board, 0));
  size_t ply = 0;
  for (const go::Move& move : game.moves) {
    const go::Legality legality = board.Play(move);
    if (legality != go::Legality::kLegal) {
      line["reason"] = absl::StrCat("MOVE_", go::LegalityName(legality));
      line["illegal"] = {move.color == go::Color::kBlack ? "black" : "white",
                         Vertex(move.point, board.size())};
      break;
    }
    if (++ply % every == 0) positions.push_back(Position(board, ply));
  }
  if (ply % every != 0) positions.push_back(Position(board, ply));
  line["size"] = board.size();
  line["moves"] = ply;
  line["positions"] = std::move(positions);
}

void PrintSgf(const std::string& path, std::string_view bytes, size_t every) {
  sgf::GameReader reader;
  go::GameRecord game;
  size_t number = 0;
  for (const sgf::GameSpan& span : sgf::SplitGames(bytes)) {
    const sgf::ReadResult result =
        reader.Read(bytes.substr(span.begin, span.end - span.begin), game);
    Json line = {{"file", path}, {"game", number++}, {"begin", span.begin}, {"end", span.end}};
    line["reason"] = sgf::ReasonName(result.issue.reason);
    AddPositions(game, every, line);
    std::cout << line.dump(-1, ' ', true, Json::error_handler_t::replace) << '\n';
  }
}

absl::Status PrintShard(const std::string& path, std::string_view bytes, size_t every) {
  MOYO_ASSIGN_OR_RETURN(const shard::Columns columns, shard::ReadNpz(bytes));
  const std::string digest = Hex(ToBytes(shard::DigestOf(columns)));
  go::GameRecord game;
  size_t first_move = 0;
  size_t first_setup = 0;
  for (size_t row = 0; row < columns.games(); ++row) {
    shard::ReadGame(columns, row, first_move, first_setup, game);
    first_move += columns.game_moves[row];
    first_setup += columns.game_setup[row];
    Json line = {{"file", path}, {"game", row}, {"reason", ""}, {"digest", digest}};
    AddPositions(game, every, line);
    std::cout << line.dump(-1, ' ', true, Json::error_handler_t::replace) << '\n';
  }
  return absl::OkStatus();
}

absl::Status PrintFile(const std::string& path, size_t every) {
  MOYO_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  if (path.ends_with(".npz")) return PrintShard(path, bytes, every);
  PrintSgf(path, bytes, every);
  return absl::OkStatus();
}

}  // namespace
}  // namespace moyo

int main(int argc, char** argv) {
  size_t every = 0;
  if (argc != 2 || !absl::SimpleAtoi(argv[1], &every) || every == 0) {
    std::fprintf(stderr, "usage: replay_positions EVERY < paths\n");
    return 2;
  }
  for (std::string path; std::getline(std::cin, path);) {
    const absl::Status status = moyo::PrintFile(path, every);
    if (!status.ok()) {
      std::fprintf(stderr, "replay_positions: %s\n", status.ToString().c_str());
      return 1;
    }
  }
  return 0;
}
