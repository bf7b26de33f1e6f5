// What a person might do next, where the status tells enough to say so.
#pragma once

#include <string>
#include <vector>

#include "moyo/v1/admin.pb.h"

namespace moyo::cli {

// What lets other programs in at the server: its address alone, or a join code (over TLS); or
// nothing yet, as the one that answered was started for this question and ends with it.
enum class JoinBy { kAddress, kCode, kServerFirst };

// Sentences, the most pressing first; empty when all goes as well as it can. `address` of the
// server goes into commands to type; may be empty, or stand for all of its machine's (0.0.0.0).
std::vector<std::string> Advice(const v1::GetStatusResponse& status, const std::string& address,
                                JoinBy join_by = JoinBy::kAddress);

}  // namespace moyo::cli
