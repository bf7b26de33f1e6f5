#include "server/store/alike_index.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"

namespace moyo::store {
namespace {

constexpr size_t kMarkBytes = 4;
constexpr char kHasBetween[] = "SELECT game_id FROM alike WHERE marks BETWEEN ? AND ? LIMIT 1";
constexpr char kBetween[] = "SELECT game_id FROM alike WHERE marks BETWEEN ? AND ?";
constexpr char kEqual[] = "SELECT game_id FROM alike WHERE marks = ? AND game_hash = ?";
// A key may be there: of a unit that was read again after a start.
constexpr char kInsert[] =
    "INSERT OR IGNORE INTO alike(marks, game_hash, game_id) VALUES (?, ?, ?)";
constexpr char kErase[] = "DELETE FROM alike WHERE marks = ? AND game_hash = ? AND game_id = ?";
constexpr char kHasUnmarked[] = "SELECT value FROM meta WHERE key = 'unmarked_games'";
constexpr char kMark[] = "UPDATE shards SET indexed = 1 WHERE unit_id = ?";
constexpr char kLoadUnits[] = "SELECT unit_id FROM shards WHERE indexed = 0 ORDER BY unit_id";
constexpr char kLoadKeys[] =
    "SELECT marks, game_hash, game_id FROM games WHERE state = 1"
    " AND game_id >= (SELECT first_game FROM units WHERE unit_id = ?1)"
    " AND game_id < (SELECT first_game + games FROM units WHERE unit_id = ?1)";

// Not less than any marks that begin with these (but for eight of 2^32 - 1 in a row).
std::string LastWith(std::string_view marks) {
  return std::string(marks).append(8 * kMarkBytes, '\xff');
}

}  // namespace

AlikeKey::AlikeKey(std::string marks, std::string_view game_hash, uint64_t game_id)
    : marks_(std::move(marks)), game_id_(game_id) {
  for (size_t i = 0; i < kMarkBytes && i < marks_.size(); ++i) {
    first_mark_ |= uint32_t{static_cast<uint8_t>(marks_[i])} << (24 - 8 * i);
  }
  if (game_hash.size() == sizeof(game_hash_)) game_hash_ = Hash128FromBytes(game_hash);
}

std::string_view AlikeKey::game_hash() const {
  return {reinterpret_cast<const char*>(game_hash_.data()), game_hash_.size()};
}

absl::Status AlikeIndex::Begin() {
  if (uncommitted_) MOYO_RETURN_IF_ERROR(Load());
  uncommitted_ = true;
  return absl::OkStatus();
}

absl::Status AlikeIndex::Load() {
  waiting_.clear();
  units_.clear();
  MOYO_ASSIGN_OR_RETURN(const uint64_t unmarked, database_.QueryInteger(kHasUnmarked));
  has_unmarked_ = unmarked != 0;
  MOYO_ASSIGN_OR_RETURN(Statement * units, database_.Prepare(kLoadUnits));
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, units->Step());
    if (!has_row) break;
    units_.push_back({units->GetInteger(0), round_});
  }
  for (const Unit& unit : units_) {
    MOYO_ASSIGN_OR_RETURN(Statement * keys, database_.Prepare(kLoadKeys));
    keys->Integer(unit.id);
    while (true) {
      MOYO_ASSIGN_OR_RETURN(const bool has_row, keys->Step());
      if (!has_row) break;
      waiting_.insert({keys->GetBytes(0), keys->GetBytes(1), keys->GetInteger(2)});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint64_t>> AlikeIndex::Find(std::string_view marks,
                                                       std::string_view game_hash) {
  std::vector<uint64_t> ids;
  const auto add = [&](std::string_view first, std::string_view last) {
    for (auto key = waiting_.lower_bound({std::string(first), "", 0});
         key != waiting_.end() && key->marks() <= last; ++key) {
      ids.push_back(key->game_id());
    }
    return AddStored(kBetween, first, last, ids);
  };
  if (marks.empty()) {
    for (auto key = waiting_.lower_bound({"", game_hash, 0});
         key != waiting_.end() && key->marks().empty() && key->game_hash() == game_hash; ++key) {
      ids.push_back(key->game_id());
    }
    MOYO_RETURN_IF_ERROR(AddStored(kEqual, marks, game_hash, ids));
  } else {
    if (has_unmarked_) MOYO_RETURN_IF_ERROR(AddStored(kEqual, {}, game_hash, ids));
    const size_t unmarked = ids.size();
    // Most games share their first mark with none.
    const std::string_view first = marks.substr(0, kMarkBytes);
    const std::string last = LastWith(first);
    const auto waiting = waiting_.lower_bound({std::string(first), "", 0});
    const bool is_known = waiting != waiting_.end() && waiting->marks() <= last;
    if (!is_known) MOYO_RETURN_IF_ERROR(AddStored(kHasBetween, first, last, ids));
    if (!is_known && ids.size() == unmarked) return ids;
    ids.resize(unmarked);
    MOYO_RETURN_IF_ERROR(add(marks, LastWith(marks)));
    for (size_t end = kMarkBytes; end < marks.size(); end += kMarkBytes) {
      MOYO_RETURN_IF_ERROR(add(marks.substr(0, end), marks.substr(0, end)));
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

absl::Status AlikeIndex::AddStored(const char* sql, std::string_view first, std::string_view last,
                                   std::vector<uint64_t>& ids) {
  MOYO_ASSIGN_OR_RETURN(Statement * find, database_.Prepare(sql));
  find->Blob(first).Blob(last);
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, find->Step());
    if (!has_row) return absl::OkStatus();
    ids.push_back(find->GetInteger(0));
  }
}

absl::Status AlikeIndex::Erase(const AlikeKey& key) {
  waiting_.erase(key);
  MOYO_ASSIGN_OR_RETURN(Statement * erase, database_.Prepare(kErase));
  return erase->Blob(key.marks()).Blob(key.game_hash()).Integer(key.game_id()).Run();
}

absl::Status AlikeIndex::EndUnit(uint64_t unit_id) {
  units_.push_back({unit_id, round_});
  while (waiting_.size() >= limits_.waiting + limits_.moved) {
    MOYO_RETURN_IF_ERROR(MoveNeighbours());
  }
  return absl::OkStatus();
}

absl::Status AlikeIndex::MoveNeighbours() {
  MOYO_ASSIGN_OR_RETURN(Statement * insert, database_.Prepare(kInsert));
  const auto first = waiting_.lower_bound(next_);
  auto key = first;
  for (size_t i = 0; i < limits_.moved && key != waiting_.end(); ++i, ++key) {
    MOYO_RETURN_IF_ERROR(
        insert->Blob(key->marks()).Blob(key->game_hash()).Integer(key->game_id()).Run());
  }
  const bool is_last = key == waiting_.end();
  if (!is_last) next_ = *key;
  waiting_.erase(first, key);
  return is_last ? EndRound() : absl::OkStatus();
}

// A unit that came before this round began has no key waiting now: those that were ahead went in
// this round, those behind in it or the one before.
absl::Status AlikeIndex::EndRound() {
  while (!units_.empty() && units_.front().round < round_) {
    MOYO_ASSIGN_OR_RETURN(Statement * mark, database_.Prepare(kMark));
    MOYO_RETURN_IF_ERROR(mark->Integer(units_.front().id).Run());
    units_.pop_front();
  }
  ++round_;
  next_ = {};
  return absl::OkStatus();
}

}  // namespace moyo::store
