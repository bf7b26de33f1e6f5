#include "play/web/sgf_upload.h"

#include <gtest/gtest.h>

#include "common/base/files.h"
#include "play/web/game_json.h"

namespace moyo::play {
namespace {

using nlohmann::ordered_json;

ordered_json Read(std::string_view bytes, const std::string& number = "1") {
  const absl::StatusOr<ordered_json> json = ReadUpload(bytes, number);
  EXPECT_TRUE(json.ok()) << json.status();
  return json.ok() ? *json : ordered_json();
}

absl::StatusCode Refused(std::string_view bytes, const std::string& number = "1") {
  return ReadUpload(bytes, number).status().code();
}

TEST(SgfUpload, NamesOfEveryCharsetAreReadable) {
  // 柯洁 and 九段 in GB18030; 이세돌 in EUC-KR, as its CA says.
  const ordered_json chinese =
      Read("(;GM[1]SZ[19]CA[GB18030]PB[\xbf\xc2\xbd\xe0]BR[\xbe\xc5\xb6\xce]RE[B+R];B[pd];W[dp])");
  EXPECT_EQ(chinese["black"]["name"], "柯洁");
  EXPECT_EQ(chinese["black"]["rank"], "九段");
  EXPECT_EQ(chinese["encoding"], "GB18030");
  EXPECT_EQ(chinese["result"], "B+R");
  const ordered_json korean = Read("(;SZ[19]CA[EUC-KR]PW[\xc0\xcc\xbc\xbc\xb5\xb9];B[pd])");
  EXPECT_EQ(korean["white"]["name"], "이세돌");
  EXPECT_EQ(Read("(;SZ[19]PB[A\\]B];B[pd])")["black"]["name"], "A]B");
}

// What the answer's game holds goes back with each request, which bounds it.
TEST(SgfUpload, ResultOfTheGameIsShortHoweverLongTheFileTellsIt) {
  const std::string told = "White wins by resignation, after a long and hard fight over the centre";
  const ordered_json json = Read("(;SZ[19]RE[" + told + "];B[pd])");
  EXPECT_EQ(json["result"], told);
  EXPECT_EQ(json["game"]["result"], "W+R");
  EXPECT_TRUE(GameOfJson(json["game"]).ok());
  EXPECT_EQ(Read("(;SZ[19]RE[\xb0\xd7\xca\xa4]CA[GB18030];B[pd])")["game"]["result"], "W+");
}

TEST(SgfUpload, CollectionIsReadByNumber) {
  const std::string two = "(;SZ[19];B[pd])(;SZ[19]HA[2]AB[dp][pd];W[dd];B[])";
  EXPECT_EQ(Read(two)["games"], 2);
  const ordered_json second = Read(two, "2");
  EXPECT_EQ(second["number"], 2);
  EXPECT_EQ(second["game"]["setup"], ordered_json({"bpd", "bdp"}));
  EXPECT_EQ(second["game"]["moves"], ordered_json({"wdd", "b"}));
  EXPECT_EQ(Refused(two, "3"), absl::StatusCode::kNotFound);
  for (const char* number : {"0", "-1", "x", "", "99999999999"}) {
    EXPECT_EQ(Refused(two, number), absl::StatusCode::kInvalidArgument) << number;
  }
}

TEST(SgfUpload, GameIsCutBeforeItsFirstIllegalMove) {
  const std::string text = "(;SZ[19];B[pd];W[dp];B[pd];W[qq])";
  const ordered_json json = Read(text);
  EXPECT_EQ(json["game"]["moves"].size(), 2u);
  EXPECT_EQ(json["cut"]["reason"], "MOVE_OCCUPIED");
  EXPECT_EQ(json["cut"]["byte"], text.rfind("B[pd]"));
  EXPECT_TRUE(Read("(;SZ[19];B[pd])")["cut"].is_null());
}

TEST(SgfUpload, DamagedGameKeepsItsMoves) {
  const ordered_json json = Read("(;SZ[19];B[pd];W[dp];B[zz];W[qq])");
  EXPECT_EQ(json["game"]["moves"].size(), 2u);
  EXPECT_EQ(json["cut"]["reason"], "BAD_MOVE");
}

TEST(SgfUpload, VariationsAreCounted) {
  EXPECT_EQ(Read("(;SZ[19];B[pd](;W[dp])(;W[dd])(;W[pp]))")["variations"], 2);
}

TEST(SgfUpload, WhatCannotBeShownIsRefusedByKind) {
  EXPECT_EQ(Refused(""), absl::StatusCode::kNotFound);
  EXPECT_EQ(Refused("hello"), absl::StatusCode::kNotFound);
  EXPECT_EQ(Refused("(;GM[2]SZ[19];B[pd])"), absl::StatusCode::kNotFound);
  EXPECT_EQ(Refused("(;SZ[13];B[cc])"), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(Refused("(;SZ[19]AW[aa]AB[ba][ab];B[pd])"), absl::StatusCode::kFailedPrecondition);
  std::string endless = "(;SZ[19]";
  for (int i = 0; i < 2001; ++i) endless += i % 2 ? ";W[]" : ";B[]";
  EXPECT_EQ(Refused(endless + ")"), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace moyo::play
