#include <cstring>
#include <map>
#include <numeric>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/status_macros.h"
#include "common/shard/column_list.h"
#include "common/shard/shard.h"
#include "common/shard/zip.h"

namespace moyo::shard {
namespace {

constexpr uint64_t kMaxExtent = uint64_t{1} << 31;
constexpr absl::string_view kShapeKey = "'shape': (";

absl::Status Damaged(const ZipMember& member, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("damaged shard: column '",
                                          absl::StripSuffix(member.name, ".npy"), "' at byte ",
                                          member.offset, ": ", what));
}

// The text between `key` and `end` in the header's dict; empty when it is not there.
absl::string_view Between(absl::string_view header, absl::string_view key, char end) {
  const size_t at = header.find(key);
  if (at == absl::string_view::npos) return {};
  header.remove_prefix(at + key.size());
  return header.substr(0, header.find(end));
}

// Checks a .npy header against what the column must be and returns the data behind it.
absl::StatusOr<std::string_view> NpyData(const ZipMember& member, absl::string_view type,
                                         uint32_t entries, size_t entry_bytes) {
  const std::string_view bytes = member.bytes;
  if (bytes.size() < 12 || bytes.substr(0, 6) != "\x93NUMPY") return Damaged(member, "not a .npy");
  const bool long_header = bytes[6] >= 2;
  uint32_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data() + 8, long_header ? 4 : 2);
  const size_t begin = long_header ? 12 : 10;
  if (header_bytes > bytes.size() - begin) return Damaged(member, "header cut short");
  const absl::string_view header(bytes.data() + begin, header_bytes);
  if (Between(header, "'descr': '", '\'') != type) {
    return Damaged(member, absl::StrCat("type is not ", type));
  }
  if (absl::StripAsciiWhitespace(Between(header, "'fortran_order':", ',')) != "False") {
    return Damaged(member, "is in Fortran order");
  }
  if (header.find(kShapeKey) == absl::string_view::npos) return Damaged(member, "bad shape");
  uint64_t count = 1;
  for (absl::string_view part : absl::StrSplit(Between(header, kShapeKey, ')'), ',')) {
    part = absl::StripAsciiWhitespace(part);
    uint64_t extent = 0;
    if (part.empty()) continue;
    if (!absl::SimpleAtoi(part, &extent) || extent > kMaxExtent)
      return Damaged(member, "bad shape");
    count *= extent;
    if (count > kMaxExtent) return Damaged(member, "bad shape");
  }
  const std::string_view data = bytes.substr(begin + header_bytes);
  if (data.size() != count * entry_bytes || count % entries != 0) {
    return Damaged(member, "length and shape differ");
  }
  return data;
}

using Members = std::map<std::string, ZipMember, std::less<>>;

absl::Status CheckVersion(const Members& members) {
  const auto found = members.find("format_version.npy");
  if (found == members.end())
    return absl::DataLossError("damaged shard: no column 'format_version'");
  MOYO_ASSIGN_OR_RETURN(const std::string_view data, NpyData(found->second, "<u4", 1, 4));
  uint32_t version = 0;
  if (data.size() == 4) std::memcpy(&version, data.data(), 4);
  if (version == kFormatVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("shard has format version ", version,
                                                    ", this program reads ", kFormatVersion,
                                                    "; use the program that wrote it"));
}

// Every point on its board, every enum known, every length right: readers need not check again.
class Validator {
 public:
  Validator(const Columns& columns, const Members& members) : c_(columns), members_(members) {}

  absl::Status Check() const {
    const size_t games = c_.game_moves.size();
    const size_t moves = std::accumulate(c_.game_moves.begin(), c_.game_moves.end(), size_t{0});
    const size_t setup = std::accumulate(c_.game_setup.begin(), c_.game_setup.end(), size_t{0});
    absl::Status status = absl::OkStatus();
    ForEachColumn(c_, [&](const char* name, const auto& column, Owner owner, uint32_t entries) {
      const size_t rows = owner == Owner::kGame ? games : owner == Owner::kMove ? moves : setup;
      if (status.ok() && column.size() != rows * entries)
        status = Bad(name, "has the wrong length");
    });
    size_t first_move = 0;
    size_t first_setup = 0;
    for (size_t row = 0; status.ok() && row < games; ++row) {
      status = CheckGame(row, first_move, first_setup);
      first_move += c_.game_moves[row];
      first_setup += c_.game_setup[row];
    }
    return status;
  }

 private:
  absl::Status Bad(const char* name, absl::string_view what) const {
    return Damaged(members_.find(absl::StrCat(name, ".npy"))->second, what);
  }

  absl::Status CheckGame(size_t row, size_t first_move, size_t first_setup) const {
    const uint8_t size = c_.game_board_size[row];
    if (size < go::kMinBoardSize || size > go::kMaxBoardSize)
      return Bad("game_board_size", "not 2 to 25");
    if (c_.game_winner[row] > 3) return Bad("game_winner", "unknown value");
    if (c_.game_ruleset[row] > 8) return Bad("game_ruleset", "unknown value");
    if (c_.game_by_resignation[row] > 1) return Bad("game_by_resignation", "unknown value");
    for (size_t i = first_move; i < first_move + c_.game_moves[row]; ++i) {
      const uint8_t x = c_.move_x[i] & ~kOffTurn;
      const uint8_t y = c_.move_y[i];
      const bool pass = x == go::Point::kPassCoordinate && y == go::Point::kPassCoordinate;
      if (!pass && (x >= size || y >= size)) {
        return Bad(x >= size ? "move_x" : "move_y",
                   absl::StrCat("move off the board in row ", row));
      }
    }
    for (size_t i = first_setup; i < first_setup + c_.game_setup[row]; ++i) {
      if (c_.setup_x[i] >= size) return Bad("setup_x", "stone off the board");
      if ((c_.setup_y[i] & 31) >= size || c_.setup_y[i] >= 96)
        return Bad("setup_y", "stone off the board");
    }
    return absl::OkStatus();
  }

  const Columns& c_;
  const Members& members_;
};

}  // namespace

absl::StatusOr<Columns> ReadNpz(std::string_view bytes, uint64_t max_unpacked_bytes) {
  MOYO_ASSIGN_OR_RETURN(std::vector<ZipMember> list, ReadZip(bytes, max_unpacked_bytes));
  Members members;
  for (ZipMember& member : list) {
    if (members.contains(member.name)) return Damaged(member, "stands twice");
    std::string name = member.name;
    members.emplace(std::move(name), std::move(member));
  }
  MOYO_RETURN_IF_ERROR(CheckVersion(members));
  Columns columns;
  absl::Status status = absl::OkStatus();
  ForEachColumn(columns, [&](const char* name, auto& column, Owner, uint32_t entries) {
    if (!status.ok()) return;
    using Entry = typename std::decay_t<decltype(column)>::value_type;
    const auto found = members.find(absl::StrCat(name, ".npy"));
    if (found == members.end()) {
      status = absl::DataLossError(absl::StrCat("damaged shard: no column '", name, "'"));
      return;
    }
    const auto data = NpyData(found->second, NumpyType<Entry>(), entries, sizeof(Entry));
    if (!data.ok()) {
      status = data.status();
      return;
    }
    column.resize(data->size() / sizeof(Entry));
    if (!data->empty()) std::memcpy(column.data(), data->data(), data->size());
  });
  MOYO_RETURN_IF_ERROR(status);
  MOYO_RETURN_IF_ERROR(Validator(columns, members).Check());
  return columns;
}

}  // namespace moyo::shard
