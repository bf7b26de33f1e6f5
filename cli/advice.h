// What a person might do next, where the status tells enough to say so.
#pragma once

#include <string>
#include <vector>

#include "moyo/v1/admin.pb.h"

namespace moyo::cli {

// Sentences, the most pressing first; empty when all goes as well as it can. `address` of the
// server goes into commands to type; may be empty.
std::vector<std::string> Advice(const v1::GetStatusResponse& status, const std::string& address);

}  // namespace moyo::cli
