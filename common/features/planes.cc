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

constexpr uint16_t kBf16One = 0x3f80;  // 1.0 in bfloat16

template <typename T>
void ExpandNhwcPortable(const BitPlanes& sample, T one, T* output) {
  const T black = sample.to_move == go::Color::kBlack ? one : T{0};
  const T white = sample.to_move == go::Color::kBlack ? T{0} : one;
  for (int point = 0; point < kPointCount; ++point, output += kPlanes) {
    for (int plane = 0; plane < 2 * kHistory; ++plane) {
      output[plane] = (sample.history[plane][point >> 6] >> (point & 63) & 1) ? one : T{0};
    }
    output[2 * kHistory] = black;
    output[2 * kHistory + 1] = white;
  }
}

#if defined(__x86_64__)
// One bit of all 16 history planes at a time, as a mask register.
struct PlaneWords {
  __m512i low, high;  // the same word of planes 0 to 7 and 8 to 15
};

__attribute__((target("avx512f"))) inline PlaneWords GatherWords(const BitPlanes& sample,
                                                                 int word) {
  alignas(64) uint64_t words[2 * kHistory];
  for (int plane = 0; plane < 2 * kHistory; ++plane) words[plane] = sample.history[plane][word];
  return {_mm512_load_si512(words), _mm512_load_si512(words + 8)};
}

__attribute__((target("avx512f"))) inline __mmask16 PointMask(const PlaneWords& words, int bit) {
  const __m512i probe = _mm512_set1_epi64(static_cast<int64_t>(uint64_t{1} << bit));
  return _mm512_test_epi64_mask(words.low, probe) |
         static_cast<__mmask16>(_mm512_test_epi64_mask(words.high, probe)) << 8;
}

__attribute__((target("avx512f"))) void ExpandNhwcAvx512(const BitPlanes& sample, float* output) {
  const float black = sample.to_move == go::Color::kBlack ? 1.0f : 0.0f;
  const __m512 one = _mm512_set1_ps(1.0f);
  for (int word = 0; word < kWordsPerPlane; ++word) {
    const PlaneWords words = GatherWords(sample, word);
    const int points = std::min(64, kPointCount - word * 64);
    for (int bit = 0; bit < points; ++bit, output += kPlanes) {
      _mm512_storeu_ps(output, _mm512_maskz_mov_ps(PointMask(words, bit), one));
      output[2 * kHistory] = black;
      output[2 * kHistory + 1] = 1.0f - black;
    }
  }
}

__attribute__((target("avx512f,avx512bw,avx512vl"))) void ExpandNhwcAvx512(const BitPlanes& sample,
                                                                           uint16_t* output) {
  const bool black = sample.to_move == go::Color::kBlack;
  const __m256i one = _mm256_set1_epi16(kBf16One);
  for (int word = 0; word < kWordsPerPlane; ++word) {
    const PlaneWords words = GatherWords(sample, word);
    const int points = std::min(64, kPointCount - word * 64);
    for (int bit = 0; bit < points; ++bit, output += kPlanes) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(output),
                          _mm256_maskz_mov_epi16(PointMask(words, bit), one));
      output[2 * kHistory] = black ? kBf16One : 0;
      output[2 * kHistory + 1] = black ? 0 : kBf16One;
    }
  }
}

bool HasAvx512() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl");
  return has;
}
#else
bool HasAvx512() { return false; }
template <typename T>
void ExpandNhwcAvx512(const BitPlanes&, T*) {}
#endif

template <typename T>
void ExpandAllNhwc(std::span<const BitPlanes> samples, T one, T* output) {
  const bool fast = HasAvx512();
  for (const BitPlanes& sample : samples) {
    if (fast) {
      ExpandNhwcAvx512(sample, output);
    } else {
      ExpandNhwcPortable(sample, one, output);
    }
    output += kPlanes * kPointCount;
  }
}

}  // namespace

void ExpandNchw(std::span<const BitPlanes> samples, std::span<float> output) {
  float* plane_out = output.data();
  for (const BitPlanes& sample : samples) {
    for (const auto& plane : sample.history) {
      for (int point = 0; point < kPointCount; ++point) {
        plane_out[point] = static_cast<float>(plane[point >> 6] >> (point & 63) & 1);
      }
      plane_out += kPointCount;
    }
    const float black = sample.to_move == go::Color::kBlack ? 1.0f : 0.0f;
    std::fill_n(plane_out, kPointCount, black);
    std::fill_n(plane_out + kPointCount, kPointCount, 1.0f - black);
    plane_out += 2 * kPointCount;
  }
}

void ExpandNhwc(std::span<const BitPlanes> samples, std::span<float> output) {
  ExpandAllNhwc(samples, 1.0f, output.data());
}

void ExpandNhwcBf16(std::span<const BitPlanes> samples, std::span<uint16_t> output) {
  ExpandAllNhwc(samples, kBf16One, output.data());
}

}  // namespace moyo::features
