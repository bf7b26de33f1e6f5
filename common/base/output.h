// What a program prints for people and pipes: whether it got there.
#pragma once

#include "absl/status/status.h"

namespace moyo {

// Hands on what was printed to stdout and says whether all of it got there. OK also when nobody
// reads it: a reader that left (`moyo ledger | head`) has what it wanted. RESOURCE_EXHAUSTED: a
// file did not take all of it, so that what is in it must not be taken for the whole. CANCELLED:
// nor did a reader before a signal came. Call it last.
absl::Status FlushOutput();

}  // namespace moyo
