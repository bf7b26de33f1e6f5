#include "play/web/web_command.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/digest.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/rpc/certificate.h"
#include "play/web/api.h"
#include "play/web/page_assets.h"

namespace moyo::play {

absl::Status RunWeb(const WebOptions& options, evaluation::Evaluator& evaluator, std::ostream& out,
                    std::ostream& errors) {
  InstallShutdownHandlers();
  MOYO_ASSIGN_OR_RETURN(web::Access access, web::NewAccess(options.listen, options.encryption));
  std::string certificate;
  if (access.identity) {
    MOYO_ASSIGN_OR_RETURN(const std::string pin, rpc::PinOf(access.identity->certificate_pem));
    certificate = absl::StrCat(
        "The browser will warn of a certificate that nobody else signed; its SHA-256 is ", Hex(pin),
        ".\n");
  }
  PlayApi api(evaluator, {.network_name = options.network_name, .version = options.version},
              errors);
  MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<web::HttpServer> server,
                        web::HttpServer::Open({.address = options.listen,
                                               .purpose = "the play page",
                                               .flag = "--listen",
                                               .access = std::move(access)}));
  server->AddAssets(PageAssets());
  AddRoutes(api, *server);
  out << "Open " << server->Url() << "\n" << certificate << "Ctrl-C ends it.\n" << std::flush;
  WaitForShutdown(absl::InfiniteDuration());
  return absl::OkStatus();
}

}  // namespace moyo::play
