// `moyo-play gtp`: the engine on two streams.
#pragma once

#include <istream>
#include <ostream>

#include "absl/status/status.h"
#include "play/policy_player.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

// Answers each line until `quit` or the end of the input, each answer flushed.
absl::Status RunGtp(const PlayerOptions& options, evaluation::Evaluator& evaluator,
                    std::istream& in, std::ostream& out);

}  // namespace moyo::play
