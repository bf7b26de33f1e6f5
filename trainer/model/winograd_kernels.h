// The loops of winograd.h, over one sample at a time: 361 rows of channels (the order of
// channels_last), float or bfloat16, with all sums in float. No Torch here.
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
#include <string_view>

#include "trainer/model/bf16.h"

namespace moyo::trainer {

inline constexpr int64_t kWinogradSide = 19;
inline constexpr int64_t kWinogradPlaces = 16;
inline constexpr int64_t kChannelStep = 16;

// The upper and the lower half of the board, which can be convolved apart.
inline constexpr int64_t kWinogradHalves = 2;

struct WinogradExtent {
  int64_t in;
  int64_t out;
};

template <typename T>
struct WinogradKernels {
  // weight: 3 x 3 x in x out. packed: 16 x in x out numbers, in an order that `convolve` knows.
  void (*pack)(WinogradExtent, const float* weight, T* packed);
  // Fills one half of y. x: in channels; y: out channels. scratch: convolve_scratch bytes.
  void (*convolve)(WinogradExtent, int64_t half, const T* x, const T* packed, T* y, void* scratch);
  int64_t (*convolve_scratch)(WinogradExtent);
  // Adds to products (16 x in x out) what this sample gives to the gradient of the transformed
  // weights. scratch: add_scratch bytes.
  void (*add_products)(WinogradExtent, const T* x, const T* dy, float* products, void* scratch);
  int64_t (*add_scratch)(WinogradExtent);
  // The weights' gradient, 3 x 3 x in x out, of products.
  void (*weight_gradient)(WinogradExtent, const float* products, float* gradient);
};

// For the numbers T (float or Bf16), the fastest that this processor has: bfloat16 needs its dot
// products (AVX512-BF16), float AVX-512, or AVX2 with FMA. Null where it has none.
template <typename T>
const WinogradKernels<T>* WinogradKernelsHere();

// By name: "avx512bf16", "avx512" or "avx2"; null where the processor or T lacks it.
template <typename T>
const WinogradKernels<T>* WinogradKernelsOf(std::string_view name);

}  // namespace moyo::trainer
