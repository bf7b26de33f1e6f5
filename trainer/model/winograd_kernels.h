// The loops of winograd.h, over one sample at a time: 361 rows of channels (the order of
// channels_last). No Torch here.
//
// F(2x2, 3x3): the board is cut into 10 x 10 tiles of 2 x 2 outputs, the last ones half beyond the
// edge. A tile needs 4 x 4 inputs; both they and the 3 x 3 weights are taken to 4 x 4 numbers by
// small fixed matrices, multiplied there number by number (16 products a pair of channels where the
// plain way takes 36), summed over the input's channels, and taken back. The sums over channels are
// 16 matrix products, one for each place of the 4 x 4.
// Source: Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks", section 4.1,
// arXiv 1509.09308. Its matrices: transforms of the input B, of the weights G, of the output A.
//
// Thread-safe: they keep nothing. Numbers of channels are multiples of kChannelStep.
#pragma once

#include <cstdint>

#include "trainer/model/bf16.h"

namespace moyo::trainer {

inline constexpr int64_t kWinogradSide = 19;
inline constexpr int64_t kWinogradPlaces = 16;
inline constexpr int64_t kChannelStep = 16;

struct WinogradExtent {
  int64_t in;
  int64_t out;
};

struct WinogradKernels {
  // weight: out x 3 x 3 x in. packed: 16 x in x out numbers, in an order that `convolve` knows.
  void (*pack)(WinogradExtent, const float* weight, Bf16* packed);
  // The same of the convolution that takes the output's gradient to the input's; `extent` and
  // weight are those of the original.
  void (*pack_transposed)(WinogradExtent, const float* weight, Bf16* packed);
  // x: in channels; y: out channels. scratch: convolve_scratch bytes.
  void (*convolve)(WinogradExtent, const Bf16* x, const Bf16* packed, Bf16* y, void* scratch);
  int64_t (*convolve_scratch)(WinogradExtent);
  // Adds to products (16 x in x out) what this sample gives to the gradient of the transformed
  // weights. scratch: add_scratch bytes.
  void (*add_products)(WinogradExtent, const Bf16* x, const Bf16* dy, float* products,
                       void* scratch);
  int64_t (*add_scratch)(WinogradExtent);
  // The weights' gradient, out x 3 x 3 x in, of products.
  void (*weight_gradient)(WinogradExtent, const float* products, float* gradient);
};

// Null where this processor has no dot products of bfloat16 (AVX512-BF16).
const WinogradKernels* WinogradKernelsHere();

// Whether this processor has instructions for whole products of bfloat16 matrices (AMX-BF16), with
// which the plain way is faster than Winograd's without.
bool MultipliesMatrices();

}  // namespace moyo::trainer
