#include "absl/strings/str_cat.h"
#include "tests/server/store/store_fixture.h"

namespace moyo::store {
namespace {

using ManifestTest = StoreFixture;

// The words of proto/moyo/v1/shard.proto: each digest, the count of rows left out, the rows.
TEST_F(ManifestTest, DatasetDigestIsThatOfTheDocument) {
  AddUnits({{3}, {1}});
  const work::Unit first = Lease().unit, second = Lease().unit;
  ASSERT_TRUE(UploadAndCommit(first, {"a", "a", "a"}).ok());
  ASSERT_TRUE(UploadAndCommit(second, {"b"}).ok());
  const auto manifest = store_->GetManifest();
  ASSERT_EQ(manifest->shards.size(), 2u);
  EXPECT_EQ(manifest->shards[0].left_out_rows, (std::vector<uint32_t>{1, 2}));
  using namespace std::string_literals;
  const std::string bytes = absl::StrCat(DigestOfText("a,a,a,"), "\2\0\0\0\1\0\0\0\2\0\0\0"s,
                                         DigestOfText("b,"), "\0\0\0\0"s);
  EXPECT_EQ(manifest->digest, DigestOfText(bytes));
}

}  // namespace
}  // namespace moyo::store
