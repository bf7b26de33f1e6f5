// What a network says about a position, as the programs of play/ ask for it: the seam between them
// and LibTorch. Tests put a fake in its place.
#pragma once

#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

using evaluation::Evaluation;
using evaluation::Evaluator;

}  // namespace moyo::play
