#include "common/rpc/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/join_code.h"

namespace moyo::rpc {
namespace {

TEST(Certificate, KeyAndCertificateBelongTogether) {
  const auto identity = MakeIdentity({"host.example.org", "192.0.2.7", "fd00::2"});
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_TRUE(CheckIdentity(*identity).ok()) << CheckIdentity(*identity);
  EXPECT_EQ(PinOf(identity->certificate_pem)->size(), kPinBytes);
}

TEST(Certificate, EachOneHasAPinOfItsOwn) {
  const auto one = MakeIdentity({}), other = MakeIdentity({});
  EXPECT_NE(*PinOf(one->certificate_pem), *PinOf(other->certificate_pem));
  const Identity mixed{one->key_pem, other->certificate_pem};
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckIdentity(mixed)));
}

TEST(Certificate, NamesThatWouldBreakOutAreLeftOut) {
  const auto identity = MakeIdentity({"a,DNS:evil", "", "a b", "DNS=x"});
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_TRUE(CheckIdentity(*identity).ok());
}

TEST(Certificate, DamagedPartsAreNamed) {
  const Identity good = *MakeIdentity({});
  const auto why = [](const Identity& identity) {
    const absl::Status status = CheckIdentity(identity);
    EXPECT_TRUE(absl::IsFailedPrecondition(status));
    return std::string(status.message());
  };
  EXPECT_THAT(why({"", good.certificate_pem}), testing::HasSubstr("no readable key"));
  EXPECT_THAT(why({good.key_pem, good.certificate_pem.substr(0, 60)}),
              testing::HasSubstr("no certificate"));
  EXPECT_TRUE(absl::IsInvalidArgument(PinOf("nothing").status()));
}

}  // namespace
}  // namespace moyo::rpc
