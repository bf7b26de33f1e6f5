// Who may call what: one row for each method of proto/moyo/v1. A method without a row is refused to
// everyone, and fails the test of this table.
#pragma once

#include <string_view>

#include "server/store/token_table.h"

namespace moyo::server {

enum class Access { kAnyone, kRoles, kNobody };

struct MethodRule {
  std::string_view method;  // "/moyo.v1.WorkService/LeaseUnit", as HTTP/2's :path has it
  Access access = Access::kNobody;
  store::Role role = store::Role::kAdmin;  // with kRoles: this one, or admin
};

// kNobody for a method without a row.
MethodRule RuleOf(std::string_view method);

bool IsAllowed(const MethodRule& rule, store::Role role);

// "worker", "trainer", "admin".
std::string_view NameOf(store::Role role);

}  // namespace moyo::server
