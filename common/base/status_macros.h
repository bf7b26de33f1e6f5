// Early return on an error status. Both work in functions that return absl::Status or StatusOr.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define MOYO_RETURN_IF_ERROR(expr)                                                \
  do {                                                                            \
    if (absl::Status moyo_status = (expr); !moyo_status.ok()) return moyo_status; \
  } while (false)

#define MOYO_CONCAT_INNER(a, b) a##b
#define MOYO_CONCAT(a, b) MOYO_CONCAT_INNER(a, b)

// MOYO_ASSIGN_OR_RETURN(auto x, MakeX());
#define MOYO_ASSIGN_OR_RETURN(lhs, expr) \
  MOYO_ASSIGN_OR_RETURN_IMPL(MOYO_CONCAT(moyo_statusor_, __LINE__), lhs, expr)
#define MOYO_ASSIGN_OR_RETURN_IMPL(var, lhs, expr) \
  auto var = (expr);                               \
  if (!var.ok()) return var.status();              \
  lhs = *std::move(var)
