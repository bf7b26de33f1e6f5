#include "common/features/planes.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace moyo::features {

void History::Push(const go::Board& board) {
  auto& slot = ring_[count_++ % kHistory];
  slot[0] = board.Stones(go::Color::kBlack);
  slot[1] = board.Stones(go::Color::kWhite);
}

void History::Fill(go::Color to_move, BitPlanes& planes) const {
  planes.to_move = to_move;
  const int own = to_move == go::Color::kBlack ? 0 : 1;
  for (uint64_t age = 0; age < kHistory; ++age) {
    if (age >= count_) {
      planes.history[age] = {};
      planes.history[kHistory + age] = {};
      continue;
    }
    const auto& position = ring_[(count_ - 1 - age) % kHistory];
    planes.history[age] = position[own];
    planes.history[kHistory + age] = position[1 - own];
  }
}

namespace {

void ExpandPortable(const BitPlanes& sample, int channels, float* output) {
  const float black = sample.to_move == go::Color::kBlack ? 1.0f : 0.0f;
  for (int point = 0; point < kPointCount; ++point, output += channels) {
    for (int plane = 0; plane < 2 * kHistory; ++plane) {
      output[plane] = static_cast<float>(sample.history[plane][point >> 6] >> (point & 63) & 1);
    }
    output[2 * kHistory] = black;
    output[2 * kHistory + 1] = 1.0f - black;
  }
}

#if defined(__x86_64__)
// One bit of all 16 history planes at a time, as a mask register.
__attribute__((target("avx512f"))) void ExpandAvx512(const BitPlanes& sample, int channels,
                                                     float* output) {
  const float black = sample.to_move == go::Color::kBlack ? 1.0f : 0.0f;
  const __m512 one = _mm512_set1_ps(1.0f);
  for (int word = 0; word < kWordsPerPlane; ++word) {
    alignas(64) uint64_t words[2 * kHistory];
    for (int plane = 0; plane < 2 * kHistory; ++plane) words[plane] = sample.history[plane][word];
    const __m512i low = _mm512_load_si512(words), high = _mm512_load_si512(words + 8);
    const int points = std::min(64, kPointCount - word * 64);
    for (int bit = 0; bit < points; ++bit, output += channels) {
      const __m512i probe = _mm512_set1_epi64(static_cast<int64_t>(uint64_t{1} << bit));
      const __mmask16 mask = _mm512_test_epi64_mask(low, probe) |
                             static_cast<__mmask16>(_mm512_test_epi64_mask(high, probe)) << 8;
      _mm512_storeu_ps(output, _mm512_maskz_mov_ps(mask, one));
      output[2 * kHistory] = black;
      output[2 * kHistory + 1] = 1.0f - black;
    }
  }
}

bool HasAvx512() {
  static const bool has = __builtin_cpu_supports("avx512f");
  return has;
}
#else
bool HasAvx512() { return false; }
void ExpandAvx512(const BitPlanes&, int, float*) {}
#endif

}  // namespace

void ExpandNhwc(std::span<const BitPlanes> samples, int channels, std::span<float> output) {
  const auto expand = HasAvx512() ? ExpandAvx512 : ExpandPortable;
  float* at = output.data();
  for (const BitPlanes& sample : samples) {
    expand(sample, channels, at);
    at += channels * kPointCount;
  }
}

}  // namespace moyo::features
