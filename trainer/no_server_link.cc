// In a build without gRPC, in place of remote/server_link.cc.
#include "trainer/server_link.h"

namespace moyo::trainer {

std::unique_ptr<ServerLink> ServerLink::Make() { return nullptr; }

}  // namespace moyo::trainer
