#include "worker/loop/unit_runner.h"

#include <utility>

#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/sgf/header_values.h"
#include "common/shard/shard.h"

namespace moyo::worker {
namespace {

void ToProto(const LedgerRow& row, v1::LedgerRow& message) {
  message.set_game_id(row.game_id);
  message.set_state(static_cast<v1::GameState>(row.state));
  message.set_reason(row.reason.data(), row.reason.size());
  message.set_byte_offset(row.byte_offset);
  message.set_detail(row.detail);
  message.set_moves(row.moves);
  if (row.state != GameState::kAccepted) return;
  message.set_shard_row(row.shard_row);
  message.set_game_hash(ToBytes(row.identity.hash));
  message.set_symmetry(row.identity.symmetry);
  message.mutable_marks()->Add(row.identity.marks.begin(), row.identity.marks.end());
}

go::Ruleset RulesetOfWord(const std::string& word) {
  if (word == "unknown") return go::Ruleset::kUnknown;
  return word == "other" ? go::Ruleset::kOther : sgf::ParseRuleset(word);
}

GameFilterOptions FilterOf(const v1::ParseOptions& options) {
  const v1::GameFilter& message = options.filter();
  GameFilterOptions filter{.board_size = options.board_size(),
                           .min_moves = message.min_moves(),
                           .max_moves = options.max_moves(),
                           .min_rank = message.min_rank(),
                           .max_rank = message.max_rank(),
                           .players = {message.players().begin(), message.players().end()},
                           .first_date = message.first_date(),
                           .last_date = message.last_date(),
                           .result_known = message.result_known()};
  if (message.has_min_komi_half_points()) {
    filter.min_komi_half_points = message.min_komi_half_points();
  }
  if (message.has_max_komi_half_points()) {
    filter.max_komi_half_points = message.max_komi_half_points();
  }
  if (message.has_min_handicap()) filter.min_handicap = message.min_handicap();
  if (message.has_max_handicap()) filter.max_handicap = message.max_handicap();
  for (const std::string& word : message.rulesets()) {
    filter.rulesets.push_back(RulesetOfWord(word));
  }
  return filter;
}

FinishedUnit Finish(const Registration& as, const v1::Lease& lease, ParseJob& job) {
  FinishedUnit unit;
  unit.commit.set_worker_id(as.worker_id);
  unit.commit.set_run_id(as.run_id);
  unit.commit.set_lease_id(lease.lease_id());
  unit.commit.set_unit_id(lease.unit_id());
  unit.commit.set_fencing_token(lease.fencing_token());
  for (const LedgerRow& row : job.rows()) ToProto(row, *unit.commit.add_rows());
  if (job.columns().games() > 0) {
    unit.commit.set_shard_digest(ToBytes(shard::DigestOf(job.columns())));
    unit.shard = shard::WriteNpz(job.columns());
  }
  return unit;
}

// Hands what is read to the job.
class UnitParser : public UnitSink {
 public:
  UnitParser(ParseJob& job, const RunningUnit& unit) : job_(job), unit_(unit) {}

  void BeginSource(const v1::Source& source) override {
    job_.BeginSource(source.first_game(), source.games());
  }
  bool Feed(std::string_view bytes) override {
    job_.Feed(bytes);
    return GoesOn();
  }
  bool EndSource() override {
    job_.EndSource();
    return GoesOn();
  }
  void DropSource() override { job_.DropSource(); }
  bool FailSource(const v1::Source& source, const std::string& why) override {
    job_.DropSource();
    job_.AddUnreadableSource(source.first_game(), source.games(), why);
    return GoesOn();
  }

 private:
  bool GoesOn() const {
    return !unit_.lost.load(std::memory_order_relaxed) && !ShutdownRequested();
  }

  ParseJob& job_;
  const RunningUnit& unit_;
};

}  // namespace

ParseOptions FromProto(const v1::ParseOptions& options) {
  return {.min_moves = options.min_moves(),
          .max_game_bytes = options.max_game_bytes(),
          .filter = FilterOf(options)};
}

absl::StatusOr<FinishedUnit> RunUnit(CoordinatorClient& client, const Registration& as,
                                     LocalFiles local, RunningUnit& unit) {
  // A run that starts anew is progress only where it gets further than the one before.
  unit.games_parsed = 0;
  unit.read.bytes_read = 0;
  ParseJob job(as.options, &unit.games_parsed);
  UnitParser parser(job, unit);
  MOYO_RETURN_IF_ERROR(ReadUnit(client, unit.lease, local, unit.read, parser));
  return Finish(as, unit.lease, job);
}

}  // namespace moyo::worker
