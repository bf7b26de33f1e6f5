// `moyo-play analysis`: the JSON analysis protocol that KaTrain and other programs speak with their
// engine. A request is a line, and so is an answer.
#pragma once

#include <istream>
#include <ostream>

#include "absl/status/status.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

// Until the input ends and all that was asked is answered. Reads on a thread of its own, so that a
// request with a higher priority, or one that takes others back, need not wait. What is wrong with
// a request is an answer with `error`, never the end.
absl::Status RunAnalysis(evaluation::Evaluator& evaluator, std::istream& in, std::ostream& out);

}  // namespace moyo::play
