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
