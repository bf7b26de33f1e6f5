#include "server/store/catalogue_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace moyo::store {
namespace {

constexpr char kPutFile[] =
    "INSERT INTO files(file_id, path, size_bytes, modified_ns, complete, sources, games)"
    " VALUES (?,?,?,?,?,?,?) ON CONFLICT(file_id) DO UPDATE SET size_bytes = excluded.size_bytes,"
    " modified_ns = excluded.modified_ns, complete = excluded.complete,"
    " sources = excluded.sources, games = excluded.games, removed = 0";
constexpr char kInsertSource[] =
    "INSERT INTO sources(source_id, file_id, member, member_index, byte_offset, length_bytes,"
    " content_hash, games, first_game, error) VALUES (?,?,?,?,?,?,?,?,?,?)";
constexpr char kFindFile[] =
    "SELECT file_id, path, size_bytes, modified_ns, complete, sources, games, removed FROM files"
    " WHERE path = ?";
constexpr char kFilesBelow[] =
    "SELECT file_id, path, size_bytes, modified_ns, complete, sources, games, removed FROM files"
    " WHERE path > ? AND path < ? AND removed = 0 ORDER BY path LIMIT ?";
constexpr char kSetFileRemoved[] = "UPDATE files SET removed = 1 WHERE file_id = ?";
constexpr char kSetSource[] = "UPDATE sources SET removed = ? WHERE source_id = ? AND removed <> ?";
constexpr char kSourcesOfFile[] =
    "SELECT s.source_id, s.file_id, f.path, s.member, s.member_index, s.byte_offset,"
    " s.length_bytes, s.content_hash, s.games, s.first_game, s.error, s.removed"
    " FROM sources s JOIN files f ON f.file_id = s.file_id WHERE s.file_id = ?"
    " ORDER BY s.source_id";
constexpr char kSourcesInRange[] =
    "SELECT s.source_id, s.file_id, f.path, s.member, s.member_index, s.byte_offset,"
    " s.length_bytes, s.content_hash, s.games, s.first_game, s.error, s.removed"
    " FROM sources s JOIN files f ON f.file_id = s.file_id"
    " WHERE s.source_id >= ? AND s.source_id < ? ORDER BY s.source_id";
constexpr char kFirstGame[] = "SELECT first_game FROM sources WHERE source_id = ?";
constexpr char kPutRoot[] =
    "INSERT INTO roots(scan_id, position, path, limit_games, finished) VALUES (?,?,?,?,0)"
    " ON CONFLICT(scan_id, position) DO UPDATE SET finished = 0";
constexpr char kFinishScan[] = "UPDATE roots SET finished = 1 WHERE scan_id = ?";
constexpr char kLoadScans[] =
    "SELECT scan_id, path, limit_games FROM roots WHERE finished <= ?"
    " ORDER BY scan_id, position";

absl::StatusOr<std::vector<Source>> ReadSources(Statement& query) {
  std::vector<Source> sources;
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query.Step());
    if (!has_row) return sources;
    Source source;
    source.source_id = query.GetInteger(0);
    source.file_id = query.GetInteger(1);
    source.path = query.GetBytes(2);
    source.member = query.GetBytes(3);
    source.member_index = static_cast<int64_t>(query.GetInteger(4));
    source.offset = query.GetInteger(5);
    source.length_bytes = query.GetInteger(6);
    source.content_hash = Hash128FromBytes(query.GetBytes(7));
    source.games = query.GetInteger(8);
    source.first_game = query.GetInteger(9);
    source.error = query.GetBytes(10);
    source.removed = query.GetInteger(11) != 0;
    sources.push_back(std::move(source));
  }
}

File FileOf(const Statement& row) {
  File file;
  file.file_id = row.GetInteger(0);
  file.path = row.GetBytes(1);
  file.size_bytes = row.GetInteger(2);
  file.modified_ns = row.GetInteger(3);
  file.complete = row.GetInteger(4) != 0;
  file.sources = row.GetInteger(5);
  file.games = row.GetInteger(6);
  file.removed = row.GetInteger(7) != 0;
  return file;
}

}  // namespace

absl::Status CatalogueTable::PutFile(const File& file) {
  MOYO_ASSIGN_OR_RETURN(Statement * put, database_.Prepare(kPutFile));
  return put->Integer(file.file_id)
      .Text(file.path)
      .Integer(file.size_bytes)
      .Integer(file.modified_ns)
      .Integer(file.complete)
      .Integer(file.sources)
      .Integer(file.games)
      .Run();
}

absl::Status CatalogueTable::InsertSource(const Source& source) {
  MOYO_ASSIGN_OR_RETURN(Statement * insert, database_.Prepare(kInsertSource));
  return insert->Integer(source.source_id)
      .Integer(source.file_id)
      .Text(source.member)
      .Integer(static_cast<uint64_t>(source.member_index))
      .Integer(source.offset)
      .Integer(source.length_bytes)
      .Blob(ToBytes(source.content_hash))
      .Integer(source.games)
      .Integer(source.first_game)
      .Text(source.error)
      .Run();
}

absl::StatusOr<std::optional<File>> CatalogueTable::FindFile(const std::string& path) {
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kFindFile));
  MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Text(path).Step());
  if (!has_row) return std::nullopt;
  File file = FileOf(*query);
  query->Reset();
  return file;
}

absl::StatusOr<std::vector<File>> CatalogueTable::FilesBelow(const std::string& folder,
                                                             const std::string& after,
                                                             uint64_t most) {
  const std::string prefix = folder == "/" ? folder : absl::StrCat(folder, "/");
  std::string end = prefix;
  ++end.back();  // the character after '/'
  std::vector<File> files;
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kFilesBelow));
  query->Text(std::max(prefix, after)).Text(end).Integer(most);
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
    if (!has_row) return files;
    files.push_back(FileOf(*query));
  }
}

absl::Status CatalogueTable::SetFileRemoved(uint64_t file_id) {
  MOYO_ASSIGN_OR_RETURN(Statement * set, database_.Prepare(kSetFileRemoved));
  return set->Integer(file_id).Run();
}

absl::StatusOr<bool> CatalogueTable::SetSource(uint64_t source_id, Presence presence) {
  const uint64_t removed = presence == Presence::kRemoved ? 1 : 0;
  MOYO_ASSIGN_OR_RETURN(Statement * set, database_.Prepare(kSetSource));
  MOYO_RETURN_IF_ERROR(set->Integer(removed).Integer(source_id).Integer(removed).Run());
  return database_.changes() == 1;
}

absl::StatusOr<std::vector<Source>> CatalogueTable::SourcesOfFile(uint64_t file_id) {
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kSourcesOfFile));
  return ReadSources(query->Integer(file_id));
}

absl::StatusOr<std::vector<Source>> CatalogueTable::SourcesInRange(uint64_t first_source,
                                                                   uint64_t count) {
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kSourcesInRange));
  return ReadSources(query->Integer(first_source).Integer(first_source + count));
}

absl::StatusOr<uint64_t> CatalogueTable::FirstGameOf(uint64_t source_id) {
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kFirstGame));
  MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Integer(source_id).Step());
  if (!has_row) return absl::InternalError(absl::StrCat("no source ", source_id));
  const uint64_t first_game = query->GetInteger(0);
  query->Reset();
  return first_game;
}

absl::Status CatalogueTable::PutScan(const Scan& scan) {
  uint64_t position = 0;
  for (const std::string& path : scan.paths) {
    MOYO_ASSIGN_OR_RETURN(Statement * put, database_.Prepare(kPutRoot));
    MOYO_RETURN_IF_ERROR(
        put->Integer(scan.scan_id).Integer(position++).Text(path).Integer(scan.limit_games).Run());
  }
  return absl::OkStatus();
}

absl::Status CatalogueTable::FinishScan(uint64_t scan_id) {
  MOYO_ASSIGN_OR_RETURN(Statement * finish, database_.Prepare(kFinishScan));
  return finish->Integer(scan_id).Run();
}

absl::StatusOr<std::vector<Scan>> CatalogueTable::LoadScans(bool only_unfinished) {
  std::vector<Scan> scans;
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kLoadScans));
  query->Integer(only_unfinished ? 0 : 1);
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
    if (!has_row) return scans;
    const uint64_t scan_id = query->GetInteger(0);
    if (scans.empty() || scans.back().scan_id != scan_id) {
      scans.push_back({scan_id, {}, query->GetInteger(2)});
    }
    scans.back().paths.push_back(query->GetBytes(1));
  }
}

}  // namespace moyo::store
