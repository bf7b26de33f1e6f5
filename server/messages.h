// Between the store's rows and the messages of proto/moyo/v1.
#pragma once

#include <string>
#include <vector>

#include "moyo/v1/admin.pb.h"
#include "moyo/v1/shard.pb.h"
#include "moyo/v1/work.pb.h"
#include "server/store/store.h"

namespace moyo::server {

// The bytes when they are UTF-8, as messages demand; else with the odd ones escaped.
std::string AsUtf8(const std::string& bytes);
// Text from outside as one line of a log: control characters become blanks, the rest is cut.
std::string OneLine(const std::string& text);

void FillSource(const store::Source& source, v1::Source& message);
void FillLedger(const store::LedgerCounts& counts, v1::LedgerCounts& message);
void FillUnits(const store::UnitCounts& counts, v1::UnitCounts& message);
void FillShard(const store::Shard& shard, v1::ShardEntry& message);
void FillEntry(const store::LedgerEntry& entry, v1::LedgerEntry& message);

// INVALID_ARGUMENT: a state that only the server gives.
absl::StatusOr<std::vector<store::Game>> GamesOf(const v1::CommitUnitRequest& request);

}  // namespace moyo::server
