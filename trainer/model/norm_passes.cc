#include "trainer/model/norm_passes.h"

#include <algorithm>
#include <cmath>

#include "trainer/model/norm_kernels.h"
#include "trainer/model/parallel.h"
#include "trainer/model/samples.h"

namespace moyo::trainer {
namespace {

using torch::Tensor;

float* Floats(const Tensor& tensor) { return Data<float>(tensor); }

template <typename Work>
void ForSamples(const Tensor& x, const Work& work) {
  ForRanges(x.size(0), 1, [&](int64_t begin, int64_t end) {
    for (int64_t sample = begin; sample < end; ++sample) work(sample);
  });
}

NormExtent ExtentOf(const Tensor& x) { return {x.size(2) * x.size(3), x.size(1)}; }

// n x 2 x channels floats: what each sample adds up to.
class SampleSums {
 public:
  explicit SampleSums(const Tensor& x)
      : channels_(x.size(1)), sums_(x.size(0) * 2 * x.size(1), 0.0f) {}
  float* first(int64_t sample) { return sums_.data() + sample * 2 * channels_; }
  float* second(int64_t sample) { return first(sample) + channels_; }
  // Over the samples, in their order: 2 x channels.
  std::vector<double> Total() const {
    std::vector<double> total(2 * channels_, 0.0);
    for (size_t i = 0; i < sums_.size(); ++i) total[i % total.size()] += sums_[i];
    return total;
  }

 private:
  const int64_t channels_;
  std::vector<float> sums_;
};

// A sample's row of centre or offset.
float* OfSample(const Tensor& rows, int64_t sample) {
  return Floats(rows) + (rows.size(0) == 1 ? 0 : sample * rows.size(1));
}

}  // namespace

double CountOf(const Tensor& x) { return static_cast<double>(x.numel() / x.size(1)); }

// Reckoned from the distances to a point nearby (the first one): so nothing cancels where the mean
// is large.
Moments MomentsOf(const Tensor& x, const Tensor& y, const Tensor& bias, const Tensor& sum) {
  const NormExtent extent = ExtentOf(x);
  const int64_t channels = extent.channels;
  SampleSums sums(x);
  const Tensor nearby = x.select(0, 0).select(1, 0).select(1, 0).to(torch::kFloat).contiguous();
  const Tensor shifts = bias.defined() ? nearby - bias : nearby.unsqueeze(0);
  ForType(x, [&]<typename T>() {
    const NormKernels<T>& kernels = Kernels<T>();
    ForSamples(x, [&](int64_t sample) {
      const int64_t at = sample * SampleSize(x);
      const float* shift = Floats(shifts) + (bias.defined() ? sample * channels : 0);
      float *first = sums.first(sample), *second = sums.second(sample);
      if (y.defined()) {
        kernels.add_and_sum(extent, Data<T>(x) + at, Data<T>(y) + at, shift, Data<T>(sum) + at,
                            first, second);
      } else {
        kernels.sum(extent, Data<T>(x) + at, shift, first, second);
      }
    });
  });
  const std::vector<double> total = sums.Total();
  Moments moments{std::vector<double>(channels), std::vector<double>(channels)};
  for (int64_t c = 0; c < channels; ++c) {
    const double distance = total[c] / CountOf(x);
    moments.mean[c] = Floats(nearby)[c] + distance;
    moments.variance[c] = std::max(0.0, total[channels + c] / CountOf(x) - distance * distance);
  }
  return moments;
}

NormConstants ConstantsOf(const Moments& moments, const Tensor& weight, const Tensor& shift,
                          const Tensor& bias, double epsilon) {
  const auto channels = static_cast<int64_t>(moments.mean.size());
  NormConstants constants;
  constants.scale = torch::empty({channels});
  constants.inverse = torch::empty({channels});
  const Tensor mean = torch::empty({1, channels});
  for (int64_t c = 0; c < channels; ++c) {
    const double inverse = 1 / std::sqrt(moments.variance[c] + epsilon);
    Floats(constants.inverse)[c] = static_cast<float>(inverse);
    Floats(constants.scale)[c] = static_cast<float>(inverse * Floats(weight)[c]);
    Floats(mean)[c] = static_cast<float>(moments.mean[c]);
  }
  constants.centre = bias.defined() ? mean - bias : mean;
  constants.offset = shift - constants.centre * constants.scale;
  return constants;
}

void UpdateRunning(const Moments& moments, double count, double momentum, const Tensor& mean,
                   const Tensor& variance) {
  const double unbiased = count / std::max(1.0, count - 1);
  for (size_t c = 0; c < moments.mean.size(); ++c) {
    const auto update = [&](float& running, double now) {
      running = static_cast<float>((1 - momentum) * running + momentum * now);
    };
    update(Floats(mean)[c], moments.mean[c]);
    update(Floats(variance)[c], unbiased * moments.variance[c]);
  }
}

Pooled Pool(const Tensor& x, const NormConstants& constants) {
  const int64_t channels = x.size(1);
  const Pooled pooled{torch::empty({x.size(0), 2 * channels}),
                      torch::empty({x.size(0), channels}, torch::kInt)};
  ForType(x, [&]<typename T>() {
    ForSamples(x, [&](int64_t sample) {
      float* figures = Floats(pooled.figures) + sample * 2 * channels;
      Kernels<T>().pool(ExtentOf(x), Data<T>(x) + sample * SampleSize(x), Floats(constants.scale),
                        OfSample(constants.offset, sample), figures, figures + channels,
                        Data<int32_t>(pooled.where) + sample * channels);
    });
  });
  return pooled;
}

Tensor Normalised(const Tensor& x, const Tensor& residual, const NormConstants& constants) {
  const Tensor out = torch::empty_like(x);
  ForType(x, [&]<typename T>() {
    ForSamples(x, [&](int64_t sample) {
      const int64_t at = sample * SampleSize(x);
      Kernels<T>().normalise(
          ExtentOf(x), Data<T>(x) + at, residual.defined() ? Data<T>(residual) + at : nullptr,
          Floats(constants.scale), OfSample(constants.offset, sample), Data<T>(out) + at);
    });
  });
  return out;
}

namespace {

template <typename T>
OutputGradient<T> GradientOfSample(const KeptForBackward& kept, const Tensor& gradient,
                                   int64_t sample) {
  const int64_t at = sample * SampleSize(kept.x);
  if (!kept.where.defined()) {
    return {.dy = Data<T>(gradient) + at,
            .output = kept.output.defined() ? Data<T>(kept.output) + at : nullptr};
  }
  const int64_t channels = kept.x.size(1);
  const float* row = Floats(gradient) + sample * 2 * channels;
  return {.of_mean = row,
          .of_maximum = row + channels,
          .where = Data<int32_t>(kept.where) + sample * channels};
}

// Gradients of weight and shift, and the coefficients of dx: with g the gradient before the
// normalisation, dx = scale * (g - mean of g - (x - centre) / variance * mean of g * (x - centre)).
struct Coefficients {
  Tensor by_x, constant;  // channels; rows x channels
};

Coefficients Reduce(const KeptForBackward& kept, const Tensor& gradient, NormGradients& gradients) {
  const NormConstants& constants = kept.constants;
  const int64_t channels = kept.x.size(1);
  SampleSums sums(kept.x);
  ForType(kept.x, [&]<typename T>() {
    ForSamples(kept.x, [&](int64_t sample) {
      Kernels<T>().gradient_sums(
          ExtentOf(kept.x), Data<T>(kept.x) + sample * SampleSize(kept.x), Floats(constants.scale),
          OfSample(constants.offset, sample), OfSample(constants.centre, sample),
          GradientOfSample<T>(kept, gradient, sample), sums.first(sample), sums.second(sample));
    });
  });
  const std::vector<double> total = sums.Total();
  gradients.weight = torch::empty({channels});
  gradients.shift = torch::empty({channels});
  const Tensor by_x = torch::empty({channels}), constant = torch::empty({channels});
  for (int64_t c = 0; c < channels; ++c) {
    const double inverse = Floats(constants.inverse)[c], scale = Floats(constants.scale)[c];
    Floats(gradients.shift)[c] = static_cast<float>(total[c]);
    Floats(gradients.weight)[c] = static_cast<float>(total[channels + c] * inverse);
    Floats(by_x)[c] =
        static_cast<float>(-scale * inverse * inverse * total[channels + c] / CountOf(kept.x));
    Floats(constant)[c] = static_cast<float>(-scale * total[c] / CountOf(kept.x));
  }
  return {by_x, constant - constants.centre * by_x};
}

// `more` is added to dx.
void FillInputGradients(const KeptForBackward& kept, const Tensor& gradient, const Coefficients& by,
                        const Tensor& more, NormGradients& gradients) {
  gradients.x = torch::empty_like(kept.x);
  const int64_t channels = kept.x.size(1);
  ForType(kept.x, [&]<typename T>() {
    ForSamples(kept.x, [&](int64_t sample) {
      const int64_t at = sample * SampleSize(kept.x);
      const auto part = [at](const Tensor& of) {
        return of.defined() ? Data<T>(of) + at : nullptr;
      };
      Kernels<T>().gradient(
          ExtentOf(kept.x), part(kept.x), Floats(kept.constants.scale),
          OfSample(kept.constants.offset, sample), GradientOfSample<T>(kept, gradient, sample),
          {.by_g = Floats(kept.constants.scale),
           .by_x = Floats(by.by_x),
           .constant = OfSample(by.constant, sample)},
          part(more), part(gradients.x), part(gradients.residual),
          gradients.bias.defined() ? Floats(gradients.bias) + sample * channels : nullptr);
    });
  });
}

}  // namespace

void FillGradients(const KeptForBackward& kept, const Tensor& gradient, const Tensor& more,
                   NormGradients& gradients) {
  FillInputGradients(kept, gradient, Reduce(kept, gradient, gradients), more, gradients);
}

}  // namespace moyo::trainer
