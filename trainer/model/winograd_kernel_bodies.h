// The bodies of the loops of winograd_kernels.h, to be compiled once for each kind of processor: by
// winograd_kernels_*.cc, with the flags that trainer/model/CMakeLists.txt gives them. So all names
// are the file's own, as in norm_kernel_bodies.h.
#pragma once

#include <cstring>
#include <type_traits>

#include "trainer/model/vectors.h"
#include "trainer/model/winograd_kernels.h"

namespace moyo::trainer {
namespace {

constexpr int64_t kSide = kWinogradSide;
constexpr int64_t kTileSide = (kSide + 1) / 2;
constexpr int64_t kTiles = kTileSide * kTileSide;
constexpr int64_t kPlaces = kWinogradPlaces;
static_assert(kChannelStep % kLanes == 0);
constexpr int64_t kHalfRows = kTileSide / kWinogradHalves;  // of tiles
constexpr int64_t kHalfTiles = kHalfRows * kTileSide;
constexpr int64_t kWidest = 64;  // outputs that are multiplied at once

// Products are taken of words: one float, or two Bf16, which are multiplied apart and summed.
template <typename T>
constexpr int kInWord = sizeof(uint32_t) / sizeof(T);

template <typename T>
const uint32_t* AsWords(const T* numbers) {
  return reinterpret_cast<const uint32_t*>(numbers);
}
template <typename T>
uint32_t* AsWords(T* numbers) {
  return reinterpret_cast<uint32_t*>(numbers);
}

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

// The next number of each word; the first of a word replaces all of it.
template <typename T>
MOYO_INLINE void StoreInWords(uint32_t* words, int64_t index, Floats values) {
  if constexpr (std::is_same_v<T, float>) {
    StoreRaw(words, values, kLanes);
  } else {
    const Words numbers = WordsOf(Narrow(values));
    const bool is_first = index % kInWord<T> == 0;
    StoreRaw(words, is_first ? numbers : LoadWords(words) | numbers << 16, kLanes);
  }
}

template <typename T>
MOYO_INLINE Floats AddProducts(Floats sums, Words a, Words b) {
  if constexpr (std::is_same_v<T, float>) {
    return sums + reinterpret_cast<Floats>(a) * reinterpret_cast<Floats>(b);
  } else {
#if defined(__AVX512BF16__)
    return (Floats)_mm512_dpbf16_ps((__m512)sums, (__m512bh)a, (__m512bh)b);
#endif
  }
}

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

// Calls place(tile in the row of tiles, place, value) for a register of channels, from
// first_channel on, of the transformed inputs of a row of tiles. rows: the four rows of points that
// it needs, each a side of `channels`.
template <typename T, typename Place>
MOYO_INLINE void TransformInputs(const T* const (&rows)[4], int64_t channels, int64_t first_channel,
                                 const Place& place) {
  const auto column = [&](int64_t x) -> Four {
    if (x < 0 || x >= kSide) return {};
    const int64_t at = x * channels + first_channel;
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
template <typename T>
struct InputRows {
  const T* rows[4];
  InputRows(const T* x, const T* zeros, int64_t channels, int64_t tile_row) {
    for (int64_t i = 0; i < 4; ++i) {
      const int64_t y = 2 * tile_row - 1 + i;
      rows[i] = y < 0 || y >= kSide ? zeros : x + y * kSide * channels;
    }
  }
};

// A product of matrices: sums (rows x width, `row` apart) of words of a times words of b, over
// `depth`. Of a, each is a[r * a_row + d * a_step]; of b each d has `width` words, b_step apart.
template <typename T>
struct Product {
  int64_t rows, width, depth;
  const uint32_t* a;
  int64_t a_row, a_step;
  const uint32_t* b;
  int64_t b_step;
  float* sums;
  int64_t row;
};

// kRows x kVectors registers of it, from row r and column c on.
template <typename T, bool kAdds, int kRows, int kVectors>
MOYO_INLINE void Multiply(const Product<T>& p, int64_t r, int64_t c) {
  float* const to = p.sums + r * p.row + c;
  Floats sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      sums[i][v] = kAdds ? Load(to + i * p.row + v * kLanes) : Floats{};
    }
  }
  const uint32_t* const a = p.a + r * p.a_row;
  const uint32_t* const b = p.b + c;
  for (int64_t d = 0; d < p.depth; ++d) {
    Words right[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      right[v] = LoadWords(b + d * p.b_step + v * kLanes);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const Words left = Words{} + a[i * p.a_row + d * p.a_step];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[i][v] = AddProducts<T>(sums[i][v], left, right[v]);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) Store(to + i * p.row + v * kLanes, sums[i][v]);
  }
}

// Rows at once: as many sums as there are registers for, beside one of a and those of b. Tiles come
// in tens, channels in sixteens.
constexpr int RowsAtOnce(bool adds, int vectors) {
  for (const int rows : {16, 10, 8, 5, 4}) {
    if ((adds ? kChannelStep : kTileSide) % rows == 0 && (rows + 1) * vectors < kRegisters) {
      return rows;
    }
  }
  return 1;
}

template <typename T, bool kAdds, int kVectors>
void MultiplyColumns(const Product<T>& product, int64_t c) {
  constexpr int kRows = RowsAtOnce(kAdds, kVectors);
  for (int64_t r = 0; r < product.rows; r += kRows) {
    Multiply<T, kAdds, kRows, kVectors>(product, r, c);
  }
}

template <typename T, bool kAdds>
void Multiply(const Product<T>& product) {
  constexpr int kMost = kRegisters == 32 ? 4 : 2;  // registers of b at once
  int64_t c = 0;
  for (; product.width - c >= kMost * kLanes; c += kMost * kLanes) {
    MultiplyColumns<T, kAdds, kMost>(product, c);
  }
  switch ((product.width - c) / kLanes) {
    case 1:
      return MultiplyColumns<T, kAdds, 1>(product, c);
    case 2:
      return MultiplyColumns<T, kAdds, 2>(product, c);
    case 3:
      return MultiplyColumns<T, kAdds, 3>(product, c);
    default:
      return;
  }
}

// A register of channels of a tile's outputs, 2 x 2: A transposed times the products times A.
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

template <typename T>
void StoreOutputs(const float* products, int64_t width, int64_t tile_row, int64_t channels, T* y) {
  for (int64_t column = 0; column < kTileSide; ++column) {
    for (int64_t c = 0; c < width; c += kLanes) {
      const TileOutputs out = TransformProducts(products + column * width + c, kHalfTiles * width);
      for (int64_t i = 0; i < 2; ++i) {
        for (int64_t j = 0; j < 2; ++j) {
          const int64_t row = 2 * tile_row + i, x = 2 * column + j;
          if (row < kSide && x < kSide) Store(y + (row * kSide + x) * channels + c, out.at[i][j]);
        }
      }
    }
  }
}

template <typename T>
void Convolve(WinogradExtent extent, int64_t half, const T* x, const T* packed, T* y,
              void* scratch) {
  const auto [in, out] = extent;
  // 16 x tiles x in; 16 x tiles x width.
  T* const inputs = static_cast<T*>(scratch);
  float* const products = reinterpret_cast<float*>(inputs + kPlaces * kHalfTiles * in);
  T* const zeros = reinterpret_cast<T*>(products + kPlaces * kHalfTiles * kWidest);
  std::memset(zeros, 0, kSide * in * sizeof(T));
  const int64_t first_row = half * kHalfRows;
  for (int64_t row = 0; row < kHalfRows; ++row) {
    const InputRows<T> under(x, zeros, in, first_row + row);
    for (int64_t c = 0; c < in; c += kLanes) {
      T* const to = inputs + row * kTileSide * in + c;
      TransformInputs(under.rows, in, c, [&](int64_t tile, int place, Floats value) {
        Store(to + (place * kHalfTiles + tile) * in, value);
      });
    }
  }
  const int64_t depth = in / kInWord<T>;
  for (int64_t o = 0; o < out; o += kWidest) {
    const int64_t width = WidthOf(out, o);
    const uint32_t* const weights = AsWords(packed + kPlaces * in * o);
    for (int64_t place = 0; place < kPlaces; ++place) {
      Multiply<T, false>({.rows = kHalfTiles,
                          .width = width,
                          .depth = depth,
                          .a = AsWords(inputs + place * kHalfTiles * in),
                          .a_row = depth,
                          .a_step = 1,
                          .b = weights + place * depth * width,
                          .b_step = width,
                          .sums = products + place * kHalfTiles * width,
                          .row = width});
    }
    for (int64_t row = 0; row < kHalfRows; ++row) {
      StoreOutputs(products + row * kTileSide * width, width, first_row + row, out, y + o);
    }
  }
}

template <typename T>
constexpr int64_t kTileWords = kTiles / kInWord<T>;

// Numbers of all tiles, those of a word from adjoining ones: 16 x kTileWords x channels words.
template <typename T>
class TileWords {
 public:
  TileWords(uint32_t* words, int64_t channels) : words_(words), channels_(channels) {}
  // A register of channels from `channel` on. Tiles in their order.
  MOYO_INLINE void Place(int64_t tile, int64_t place, int64_t channel, Floats values) {
    const int64_t word = place * kTileWords<T> + tile / kInWord<T>;
    StoreInWords<T>(words_ + word * channels_ + channel, tile, values);
  }

 private:
  uint32_t* const words_;
  const int64_t channels_;
};

// A times the gradients of a tile's 2 x 2 outputs times A transposed.
template <typename T>
MOYO_INLINE void TransformGradients(const T* dy, int64_t channels, int64_t tile_row,
                                    int64_t tile_column, int64_t c, TileWords<T>& to) {
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

template <typename T>
void AddSample(WinogradExtent extent, const T* x, const T* dy, float* products, void* scratch) {
  const auto [in, out] = extent;
  uint32_t* const inputs = static_cast<uint32_t*>(scratch);
  uint32_t* const gradients = inputs + kPlaces * kTileWords<T> * in;
  T* const zeros = reinterpret_cast<T*>(gradients + kPlaces * kTileWords<T> * out);
  std::memset(zeros, 0, kSide * in * sizeof(T));
  TileWords<T> to_inputs(inputs, in), to_gradients(gradients, out);
  for (int64_t row = 0; row < kTileSide; ++row) {
    const InputRows<T> under(x, zeros, in, row);
    for (int64_t c = 0; c < in; c += kLanes) {
      TransformInputs(under.rows, in, c, [&](int64_t tile, int place, Floats value) {
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
      Multiply<T, true>({.rows = in,
                         .width = WidthOf(out, o),
                         .depth = kTileWords<T>,
                         .a = inputs + place * kTileWords<T> * in,
                         .a_row = 1,
                         .a_step = in,
                         .b = gradients + place * kTileWords<T> * out + o,
                         .b_step = out,
                         .sums = products + place * in * out + o,
                         .row = out});
    }
  }
}

// Calls place(place, value) for a register of outputs of the transformed weights: G times the
// weights times G transposed. Of the 3 x 3, each is `step` numbers behind the one before.
template <typename Place>
MOYO_INLINE void TransformWeights(const float* weight, int64_t step, const Place& place) {
  Floats down[4][3];
#pragma GCC unroll 3
  for (int j = 0; j < 3; ++j) {
    const Floats a = Load(weight + j * step), b = Load(weight + (3 + j) * step),
                 c = Load(weight + (6 + j) * step);
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

// Packed are blocks of up to kWidest outputs; in a block words by place, input and output, the
// numbers of a word from adjoining inputs.
template <typename T>
void Pack(WinogradExtent extent, const float* weight, T* packed) {
  const auto [in, out] = extent;
  for (int64_t block = 0; block < out; block += kWidest) {
    const int64_t width = WidthOf(out, block), place_words = in / kInWord<T> * width;
    uint32_t* const words = AsWords(packed + kPlaces * in * block);
    for (int64_t i = 0; i < in; ++i) {
      for (int64_t o = 0; o < width; o += kLanes) {
        uint32_t* const to = words + i / kInWord<T> * width + o;
        TransformWeights(weight + i * out + block + o, in * out, [&](int64_t place, Floats values) {
          StoreInWords<T>(to + place * place_words, i, values);
        });
      }
    }
  }
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
      const auto store = [&](int tap, Floats values) {
        Store(gradient + (tap * in + i) * out + o, values);
      };
#pragma GCC unroll 3
      for (int row = 0; row < 3; ++row) {
        const Floats a = down[row][0], b = down[row][1], c = down[row][2], d = down[row][3];
        store(3 * row, a + (b + c) * 0.5f);
        store(3 * row + 1, (b - c) * 0.5f);
        store(3 * row + 2, (b + c) * 0.5f + d);
      }
    }
  }
}

template <typename T>
int64_t ConvolveScratch(WinogradExtent extent) {
  return kPlaces * kHalfTiles * (extent.in * sizeof(T) + kWidest * sizeof(float)) +
         kSide * extent.in * sizeof(T);
}
template <typename T>
int64_t AddScratch(WinogradExtent extent) {
  return (kPlaces * kTiles * (extent.in + extent.out) + kSide * extent.in) * sizeof(T);
}

template <typename T>
constexpr WinogradKernels<T> kWinograd = {Pack<T>,      Convolve<T>,   ConvolveScratch<T>,
                                          AddSample<T>, AddScratch<T>, WeightGradient};

}  // namespace
}  // namespace moyo::trainer
