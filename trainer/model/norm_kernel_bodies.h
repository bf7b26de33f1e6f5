// The bodies of the loops of norm_kernels.h, to be compiled once for each kind of processor: by
// norm_kernels_*.cc, with the flags that trainer/model/CMakeLists.txt gives them. So all names are
// the file's own, and no other header may be included here whose inline functions could be shared.
#pragma once

#include "trainer/model/norm_kernels.h"
#include "trainer/model/vectors.h"

namespace moyo::trainer {
namespace {

// Calls body.operator()<blocks>(first channel, lanes) for runs of so many vectors, as many at once
// as registers hold.
template <typename Body>
MOYO_INLINE void ForBlocks(int64_t channels, const Body& body) {
  int64_t at = 0;
  for (; channels - at >= 4 * kLanes; at += 4 * kLanes) body.template operator()<4>(at, kLanes);
  if (channels - at >= 2 * kLanes) {
    body.template operator()<2>(at, kLanes);
    at += 2 * kLanes;
  }
  if (channels - at >= kLanes) {
    body.template operator()<1>(at, kLanes);
    at += kLanes;
  }
  if (at < channels) body.template operator()<1>(at, static_cast<int>(channels - at));
}

template <int kBlocks>
MOYO_INLINE void LoadBlocks(const float* from, int lanes, Floats (&to)[kBlocks]) {
  for (int i = 0; i < kBlocks; ++i) to[i] = Load(from + i * kLanes, lanes);
}

template <int kBlocks>
MOYO_INLINE void AddBlocks(float* to, int lanes, const Floats (&values)[kBlocks]) {
  for (int i = 0; i < kBlocks; ++i) {
    Store(to + i * kLanes, Load(to + i * kLanes, lanes) + values[i], lanes);
  }
}

template <bool kAdd, typename T>
void SumBody(NormExtent e, const T* x, const T* y, const float* shift, T* out, float* sums,
             float* squares) {
  ForBlocks(e.channels, [&]<int kBlocks>(int64_t at, int lanes) {
    Floats centre[kBlocks], sum[kBlocks] = {}, square[kBlocks] = {};
    LoadBlocks(shift + at, lanes, centre);
    for (int64_t point = 0; point < e.points; ++point) {
      for (int i = 0; i < kBlocks; ++i) {
        const int64_t index = point * e.channels + at + i * kLanes;
        Floats value = Load(x + index, lanes);
        if constexpr (kAdd) {
          value = Rounded(x, value + Load(y + index, lanes));
          Store(out + index, value, lanes);
        }
        const Floats distance = value - centre[i];
        sum[i] += distance;
        square[i] += distance * distance;
      }
    }
    AddBlocks(sums + at, lanes, sum);
    AddBlocks(squares + at, lanes, square);
  });
}

template <bool kResidual, typename T>
void NormaliseBody(NormExtent e, const T* x, const T* residual, const float* scale,
                   const float* offset, T* out) {
  ForBlocks(e.channels, [&]<int kBlocks>(int64_t at, int lanes) {
    Floats by[kBlocks], plus[kBlocks];
    LoadBlocks(scale + at, lanes, by);
    LoadBlocks(offset + at, lanes, plus);
    for (int64_t point = 0; point < e.points; ++point) {
      for (int i = 0; i < kBlocks; ++i) {
        const int64_t index = point * e.channels + at + i * kLanes;
        Floats value = Load(x + index, lanes) * by[i] + plus[i];
        if constexpr (kResidual) value += Load(residual + index, lanes);
        Store(out + index, Rectified(value), lanes);
      }
    }
  });
}

template <typename T>
void PoolBody(NormExtent e, const T* x, const float* scale, const float* offset, float* mean,
              float* maximum, int32_t* where) {
  ForBlocks(e.channels, [&]<int kBlocks>(int64_t at, int lanes) {
    Floats by[kBlocks], plus[kBlocks], sum[kBlocks] = {}, best[kBlocks];
    Ints place[kBlocks] = {};
    LoadBlocks(scale + at, lanes, by);
    LoadBlocks(offset + at, lanes, plus);
    for (int i = 0; i < kBlocks; ++i) best[i] = Floats{} - 1;
    for (int64_t point = 0; point < e.points; ++point) {
      const Ints here = Ints{} + static_cast<int32_t>(point);
      for (int i = 0; i < kBlocks; ++i) {
        const int64_t index = point * e.channels + at + i * kLanes;
        const Floats value = Rectified(Load(x + index, lanes) * by[i] + plus[i]);
        sum[i] += value;
        const auto keeps = value <= best[i];  // NaN wins, and shows
        best[i] = keeps ? best[i] : value;
        place[i] = keeps ? place[i] : here;
      }
    }
    for (int i = 0; i < kBlocks; ++i) {
      Store(mean + at + i * kLanes, sum[i] / static_cast<float>(e.points), lanes);
      Store(maximum + at + i * kLanes, best[i], lanes);
      StoreRaw(where + at + i * kLanes, place[i], lanes);
    }
  });
}

enum class Source : uint8_t { kInput, kOutput, kPool };  // what g is reckoned from

// g of a run of channels, point by point.
template <Source kSource, int kBlocks, typename T>
class GradientReader {
 public:
  MOYO_INLINE GradientReader(const float* scale, const float* offset, const OutputGradient<T>& from,
                             int64_t at, int lanes)
      : from_(from), lanes_(lanes) {
    if constexpr (kSource != Source::kOutput) {
      LoadBlocks(scale + at, lanes, by_);
      LoadBlocks(offset + at, lanes, plus_);
    }
    if constexpr (kSource == Source::kPool) {
      LoadBlocks(from.of_mean + at, lanes, mean_);
      LoadBlocks(from.of_maximum + at, lanes, maximum_);
      for (int i = 0; i < kBlocks; ++i) {
        where_[i] = LoadRaw<Ints>(from.where + at + i * kLanes, lanes);
      }
    }
  }

  // NaN in x or the output lets the gradient through, so it shows.
  MOYO_INLINE Floats At(int i, int64_t point, int64_t index, Floats x) const {
    Floats gradient;
    if constexpr (kSource == Source::kPool) {
      const Ints here = Ints{} + static_cast<int32_t>(point);
      gradient = mean_[i] + (where_[i] == here ? maximum_[i] : Floats{});
    } else {
      gradient = Load(from_.dy + index, lanes_);
    }
    if constexpr (kSource == Source::kOutput) {
      return Load(from_.output + index, lanes_) <= 0 ? Floats{} : gradient;
    } else {
      return x * by_[i] + plus_[i] <= 0 ? Floats{} : gradient;
    }
  }

 private:
  const OutputGradient<T>& from_;
  const int lanes_;
  Floats by_[kBlocks], plus_[kBlocks], mean_[kBlocks], maximum_[kBlocks];
  Ints where_[kBlocks];
};

template <Source kSource, typename T>
void GradientSumsBody(NormExtent e, const T* x, const float* scale, const float* offset,
                      const float* centre, const OutputGradient<T>& gradient, float* sums,
                      float* products) {
  ForBlocks(e.channels, [&]<int kBlocks>(int64_t at, int lanes) {
    const GradientReader<kSource, kBlocks, T> reader(scale, offset, gradient, at, lanes);
    Floats middle[kBlocks], sum[kBlocks] = {}, product[kBlocks] = {};
    LoadBlocks(centre + at, lanes, middle);
    for (int64_t point = 0; point < e.points; ++point) {
      for (int i = 0; i < kBlocks; ++i) {
        const int64_t index = point * e.channels + at + i * kLanes;
        const Floats value = Load(x + index, lanes);
        const Floats g = reader.At(i, point, index, value);
        sum[i] += g;
        product[i] += g * (value - middle[i]);
      }
    }
    AddBlocks(sums + at, lanes, sum);
    AddBlocks(products + at, lanes, product);
  });
}

// What a gradient is besides dx.
enum class Besides : uint8_t { kNothing, kMore, kResidual, kBias };

template <Source kSource, Besides kBesides, typename T>
void GradientBody(NormExtent e, const T* x, const float* scale, const float* offset,
                  const OutputGradient<T>& gradient, const InputGradient& coefficients,
                  const T* more, T* dx, T* residual_gradient, float* bias_gradient) {
  ForBlocks(e.channels, [&]<int kBlocks>(int64_t at, int lanes) {
    const GradientReader<kSource, kBlocks, T> reader(scale, offset, gradient, at, lanes);
    Floats by_g[kBlocks], by_x[kBlocks], constant[kBlocks], sum[kBlocks] = {};
    LoadBlocks(coefficients.by_g + at, lanes, by_g);
    LoadBlocks(coefficients.by_x + at, lanes, by_x);
    LoadBlocks(coefficients.constant + at, lanes, constant);
    for (int64_t point = 0; point < e.points; ++point) {
      for (int i = 0; i < kBlocks; ++i) {
        const int64_t index = point * e.channels + at + i * kLanes;
        const Floats value = Load(x + index, lanes);
        const Floats g = reader.At(i, point, index, value);
        Floats result = by_g[i] * g + (by_x[i] * value + constant[i]);
        if constexpr (kBesides == Besides::kMore) result += Load(more + index, lanes);
        if constexpr (kBesides == Besides::kResidual) Store(residual_gradient + index, g, lanes);
        if constexpr (kBesides == Besides::kBias) sum[i] += result;
        Store(dx + index, result, lanes);
      }
    }
    if constexpr (kBesides == Besides::kBias) {
      for (int i = 0; i < kBlocks; ++i) Store(bias_gradient + at + i * kLanes, sum[i], lanes);
    }
  });
}

template <typename T>
void Sum(NormExtent e, const T* x, const float* shift, float* sums, float* squares) {
  SumBody<false, T>(e, x, nullptr, shift, nullptr, sums, squares);
}

template <typename T>
void AddAndSum(NormExtent e, const T* x, const T* y, const float* shift, T* out, float* sums,
               float* squares) {
  SumBody<true, T>(e, x, y, shift, out, sums, squares);
}

template <typename T>
void Normalise(NormExtent e, const T* x, const T* residual, const float* scale, const float* offset,
               T* out) {
  const auto body = residual == nullptr ? NormaliseBody<false, T> : NormaliseBody<true, T>;
  body(e, x, residual, scale, offset, out);
}

template <typename T>
void GradientSums(NormExtent e, const T* x, const float* scale, const float* offset,
                  const float* centre, const OutputGradient<T>& from, float* sums,
                  float* products) {
  const auto body = from.dy == nullptr       ? GradientSumsBody<Source::kPool, T>
                    : from.output != nullptr ? GradientSumsBody<Source::kOutput, T>
                                             : GradientSumsBody<Source::kInput, T>;
  body(e, x, scale, offset, centre, from, sums, products);
}

template <typename T>
void Gradient(NormExtent e, const T* x, const float* scale, const float* offset,
              const OutputGradient<T>& from, const InputGradient& coefficients, const T* more,
              T* dx, T* residual, float* bias) {
  auto* body = GradientBody<Source::kInput, Besides::kNothing, T>;
  if (more != nullptr) body = GradientBody<Source::kInput, Besides::kMore, T>;
  if (bias != nullptr) body = GradientBody<Source::kInput, Besides::kBias, T>;
  if (residual != nullptr) body = GradientBody<Source::kOutput, Besides::kResidual, T>;
  if (from.dy == nullptr) body = GradientBody<Source::kPool, Besides::kNothing, T>;
  body(e, x, scale, offset, from, coefficients, more, dx, residual, bias);
}

template <typename T>
constexpr NormKernels<T> kKernels = {Sum<T>,      AddAndSum<T>,    Normalise<T>,
                                     PoolBody<T>, GradientSums<T>, Gradient<T>};

}  // namespace
}  // namespace moyo::trainer
