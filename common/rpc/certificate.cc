#include "common/rpc/certificate.h"

#include <arpa/inet.h>
#include <openssl/rand.h>

#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/status_macros.h"
#include "common/rpc/openssl_objects.h"

namespace moyo::rpc {
namespace {

constexpr int kVersion3 = 2;  // as X.509 counts
constexpr int kSerialBytes = 16;
constexpr char kNotBefore[] = "19700101000000Z";
constexpr char kNotAfter[] = "99991231235959Z";

absl::Status Failed(const char* what) {
  return absl::InternalError(
      absl::StrCat("cannot make a certificate: ", what, ": ", LastOpenSslError()));
}

bool IsIpAddress(const std::string& name) {
  in6_addr address;  // large enough for both
  return inet_pton(AF_INET, name.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, name.c_str(), &address) == 1;
}

// In the syntax of x509v3_config(5). A comma would begin another entry: such names are left out.
std::string AlternativeNames(const std::vector<std::string>& names) {
  std::string text = absl::StrCat("DNS:", kServerName);
  for (const std::string& name : names) {
    if (name.empty() || name.find_first_of(", \t\n=") != std::string::npos) continue;
    absl::StrAppend(&text, IsIpAddress(name) ? ",IP:" : ",DNS:", name);
  }
  return text;
}

absl::Status AddExtension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (extension == nullptr || X509_add_ext(certificate, extension.get(), -1) != 1) {
    return Failed(OBJ_nid2sn(nid));
  }
  return absl::OkStatus();
}

absl::Status SetSerial(X509* certificate) {
  unsigned char bytes[kSerialBytes];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1) return Failed("serial number");
  bytes[0] = (bytes[0] & 0x7F) | 0x40;  // positive, and of full length
  const std::unique_ptr<BIGNUM, Freer<BN_free>> number(BN_bin2bn(bytes, sizeof(bytes), nullptr));
  if (number == nullptr ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    return Failed("serial number");
  }
  return absl::OkStatus();
}

absl::Status FillIn(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& names) {
  MOYO_RETURN_IF_ERROR(SetSerial(certificate));
  X509_NAME* subject = X509_get_subject_name(certificate);
  if (X509_set_version(certificate, kVersion3) != 1 ||
      ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), kNotBefore) != 1 ||
      ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), kNotAfter) != 1 ||
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                 reinterpret_cast<const unsigned char*>(kServerName), -1, -1,
                                 0) != 1 ||
      X509_set_issuer_name(certificate, subject) != 1 || X509_set_pubkey(certificate, key) != 1) {
    return Failed("fields");
  }
  MOYO_RETURN_IF_ERROR(AddExtension(certificate, NID_basic_constraints, "critical,CA:FALSE"));
  MOYO_RETURN_IF_ERROR(AddExtension(certificate, NID_ext_key_usage, "serverAuth"));
  MOYO_RETURN_IF_ERROR(AddExtension(certificate, NID_subject_alt_name, AlternativeNames(names)));
  if (X509_sign(certificate, key, EVP_sha256()) == 0) return Failed("signature");
  return absl::OkStatus();
}

CertificatePtr ReadCertificate(std::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return CertificatePtr(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

// An encrypted key would have OpenSSL ask the terminal; this says that there is no passphrase.
int NoPassphrase(char*, int, int, void*) { return 0; }

KeyPtr ReadKey(std::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPtr(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr) : nullptr);
}

}  // namespace

absl::StatusOr<Identity> MakeIdentity(const std::vector<std::string>& names) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertificatePtr certificate(X509_new());
  if (key == nullptr || certificate == nullptr) return Failed("key");
  MOYO_RETURN_IF_ERROR(FillIn(certificate.get(), key.get(), names));
  Identity identity;
  identity.certificate_pem = PemOf(certificate.get());
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0,
                                                      nullptr, nullptr) != 1) {
    return Failed("writing the key");
  }
  identity.key_pem = TextOf(bio.get());
  if (identity.certificate_pem.empty()) return Failed("writing the certificate");
  return identity;
}

absl::Status CheckIdentity(const Identity& identity) {
  const KeyPtr key = ReadKey(identity.key_pem);
  const CertificatePtr certificate = ReadCertificate(identity.certificate_pem);
  const bool fits = key != nullptr && certificate != nullptr &&
                    X509_check_private_key(certificate.get(), key.get()) == 1;
  const std::string reason = LastOpenSslError();
  if (fits) return absl::OkStatus();
  if (key == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat("it holds no readable key: ", reason));
  }
  if (certificate == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat("it holds no certificate: ", reason));
  }
  return absl::FailedPreconditionError("its key is not the certificate's");
}

absl::Status UseIdentity(const Identity& identity, ssl_ctx_st* context) {
  MOYO_RETURN_IF_ERROR(CheckIdentity(identity));
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
      SSL_CTX_use_certificate(context, ReadCertificate(identity.certificate_pem).get()) == 1 &&
      SSL_CTX_use_PrivateKey(context, ReadKey(identity.key_pem).get()) == 1) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat("not taken by OpenSSL: ", LastOpenSslError()));
}

absl::StatusOr<std::string> PinOf(std::string_view certificate_pem) {
  const CertificatePtr certificate = ReadCertificate(certificate_pem);
  unsigned char* der = nullptr;
  const int size = certificate ? i2d_X509(certificate.get(), &der) : -1;
  if (size <= 0) {
    return absl::InvalidArgumentError(absl::StrCat("no certificate: ", LastOpenSslError()));
  }
  const std::string pin =
      ToBytes(Sha256Of({reinterpret_cast<const char*>(der), static_cast<size_t>(size)}));
  OPENSSL_free(der);
  return pin;
}

}  // namespace moyo::rpc
