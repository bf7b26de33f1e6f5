#include "common/status/status_json.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/status_sample.h"

namespace moyo {
namespace {

TEST(StatusJsonTest, KeysThatProgramsMayRelyOn) {
  const nlohmann::ordered_json json = StatusJson(SampleStatus());
  const nlohmann::ordered_json ledger = {{"found", 38982}, {"accepted", 30000}, {"duplicate", 5},
                                         {"filtered", 4},  {"rejected", 3},     {"quarantined", 1},
                                         {"pending", 8969}};
  EXPECT_EQ(json["ledger"], ledger);
  EXPECT_EQ(json["duplicates"],
            (nlohmann::ordered_json{{"identical", 3}, {"symmetric", 0}, {"continued", 2}}));
  EXPECT_EQ(json["shards"], (nlohmann::ordered_json{{"count", 60}, {"bytes", 7000000}}));
  EXPECT_EQ(json["dataset_digest"].get<std::string>().size(), 64u);
  EXPECT_EQ(json["units"]["leased"], 2);
  EXPECT_EQ(json["workers"][0]["name"], "host-1");
  for (const char* key : {"epoch", "step", "samples", "top1", "top5", "nats", "loss"}) {
    EXPECT_TRUE(json["training"][key].is_number()) << key;
  }
  EXPECT_EQ(json["memory"], (nlohmann::ordered_json{{"rss_bytes", 50 << 20},
                                                    {"vms_bytes", 500 << 20},
                                                    {"system_total_bytes", uint64_t{24} << 30},
                                                    {"system_available_bytes", uint64_t{20} << 30},
                                                    {"budget_bytes", uint64_t{10} << 30}}));
}

// The whole object, as programs outside read it: a name that changes or goes is a break.
TEST(StatusJsonTest, EveryFieldOfTheMessageHasItsName) {
  v1::GetStatusResponse status = SampleStatus();
  status.mutable_ledger()->set_symmetric(6);
  status.mutable_units()->set_quarantined(7);
  status.mutable_units()->set_split(8);
  status.set_complete(true);
  status.set_removed_games(9);
  status.set_catalogue_error("no such folder");
  status.set_storage_error("the disk is full");
  status.mutable_training()->set_trainer("gpu-1");
  status.mutable_training()->set_feed_wait_ratio(0.125);
  status.mutable_training()->set_finished(true);
  status.mutable_training()->set_error("not finite");
  status.mutable_training()->set_dataset_digest("\x01\x02");
  std::string digest;
  for (int i = 0; i < 32; ++i) digest += "ab";
  const auto expected = nlohmann::ordered_json::parse(R"({
    "ledger": {"found": 38982, "accepted": 30000, "duplicate": 5, "filtered": 4, "rejected": 3,
               "quarantined": 1, "pending": 8969},
    "truncated": 2,
    "duplicates": {"identical": 3, "symmetric": 6, "continued": 2},
    "positions": 6300000, "sources": 38982, "removed_games": 9,
    "shards": {"count": 60, "bytes": 7000000},
    "dataset_digest": ")" + digest + R"(",
    "complete": true,
    "units": {"pending": 10, "leased": 2, "done": 60, "quarantined": 7, "split": 8},
    "games_per_second": 8969.0,
    "workers": [{"worker_id": "w1", "name": "host-1", "parallel": 2, "leases": 2,
                 "games_done": 30013, "games_per_second": 4000.0, "rss_bytes": 20971520,
                 "seconds_since_heartbeat": 0.5}],
    "training": {"reported": true, "trainer": "gpu-1", "epoch": 2, "epochs": 5, "step": 1000,
                 "samples": 256000, "planned_samples": 512000, "samples_per_second": 1000.0,
                 "top1": 0.375, "top5": 0.6875, "nats": 2.75, "value_accuracy": 0.5,
                 "validation_positions": 20000, "loss": 2.5, "policy_loss": 2.25,
                 "value_loss": 0.25, "learning_rate": 0.001, "feed_wait_ratio": 0.125,
                 "checkpoints": 3, "checkpoint_bytes": 5242880,
                 "checkpoint_unix_seconds": 1700000000, "rss_bytes": 419430400,
                 "vms_bytes": 2147483648, "finished": true, "error": "not finite",
                 "dataset_digest": "0102"},
    "memory": {"rss_bytes": 52428800, "vms_bytes": 524288000, "system_total_bytes": 25769803776,
               "system_available_bytes": 21474836480, "budget_bytes": 10737418240},
    "alarms": ["unit 7 stands with two digests"],
    "catalogue_error": "no such folder", "storage_error": "the disk is full",
    "version": "0.1.0"})");
  EXPECT_EQ(StatusJson(status), expected) << StatusJson(status).dump(1);
}

TEST(StatusJsonTest, BeforeTheFirstValidationTheScoresAreNull) {
  const nlohmann::ordered_json json = StatusJson(v1::GetStatusResponse());
  EXPECT_TRUE(json["training"]["top1"].is_null());
  EXPECT_EQ(json["training"]["reported"], false);
  EXPECT_EQ(json["training"]["epoch"], 0);
}

TEST(StatusJsonTest, ALossThatIsNotFiniteIsNull) {
  v1::GetStatusResponse status;
  status.mutable_training()->set_loss(std::numeric_limits<double>::quiet_NaN());
  EXPECT_NE(DumpJson(StatusJson(status)).find("\"loss\":null"), std::string::npos);
}

}  // namespace
}  // namespace moyo
