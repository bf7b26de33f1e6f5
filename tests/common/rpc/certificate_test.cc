#include "common/rpc/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/digest.h"
#include "common/rpc/join_code.h"
#include "common/rpc/openssl_objects.h"

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

// The names for which the certificate stands, as "DNS:..." and "IP:" with the address's bytes in
// hexadecimal digits; "?" for any of another kind.
std::vector<std::string> NamesIn(const std::string& certificate_pem) {
  const BioPtr bio(
      BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  const CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  const std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> texts;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type));
    if (type != GEN_DNS && type != GEN_IPADD) {
      texts.push_back("?");
      continue;
    }
    const std::string bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                            ASN1_STRING_length(value));
    texts.push_back(type == GEN_DNS ? "DNS:" + bytes : "IP:" + Hex(bytes));
  }
  return texts;
}

TEST(Certificate, NamesAndAddressesStandInIt) {
  const auto identity = MakeIdentity({"host.example.org", "192.0.2.7", "::1"});
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_THAT(NamesIn(identity->certificate_pem),
              testing::ElementsAre("DNS:moyo-server", "DNS:host.example.org", "IP:c0000207",
                                   "IP:00000000000000000000000000000001"));
}

TEST(Certificate, NamesThatWouldBreakOutAreLeftOut) {
  const auto identity = MakeIdentity({"a,DNS:evil", "", "a b", "DNS=x", "a\nDNS:evil", "good"});
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_TRUE(CheckIdentity(*identity).ok());
  EXPECT_THAT(NamesIn(identity->certificate_pem),
              testing::ElementsAre("DNS:moyo-server", "DNS:good"));
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
