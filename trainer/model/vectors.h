// Vectors as wide as a register, by GCC's and Clang's extension: 16 numbers with AVX-512, 8 with
// AVX2, 4 elsewhere. For the kernels alone: what is here is compiled anew for each kind of
// processor.
#pragma once

#include <cstdint>
#include <cstring>

#include "trainer/model/bf16.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define MOYO_INLINE inline __attribute__((always_inline))

namespace moyo::trainer {
namespace {

#if defined(__AVX512F__)
constexpr int kLanes = 16, kRegisters = 32;
#elif defined(__AVX2__)
constexpr int kLanes = 8, kRegisters = 16;
#else
constexpr int kLanes = 4, kRegisters = 16;
#endif
using Floats = float __attribute__((vector_size(4 * kLanes)));
using Ints = int32_t __attribute__((vector_size(4 * kLanes)));
using Words = uint32_t __attribute__((vector_size(4 * kLanes)));
using Halves = uint16_t __attribute__((vector_size(2 * kLanes)));

// In one instruction where there is one: GCC 12 makes two of __builtin_convertvector, and joins
// them.
MOYO_INLINE Words WordsOf(Halves halves) {
#if defined(__AVX512F__)
  return (Words)_mm512_cvtepu16_epi32((__m256i)halves);
#elif defined(__AVX2__)
  return (Words)_mm256_cvtepu16_epi32((__m128i)halves);
#else
  return __builtin_convertvector(halves, Words);
#endif
}

MOYO_INLINE Floats Widen(Halves halves) { return reinterpret_cast<Floats>(WordsOf(halves) << 16); }

// To the nearest, ties to even. NaN stays NaN. AVX512-BF16 takes what is subnormal for 0.
MOYO_INLINE Halves Narrow(Floats values) {
#if defined(__AVX512BF16__)
  return (Halves)_mm512_cvtneps_pbh((__m512)values);
#else
  const auto bits = reinterpret_cast<Words>(values);
  const Words rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const Words quiet = (bits >> 16) | 0x40;
  return __builtin_convertvector(values != values ? quiet : rounded, Halves);
#endif
}

// The first `lanes` of a vector; the others are 0. With the constant kLanes it is one load.
template <typename Vector, typename T>
MOYO_INLINE Vector LoadRaw(const T* from, int lanes) {
  Vector vector{};
  if (lanes == kLanes) {
    std::memcpy(&vector, from, sizeof(vector));
  } else {
    T buffer[kLanes] = {};
    for (int i = 0; i < lanes; ++i) buffer[i] = from[i];
    std::memcpy(&vector, buffer, sizeof(vector));
  }
  return vector;
}

template <typename Vector, typename T>
MOYO_INLINE void StoreRaw(T* to, Vector vector, int lanes) {
  if (lanes == kLanes) {
    std::memcpy(to, &vector, sizeof(vector));
  } else {
    T buffer[kLanes];
    std::memcpy(buffer, &vector, sizeof(vector));
    for (int i = 0; i < lanes; ++i) to[i] = buffer[i];
  }
}

MOYO_INLINE Floats Load(const float* from, int lanes) { return LoadRaw<Floats>(from, lanes); }
MOYO_INLINE Floats Load(const Bf16* from, int lanes) { return Widen(LoadRaw<Halves>(from, lanes)); }
MOYO_INLINE void Store(float* to, Floats values, int lanes) { StoreRaw(to, values, lanes); }
MOYO_INLINE void Store(Bf16* to, Floats values, int lanes) { StoreRaw(to, Narrow(values), lanes); }
MOYO_INLINE Floats Rounded(const float*, Floats values) { return values; }
MOYO_INLINE Floats Rounded(const Bf16*, Floats values) { return Widen(Narrow(values)); }

MOYO_INLINE Floats Rectified(Floats values) { return values < 0 ? Floats{} : values; }

}  // namespace
}  // namespace moyo::trainer
