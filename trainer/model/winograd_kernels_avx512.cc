#include <immintrin.h>

#include <cstring>

#include "trainer/model/vectors.h"
#include "trainer/model/winograd_kernels_by_processor.h"

namespace moyo::trainer {
namespace {

constexpr int64_t kSide = kWinogradSide;
constexpr int64_t kTileSide = (kSide + 1) / 2;
constexpr int64_t kTiles = kTileSide * kTileSide;
constexpr int64_t kPlaces = kWinogradPlaces;
static_assert(kChannelStep == kLanes);
constexpr int64_t kBlockRows = 5;  // rows of tiles that are convolved at once
constexpr int64_t kBlockTiles = kBlockRows * kTileSide;
constexpr int64_t kWidest = 64;  // outputs that are multiplied at once

// Whole registers.
template <typename T>
MOYO_INLINE Floats Load(const T* from) {
  return Load(from, kLanes);
}
template <typename T>
MOYO_INLINE void Store(T* to, Floats values) {
  Store(to, values, kLanes);
}
MOYO_INLINE Words LoadWords(const uint32_t* from) { return LoadRaw<Words>(from, kLanes); }

int64_t WidthOf(int64_t out, int64_t block) {
  return out - block < kWidest ? out - block : kWidest;
}

// Four numbers along one axis of a tile of the input: times B transposed.
struct Four {
  Floats at[4];
};
MOYO_INLINE Four TimesB(Floats a, Floats b, Floats c, Floats d) {
  return {{a - c, b + c, c - b, b - d}};
}

// Calls place(tile in the row of tiles, place, value) for 16 channels of the transformed inputs of
// a row of tiles. rows: the four rows of points that it needs, each a side of `channels`.
template <typename Place>
MOYO_INLINE void TransformInputs(const Bf16* const rows[4], int64_t channels, const Place& place) {
  const auto column = [&](int64_t x) -> Four {
    if (x < 0 || x >= kSide) return {};
    const int64_t at = x * channels;
    return TimesB(Load(rows[0] + at), Load(rows[1] + at), Load(rows[2] + at), Load(rows[3] + at));
  };
  Four first = column(-1), second = column(0);
  for (int64_t tile = 0; tile < kTileSide; ++tile) {
    const Four third = column(2 * tile + 1), fourth = column(2 * tile + 2);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const Four out = TimesB(first.at[i], second.at[i], third.at[i], fourth.at[i]);
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) place(tile, 4 * i + j, out.at[j]);
    }
    first = third;
    second = fourth;
  }
}

// The rows of points under a row of tiles; `zeros` stands for those beyond the edge.
struct InputRows {
  const Bf16* rows[4];
  InputRows(const Bf16* x, const Bf16* zeros, int64_t channels, int64_t tile_row) {
    for (int64_t i = 0; i < 4; ++i) {
      const int64_t y = 2 * tile_row - 1 + i;
      rows[i] = y < 0 || y >= kSide ? zeros : x + y * kSide * channels;
    }
  }
};

// products (kRows x 16 kVectors, `row` apart) += a times b over `depth` pairs. Of a each pair is a
// word: a[r * a_row + d * a_step]; of b each has 16 kVectors words, b_step apart.
template <int kRows, int kVectors, bool kAdds>
MOYO_INLINE void Multiply(int64_t depth, const uint32_t* a, int64_t a_row, int64_t a_step,
                          const uint32_t* b, int64_t b_step, float* products, int64_t row) {
  Floats sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      sums[r][v] = kAdds ? Load(products + r * row + v * kLanes) : Floats{};
    }
  }
  for (int64_t d = 0; d < depth; ++d) {
    Words right[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      right[v] = LoadWords(b + d * b_step + v * kLanes);
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Words left = Words{} + a[r * a_row + d * a_step];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        sums[r][v] =
            (Floats)_mm512_dpbf16_ps((__m512)sums[r][v], (__m512bh)left, (__m512bh)right[v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      Store(products + r * row + v * kLanes, sums[r][v]);
    }
  }
}

// The same for any number of rows that kRows divides.
template <int kRows, int kVectors, bool kAdds>
void MultiplyRows(int64_t rows, int64_t depth, const uint32_t* a, int64_t a_row, int64_t a_step,
                  const uint32_t* b, int64_t b_step, float* products, int64_t row) {
  for (int64_t r = 0; r < rows; r += kRows) {
    Multiply<kRows, kVectors, kAdds>(depth, a + r * a_row, a_row, a_step, b, b_step,
                                     products + r * row, row);
  }
}

// Enough sums at once to hide a product's latency, and no more than there are registers. Tiles
// come in tens, channels in sixteens.
template <bool kAdds>
void MultiplyWidth(int64_t width, int64_t rows, int64_t depth, const uint32_t* a, int64_t a_row,
                   int64_t a_step, const uint32_t* b, int64_t b_step, float* products,
                   int64_t row) {
  constexpr int kOfOne = kAdds ? 16 : 10, kOfTwo = kAdds ? 8 : 10, kOfMore = kAdds ? 4 : 5;
  switch (width / kLanes) {
    case 1:
      return MultiplyRows<kOfOne, 1, kAdds>(rows, depth, a, a_row, a_step, b, b_step, products,
                                            row);
    case 2:
      return MultiplyRows<kOfTwo, 2, kAdds>(rows, depth, a, a_row, a_step, b, b_step, products,
                                            row);
    case 3:
      return MultiplyRows<kOfMore, 3, kAdds>(rows, depth, a, a_row, a_step, b, b_step, products,
                                             row);
    default:
      return MultiplyRows<kOfMore, 4, kAdds>(rows, depth, a, a_row, a_step, b, b_step, products,
                                             row);
  }
}

// 16 channels of a tile's outputs, 2 x 2: A transposed times the products times A.
struct TileOutputs {
  Floats at[2][2];
};
MOYO_INLINE TileOutputs TransformProducts(const float* products, int64_t place_step) {
  Floats down[2][4];
#pragma GCC unroll 4
  for (int j = 0; j < 4; ++j) {
    const Floats a = Load(products + j * place_step), b = Load(products + (4 + j) * place_step),
                 c = Load(products + (8 + j) * place_step),
                 d = Load(products + (12 + j) * place_step);
    down[0][j] = a + b + c;
    down[1][j] = b - c - d;
  }
  TileOutputs out;
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {
    out.at[i][0] = down[i][0] + down[i][1] + down[i][2];
    out.at[i][1] = down[i][1] - down[i][2] - down[i][3];
  }
  return out;
}

void StoreOutputs(const float* products, int64_t width, int64_t tile_row, int64_t channels,
                  Bf16* y) {
  for (int64_t column = 0; column < kTileSide; ++column) {
    for (int64_t c = 0; c < width; c += kLanes) {
      const TileOutputs out = TransformProducts(products + column * width + c, kBlockTiles * width);
      for (int64_t i = 0; i < 2; ++i) {
        for (int64_t j = 0; j < 2; ++j) {
          const int64_t row = 2 * tile_row + i, x = 2 * column + j;
          if (row < kSide && x < kSide) Store(y + (row * kSide + x) * channels + c, out.at[i][j]);
        }
      }
    }
  }
}

const uint32_t* AsPairs(const Bf16* numbers) { return reinterpret_cast<const uint32_t*>(numbers); }

void Convolve(WinogradExtent extent, const Bf16* x, const Bf16* packed, Bf16* y, void* scratch) {
  const auto [in, out] = extent;
  // 16 x tiles x in; 16 x tiles x width.
  Bf16* const inputs = static_cast<Bf16*>(scratch);
  float* const products = reinterpret_cast<float*>(inputs + kPlaces * kBlockTiles * in);
  Bf16* const zeros = reinterpret_cast<Bf16*>(products + kPlaces * kBlockTiles * kWidest);
  std::memset(zeros, 0, kSide * in * sizeof(Bf16));
  for (int64_t first_row = 0; first_row < kTileSide; first_row += kBlockRows) {
    for (int64_t row = 0; row < kBlockRows; ++row) {
      const InputRows under(x, zeros, in, first_row + row);
      for (int64_t c = 0; c < in; c += kLanes) {
        const Bf16* const rows[4] = {under.rows[0] + c, under.rows[1] + c, under.rows[2] + c,
                                     under.rows[3] + c};
        Bf16* const to = inputs + row * kTileSide * in + c;
        TransformInputs(rows, in, [&](int64_t tile, int place, Floats value) {
          Store(to + (place * kBlockTiles + tile) * in, value);
        });
      }
    }
    for (int64_t o = 0; o < out; o += kWidest) {
      const int64_t width = WidthOf(out, o);
      for (int64_t place = 0; place < kPlaces; ++place) {
        MultiplyWidth<false>(width, kBlockTiles, in / 2, AsPairs(inputs + place * kBlockTiles * in),
                             in / 2, 1, AsPairs(packed + kPlaces * in * o + place * in * width),
                             width, products + place * kBlockTiles * width, width);
      }
      for (int64_t row = 0; row < kBlockRows; ++row) {
        StoreOutputs(products + row * kTileSide * width, width, first_row + row, out, y + o);
      }
    }
  }
}

// Words of two tiles, the even one below: what `pairs` holds of the even one is joined by the odd.
class PairedTiles {
 public:
  // pairs: 16 x tiles / 2 x channels words.
  PairedTiles(uint32_t* pairs, int64_t channels) : pairs_(pairs), channels_(channels) {}
  MOYO_INLINE void Place(int64_t tile, int64_t place, int64_t channel, Floats value) {
    uint32_t* const to = pairs_ + (place * (kTiles / 2) + tile / 2) * channels_ + channel;
    const Words number = __builtin_convertvector(Narrow(value), Words);
    StoreRaw(to, tile % 2 == 0 ? number : LoadWords(to) | number << 16, kLanes);
  }

 private:
  uint32_t* const pairs_;
  const int64_t channels_;
};

// A times the gradients of a tile's 2 x 2 outputs times A transposed.
MOYO_INLINE void TransformGradients(const Bf16* dy, int64_t channels, int64_t tile_row,
                                    int64_t tile_column, int64_t c, PairedTiles& to) {
  const auto at = [&](int64_t row, int64_t x) {
    return row < kSide && x < kSide ? Load(dy + (row * kSide + x) * channels + c) : Floats{};
  };
  const int64_t row = 2 * tile_row, x = 2 * tile_column;
  const Floats upper[2] = {at(row, x), at(row, x + 1)},
               lower[2] = {at(row + 1, x), at(row + 1, x + 1)};
  Floats down[4][2];
#pragma GCC unroll 2
  for (int j = 0; j < 2; ++j) {
    down[0][j] = upper[j];
    down[1][j] = upper[j] + lower[j];
    down[2][j] = upper[j] - lower[j];
    down[3][j] = -lower[j];
  }
  const int64_t tile = tile_row * kTileSide + tile_column;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    to.Place(tile, 4 * i, c, down[i][0]);
    to.Place(tile, 4 * i + 1, c, down[i][0] + down[i][1]);
    to.Place(tile, 4 * i + 2, c, down[i][0] - down[i][1]);
    to.Place(tile, 4 * i + 3, c, -down[i][1]);
  }
}

void AddProducts(WinogradExtent extent, const Bf16* x, const Bf16* dy, float* products,
                 void* scratch) {
  const auto [in, out] = extent;
  uint32_t* const inputs = static_cast<uint32_t*>(scratch);
  uint32_t* const gradients = inputs + kPlaces * kTiles / 2 * in;
  Bf16* const zeros = reinterpret_cast<Bf16*>(gradients + kPlaces * kTiles / 2 * out);
  std::memset(zeros, 0, kSide * in * sizeof(Bf16));
  PairedTiles to_inputs(inputs, in), to_gradients(gradients, out);
  for (int64_t row = 0; row < kTileSide; ++row) {
    const InputRows under(x, zeros, in, row);
    for (int64_t c = 0; c < in; c += kLanes) {
      const Bf16* const rows[4] = {under.rows[0] + c, under.rows[1] + c, under.rows[2] + c,
                                   under.rows[3] + c};
      TransformInputs(rows, in, [&](int64_t tile, int place, Floats value) {
        to_inputs.Place(row * kTileSide + tile, place, c, value);
      });
    }
    for (int64_t column = 0; column < kTileSide; ++column) {
      for (int64_t c = 0; c < out; c += kLanes) {
        TransformGradients(dy, out, row, column, c, to_gradients);
      }
    }
  }
  for (int64_t place = 0; place < kPlaces; ++place) {
    for (int64_t o = 0; o < out; o += kWidest) {
      const int64_t width = WidthOf(out, o);
      MultiplyWidth<true>(width, in, kTiles / 2, inputs + place * (kTiles / 2) * in, 1, in,
                          gradients + place * (kTiles / 2) * out + o, out,
                          products + place * in * out + o, out);
    }
  }
}

// Calls place(place, value) for 16 input channels of the transformed weights of one output: G times
// the weights times G transposed.
template <typename Place>
MOYO_INLINE void TransformWeights(const float* weight, int64_t in, bool turned,
                                  const Place& place) {
  Floats down[4][3];
#pragma GCC unroll 3
  for (int j = 0; j < 3; ++j) {
    const auto at = [&](int i) {
      const int tap = 3 * i + j;
      return Load(weight + (turned ? 8 - tap : tap) * in);
    };
    const Floats a = at(0), b = at(1), c = at(2);
    down[0][j] = a;
    down[1][j] = (a + b + c) * 0.5f;
    down[2][j] = (a - b + c) * 0.5f;
    down[3][j] = c;
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const Floats a = down[i][0], b = down[i][1], c = down[i][2];
    place(4 * i, a);
    place(4 * i + 1, (a + b + c) * 0.5f);
    place(4 * i + 2, (a - b + c) * 0.5f);
    place(4 * i + 3, c);
  }
}

// Packed are blocks of up to 64 outputs; in a block by place, pair of inputs, output.
void PackAs(WinogradExtent extent, const float* weight, bool transposed, Bf16* packed) {
  const WinogradExtent packs{.in = transposed ? extent.out : extent.in,
                             .out = transposed ? extent.in : extent.out};
  for (int64_t o = 0; o < extent.out; ++o) {
    for (int64_t i = 0; i < extent.in; i += kLanes) {
      const int64_t from = transposed ? o : i, to = transposed ? i : o;
      const int64_t block = to / kWidest * kWidest, width = WidthOf(packs.out, block);
      Bf16* const first =
          packed + kPlaces * packs.in * block + (from / 2 * width + to - block) * 2 + from % 2;
      TransformWeights(
          weight + o * 9 * extent.in + i, extent.in, transposed, [&](int64_t place, Floats values) {
            Bf16 numbers[kLanes];
            Store(numbers, values);
            Bf16* const spot = first + place * packs.in * width;
            for (int64_t lane = 0; lane < kLanes; ++lane) {
              spot[transposed ? 2 * lane : lane / 2 * 2 * width + lane % 2] = numbers[lane];
            }
          });
    }
  }
}

void Pack(WinogradExtent extent, const float* weight, Bf16* packed) {
  PackAs(extent, weight, false, packed);
}

void PackTransposed(WinogradExtent extent, const float* weight, Bf16* packed) {
  PackAs(extent, weight, true, packed);
}

// G transposed times the products times G.
void WeightGradient(WinogradExtent extent, const float* products, float* gradient) {
  const auto [in, out] = extent;
  for (int64_t i = 0; i < in; ++i) {
    for (int64_t o = 0; o < out; o += kLanes) {
      Floats down[3][4];
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) {
        const auto at = [&](int row) {
          return Load(products + ((4 * row + j) * in + i) * out + o);
        };
        const Floats a = at(0), b = at(1), c = at(2), d = at(3);
        down[0][j] = a + (b + c) * 0.5f;
        down[1][j] = (b - c) * 0.5f;
        down[2][j] = (b + c) * 0.5f + d;
      }
      alignas(64) float taps[9][kLanes];
#pragma GCC unroll 3
      for (int row = 0; row < 3; ++row) {
        const Floats a = down[row][0], b = down[row][1], c = down[row][2], d = down[row][3];
        Store(taps[3 * row], a + (b + c) * 0.5f);
        Store(taps[3 * row + 1], (b - c) * 0.5f);
        Store(taps[3 * row + 2], (b + c) * 0.5f + d);
      }
      for (int64_t lane = 0; lane < kLanes; ++lane) {
        for (int64_t tap = 0; tap < 9; ++tap) {
          gradient[((o + lane) * 9 + tap) * in + i] = taps[tap][lane];
        }
      }
    }
  }
}

int64_t ConvolveScratch(WinogradExtent extent) {
  return kPlaces * kBlockTiles * (extent.in * 2 + kWidest * 4) + kSide * extent.in * 2;
}
int64_t GradientScratch(WinogradExtent extent) {
  return kPlaces * kTiles * (extent.in + extent.out) * 2 + kSide * extent.in * 2;
}

}  // namespace

const WinogradKernels kWinogradOfAvx512Bf16 = {
    Pack, PackTransposed, Convolve, ConvolveScratch, AddProducts, GradientScratch, WeightGradient};

}  // namespace moyo::trainer
