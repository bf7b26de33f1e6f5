#include "common/go/rank.h"

#include "absl/strings/str_cat.h"

namespace moyo::go {
namespace {

constexpr int kFirstProfessional = 11;

}  // namespace

std::string RankText(int rank) {
  if (rank == 0) return "";
  if (rank < 0) return absl::StrCat(-rank, "k");
  if (rank < kFirstProfessional) return absl::StrCat(rank, "d");
  return absl::StrCat(rank - kFirstProfessional + 1, "p");
}

}  // namespace moyo::go
