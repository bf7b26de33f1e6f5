// `moyo-play gtp`: the engine on two streams.
#pragma once

#include <istream>
#include <ostream>

#include "absl/status/status.h"
#include "play/evaluator.h"
#include "play/policy_player.h"

namespace moyo::play {

// Answers each line until `quit` or the end of the input, each answer flushed.
absl::Status RunGtp(const PlayerOptions& options, Evaluator& evaluator, std::istream& in,
                    std::ostream& out);

}  // namespace moyo::play
