#include "common/web/assets.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "common/base/files.h"
#include "tests/common/web/test_page.h"

namespace moyo::web {
namespace {

TEST(Assets, EveryFileIsEmbeddedByteForByte) {
  const std::map<std::string, std::string> files = {
      {"/index.html", "index.html"},         {"/empty.txt", "empty.txt"},
      {"/sub/answer.js", "sub/answer.js"},   {"/sub/bytes.png", "sub/bytes.png"},
      {"/again/answer.js", "sub/answer.js"}, {"/again/bytes.png", "sub/bytes.png"}};
  EXPECT_EQ(TestPage().size(), files.size());
  for (const Asset& asset : TestPage()) {
    const auto file = files.find(std::string(asset.path));
    ASSERT_NE(file, files.end()) << asset.path;
    const auto bytes = ReadFile(MOYO_SOURCE_DIR "/tests/common/web/page/" + file->second);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    EXPECT_EQ(asset.bytes, *bytes) << asset.path;
  }
}

TEST(Assets, TypeFollowsTheEnding) {
  EXPECT_EQ(ContentTypeOf("/index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(ContentTypeOf("/a/b.min.js"), "text/javascript; charset=utf-8");
  EXPECT_EQ(ContentTypeOf("/stone.svg"), "image/svg+xml");
  EXPECT_EQ(ContentTypeOf("/LICENSE"), "application/octet-stream");
}

}  // namespace
}  // namespace moyo::web
