// What the processor that runs this has; each kind of kernels is compiled for one of these. All
// false but on x86-64.
#pragma once

namespace moyo::trainer {

bool HasAvx2();        // with FMA
bool HasAvx512();      // F, BW, DQ and VL
bool HasAvx512Bf16();  // and dot products of bfloat16
bool HasAmxBf16();     // products of bfloat16 matrices

// Whether a network runs faster in bfloat16 than in float: elsewhere its numbers are converted back
// and forth.
inline bool HasBf16() { return HasAvx512Bf16() || HasAmxBf16(); }

}  // namespace moyo::trainer
