#include "server/store/token_table.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace moyo::store {
namespace {

constexpr char kFind[] = "SELECT count(*) FROM tokens WHERE name = ?";
constexpr char kInsert[] =
    "INSERT INTO tokens(name, role, hash, created, expires, revoked, last_used)"
    " VALUES (?,?,?,?,?,?,?)";
constexpr char kLoad[] =
    "SELECT name, role, hash, created, expires, revoked, last_used FROM tokens ORDER BY name";
constexpr char kSetRevoked[] = "UPDATE tokens SET revoked = ? WHERE name = ?";
constexpr char kSetLastUsed[] = "UPDATE tokens SET last_used = ? WHERE name = ?";
constexpr char kDelete[] = "DELETE FROM tokens WHERE name = ?";

}  // namespace

absl::Status TokenTable::Insert(const Token& token) {
  MOYO_ASSIGN_OR_RETURN(Statement * find, database_.Prepare(kFind));
  MOYO_RETURN_IF_ERROR(find->Text(token.name).Step().status());
  const bool exists = find->GetInteger(0) != 0;
  find->Reset();
  if (exists) {
    return absl::AlreadyExistsError(
        absl::StrCat("there is or was a token named '", token.name, "'; choose another name"));
  }
  MOYO_ASSIGN_OR_RETURN(Statement * insert, database_.Prepare(kInsert));
  return insert->Text(token.name)
      .Integer(static_cast<uint64_t>(token.role))
      .Blob(token.hash)
      .Integer(token.created)
      .Integer(token.expires)
      .Integer(token.revoked)
      .Integer(token.last_used)
      .Run();
}

absl::StatusOr<std::vector<Token>> TokenTable::Load() {
  std::vector<Token> tokens;
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kLoad));
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
    if (!has_row) return tokens;
    Token token;
    token.name = query->GetBytes(0);
    token.role = static_cast<Role>(query->GetInteger(1));
    token.hash = query->GetBytes(2);
    token.created = query->GetInteger(3);
    token.expires = query->GetInteger(4);
    token.revoked = query->GetInteger(5);
    token.last_used = query->GetInteger(6);
    tokens.push_back(std::move(token));
  }
}

absl::Status TokenTable::SetRevoked(const std::string& name, uint64_t when) {
  MOYO_ASSIGN_OR_RETURN(Statement * update, database_.Prepare(kSetRevoked));
  return update->Integer(when).Text(name).Run();
}

absl::Status TokenTable::SetLastUsed(const std::string& name, uint64_t when) {
  MOYO_ASSIGN_OR_RETURN(Statement * update, database_.Prepare(kSetLastUsed));
  return update->Integer(when).Text(name).Run();
}

absl::Status TokenTable::Delete(const std::string& name) {
  MOYO_ASSIGN_OR_RETURN(Statement * remove, database_.Prepare(kDelete));
  return remove->Text(name).Run();
}

}  // namespace moyo::store
