// In a build without gloo's headers, in place of c10d_rendezvous.cc.
#include "trainer/group/group.h"

namespace moyo::trainer {
namespace {

class LoneRendezvous final : public Rendezvous {
 public:
  absl::StatusOr<std::unique_ptr<Group>> Next() override { return MakeLoneGroup(); }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Rendezvous>> Rendezvous::Open(const GroupOptions& options) {
  if (options.ranks == 1) return std::make_unique<LoneRendezvous>();
  return absl::UnimplementedError(
      "this build has no c10d: install gloo's headers (libgloo-dev) and build again, or leave out "
      "--ranks");
}

}  // namespace moyo::trainer
