// What the store keeps, as plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/digest.h"
#include "server/work/ids.h"
#include "server/work/unit.h"

namespace moyo::store {

// Stored: do not renumber. The same numbers as moyo.v1.GameState.
enum class GameState : uint8_t {
  kAccepted = 1,
  kDuplicate = 2,
  kFiltered = 3,
  kRejected = 4,
  kQuarantined = 5,
  kPending = 6,  // never stored
};

enum class Duplicates : uint8_t { kDrop, kKeep };

// Why a game is a duplicate. Stored: do not renumber. The same numbers as moyo.v1.DuplicateKind.
enum class DuplicateKind : uint8_t {
  kNone = 0,
  kIdentical = 1,  // the same moves
  kSymmetric = 2,  // the same moves, mirrored or turned
  kContinued = 3,  // the first moves of a longer game, as a copy that was cut off
};

// A file, an archive member, or a range of either that begins and ends at game boundaries.
struct Source {
  uint64_t source_id = 0;
  uint64_t file_id = 0;
  std::string path;           // of the file; filled on reading
  std::string member;         // as the archive spells it; never a path of ours
  int64_t member_index = -1;  // -1: a plain file
  uint64_t offset = 0;
  uint64_t length_bytes = 0;
  Hash128 content_hash{};
  uint32_t games = 1;
  uint64_t first_game = 0;
  std::string error;     // set: it cannot be read, and why
  bool removed = false;  // a later scan found the file, or these bytes of it, gone
};

// A file as it was when catalogued.
struct File {
  uint64_t file_id = 0;
  std::string path;
  uint64_t size_bytes = 0;
  uint64_t modified_ns = 0;
  bool complete = false;  // all its sources are in the catalogue
  uint64_t sources = 0;
  uint64_t games = 0;
  bool removed = false;
};

// Where a scan found a source again, or not.
enum class Presence : uint8_t { kThere, kRemoved };

// Whole units with their sources, added in one transaction. Ids of sources, games and units are
// given by the store, in this order.
struct CatalogueBatch {
  std::vector<File> files;  // written over what stands under their id
  std::vector<Source> sources;
  std::vector<uint64_t> unit_sources;  // how many of `sources` each unit takes, in order
  uint64_t games_seen = 0;             // true games among them: not the rows of files without any
};

struct Scan {
  uint64_t scan_id = 0;
  std::vector<std::string> paths;
  uint64_t limit_games = 0;  // 0: none
};

struct Game {
  uint64_t game_id = 0;
  uint64_t source_id = 0;
  GameState state = GameState::kPending;
  std::string reason;
  uint64_t byte_offset = 0;
  std::string detail;
  uint32_t moves = 0;
  uint32_t shard_row = 0;
  // What follows is of accepted games (common/go/game_hash.h).
  std::string game_hash;  // 16 bytes
  uint8_t symmetry = 0;
  std::vector<uint32_t> marks;
  uint64_t duplicate_of = 0;
  DuplicateKind duplicate_kind = DuplicateKind::kNone;
};

struct LedgerEntry {
  Game game;
  std::string path;
  std::string member;
  uint64_t source_offset = 0;
  std::string duplicate_of_path;
  bool source_removed = false;
};

struct LedgerCounts {
  uint64_t found = 0;
  uint64_t accepted = 0;
  uint64_t duplicate = 0;
  uint64_t filtered = 0;
  uint64_t rejected = 0;
  uint64_t quarantined = 0;
  uint64_t pending = 0;
  uint64_t truncated = 0;
  uint64_t positions = 0;
  // Of the duplicates.
  uint64_t identical = 0;
  uint64_t symmetric = 0;
  uint64_t continued = 0;

  bool Balances() const {
    return found == accepted + duplicate + filtered + rejected + quarantined + pending;
  }
};

struct UnitCounts {
  uint64_t pending = 0;
  uint64_t leased = 0;
  uint64_t done = 0;
  uint64_t quarantined = 0;
  uint64_t split = 0;
};

struct Shard {
  uint64_t unit_id = 0;
  work::FencingToken token;
  std::string digest;
  uint64_t length_bytes = 0;
  uint32_t games = 0;
  uint64_t positions = 0;
  std::vector<uint32_t> left_out_rows;  // ascending
};

struct Manifest {
  std::vector<Shard> shards;  // ascending first game
  std::string digest;
  uint64_t bytes = 0;  // of the files
};

}  // namespace moyo::store
