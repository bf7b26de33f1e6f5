#include "cli/ledger_format.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace moyo::cli {
namespace {

v1::LedgerEntry Rejected() {
  v1::LedgerEntry entry;
  v1::LedgerRow* row = entry.mutable_row();
  row->set_game_id(7);
  row->set_state(v1::GAME_STATE_REJECTED);
  row->set_reason("MOVE_OCCUPIED");
  row->set_byte_offset(40);
  row->set_moves(12);
  row->set_detail("bytes \"B[dd]\", then\nmore");
  entry.set_path("/games/a,b.zip");
  entry.set_member("x\x1b[2J.sgf");
  entry.set_source_offset(1000);
  return entry;
}

v1::LedgerEntry Duplicate() {
  v1::LedgerEntry entry;
  entry.mutable_row()->set_game_id(8);
  entry.mutable_row()->set_state(v1::GAME_STATE_DUPLICATE);
  entry.set_path("/games/c.sgf");
  entry.set_duplicate_of(3);
  entry.set_duplicate_of_path("/games/b.sgf");
  entry.set_duplicate_kind(v1::DUPLICATE_KIND_SYMMETRIC);
  entry.set_source_removed(true);
  return entry;
}

TEST(LedgerFormatTest, CsvQuotesCommasQuotesAndNewlines) {
  const auto format = *MakeLedgerFormat("csv");
  EXPECT_EQ(format->Header(),
            "game_id,state,reason,path,member,offset,moves,duplicate_of,duplicate_of_path,detail,"
            "duplicate_kind,source_removed\r\n");
  EXPECT_EQ(format->Row(Rejected()),
            "7,rejected,MOVE_OCCUPIED,\"/games/a,b.zip\",x\x1b[2J.sgf,1040,12,,,"
            "\"bytes \"\"B[dd]\"\", then\nmore\",,\r\n");
  EXPECT_EQ(format->Row(Duplicate()),
            "8,duplicate,,/games/c.sgf,,0,0,3,/games/b.sgf,,symmetric,yes\r\n");
}

TEST(LedgerFormatTest, JsonIsOneArray) {
  const auto format = *MakeLedgerFormat("json");
  std::string text = format->Header();
  text += format->Row(Rejected());
  text += format->Row(Duplicate());
  text += format->Footer();
  const nlohmann::json json = nlohmann::json::parse(text);
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["offset"], 1040);
  EXPECT_TRUE(json[0]["duplicate_of"].is_null());
  EXPECT_EQ(json[1]["duplicate_of"], 3);
  EXPECT_EQ(json[1]["duplicate_kind"], "symmetric");
  EXPECT_EQ(json[0]["source_removed"], false);
  EXPECT_EQ(json[1]["source_removed"], true);
}

TEST(LedgerFormatTest, EmptyJsonIsAnEmptyArray) {
  const auto format = *MakeLedgerFormat("json");
  EXPECT_TRUE(nlohmann::json::parse(format->Header() + format->Footer()).empty());
}

TEST(LedgerFormatTest, TableKeepsControlCharactersFromTheTerminal) {
  const auto format = *MakeLedgerFormat("table");
  const std::string row = format->Row(Rejected());
  EXPECT_EQ(row.find('\x1b'), std::string::npos);
  EXPECT_NE(row.find("/games/a,b.zip!x\\x1b[2J.sgf"), std::string::npos) << row;
  EXPECT_NE(format->Row(Duplicate()).find("symmetric copy of 3 /games/b.sgf"), std::string::npos);
}

// U+009B is the escape sequence's beginning in one character, and some terminals obey it.
TEST(LedgerFormatTest, TableShowsControlCharactersOfTwoBytes) {
  v1::LedgerEntry entry = Rejected();
  entry.set_path(
      "/games/\xc2\x9b"
      "2J\xc3\xa9.sgf");
  const std::string row = (*MakeLedgerFormat("table"))->Row(entry);
  EXPECT_NE(row.find("/games/\\xc2\\x9b2J\xc3\xa9.sgf"), std::string::npos) << row;
}

TEST(LedgerFormatTest, StatesGoByTheirWords) {
  EXPECT_EQ(*GameStateFromName("quarantined"), v1::GAME_STATE_QUARANTINED);
  EXPECT_EQ(GameStateName(v1::GAME_STATE_FILTERED), "filtered");
  EXPECT_FALSE(GameStateFromName("unspecified").ok());
  EXPECT_FALSE(GameStateFromName("lost").ok());
}

}  // namespace
}  // namespace moyo::cli
