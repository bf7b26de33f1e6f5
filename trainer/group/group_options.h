// Which of several trainers this one is.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace moyo::trainer {

struct GroupOptions {
  int ranks = 1;                // trainers that learn together
  int rank = 0;                 // of this one, 0..ranks-1
  std::string rendezvous = {};  // HOST:PORT where rank 0 listens
  // How long a rank may keep the others waiting before it counts as lost (one that ends is found
  // out at once).
  absl::Duration patience = absl::Minutes(10);
};

}  // namespace moyo::trainer
