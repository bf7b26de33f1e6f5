#include "common/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace moyo {
namespace {

TEST(Utf8Test, CharactersHaveTheirBytes) {
  EXPECT_EQ(Utf8CharacterBytes("ab"), 1u);
  EXPECT_EQ(Utf8CharacterBytes("\xc3\xa9x"), 2u);
  EXPECT_EQ(Utf8CharacterBytes("\xe5\x9b\xb2x"), 3u);
  EXPECT_EQ(Utf8CharacterBytes("\xf4\x8f\xbf\xbf"), 4u);
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8(std::string("a\0\xe5\x9b\xb2\xf0\x9f\x98\x80", 9)));
}

TEST(Utf8Test, WhatIsNotWellFormedIsNone) {
  for (const char* text : {
           "\x80",              // a byte that only follows
           "\xc0\xaf",          // overlong
           "\xc3",              // cut
           "\xe0\x80\x80",      // overlong
           "\xed\xa0\x80",      // a surrogate
           "\xe5\x9b",          // cut
           "\xf0\x80\x80\x80",  // overlong
           "\xf4\x90\x80\x80",  // above U+10FFFF
           "\xf5\x80\x80\x80",
       }) {
    EXPECT_EQ(Utf8CharacterBytes(text), 0u);
    EXPECT_FALSE(IsUtf8(std::string("a") + text));
  }
}

TEST(Utf8Test, ControlCharactersHaveOneByteOrTwo) {
  EXPECT_EQ(ControlCharacterBytes("\x1b[2J"), 1u);
  EXPECT_EQ(ControlCharacterBytes("\x7f"), 1u);
  EXPECT_EQ(ControlCharacterBytes(std::string_view("\0", 1)), 1u);
  EXPECT_EQ(ControlCharacterBytes("\xc2\x9b"), 2u);
  for (const char* text : {"", " ", "a\n", "\xc2", "\xc2\xa0", "\xc3\x9b", "\x9b"}) {
    EXPECT_EQ(ControlCharacterBytes(text), 0u) << text;
  }
}

}  // namespace
}  // namespace moyo
