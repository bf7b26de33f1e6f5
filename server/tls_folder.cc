#include "server/tls_folder.h"

#include <sys/stat.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::server {
namespace {

constexpr uint64_t kMaxIdentityBytes = 64 * 1024;
constexpr char kBeginCertificate[] = "-----BEGIN CERTIFICATE-----";

std::string PathIn(const std::string& folder) { return folder + "/server.pem"; }

absl::Status CheckMode(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return ErrnoStatus(errno, "look at", path);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "others may read the server's key '", path, "'; run 'chmod 600 ", path,
      "', or remove the file to have a new key made (then every machine needs a new join code)"));
}

}  // namespace

absl::StatusOr<rpc::Identity> ReadIdentity(const std::string& folder) {
  const std::string path = PathIn(folder);
  MOYO_RETURN_IF_ERROR(CheckMode(path));
  MOYO_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxIdentityBytes));
  const size_t at = text.find(kBeginCertificate);
  rpc::Identity identity;
  identity.key_pem = text.substr(0, at);
  if (at != std::string::npos) identity.certificate_pem = text.substr(at);
  const absl::Status status = rpc::CheckIdentity(identity);
  if (status.ok()) return identity;
  return absl::FailedPreconditionError(absl::StrCat(
      "the server's key and certificate '", path, "' are damaged: ", status.message(),
      "; restore the file, or remove it to have new ones made (then every machine needs a new join "
      "code)"));
}

absl::StatusOr<rpc::Identity> OpenIdentity(const std::string& folder,
                                           const std::vector<std::string>& names) {
  absl::StatusOr<rpc::Identity> standing = ReadIdentity(folder);
  if (standing.ok() || !absl::IsNotFound(standing.status())) return standing;
  MOYO_RETURN_IF_ERROR(MakeFolder(folder));
  MOYO_ASSIGN_OR_RETURN(rpc::Identity made, rpc::MakeIdentity(names));
  MOYO_RETURN_IF_ERROR(
      WriteSecretFile(PathIn(folder), absl::StrCat(made.key_pem, made.certificate_pem)));
  return made;
}

}  // namespace moyo::server
