#include "trainer/model/winograd.h"

#include <algorithm>

#include "trainer/model/parallel.h"
#include "trainer/model/processor.h"
#include "trainer/model/samples.h"

namespace moyo::trainer {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// So many samples are summed before their gradient of the weights is taken, however many threads
// there are.
constexpr int64_t kSamplesOfSum = 8;

Tensor Scratch(int64_t bytes) { return torch::empty({bytes}, torch::kByte); }

WinogradExtent ExtentOf(const Tensor& weight) {
  return {.in = weight.size(1), .out = weight.size(0)};
}

// The weights of the convolution that takes the output's gradient to the input's.
Tensor Transposed(const Tensor& weight) { return weight.flip({2, 3}).transpose(0, 1); }

template <typename T>
Tensor ConvolveSamples(const WinogradKernels<T>& kernels, const Tensor& x, const Tensor& weight) {
  const WinogradExtent extent = ExtentOf(weight);
  const Tensor packed = torch::empty({kWinogradPlaces * extent.in * extent.out}, x.options());
  kernels.pack(extent, Data<float>(weight.permute({2, 3, 1, 0}).contiguous()), Data<T>(packed));
  const Tensor y = torch::empty({x.size(0), extent.out, x.size(2), x.size(3)}, x.options(),
                                torch::MemoryFormat::ChannelsLast);
  ForRanges(x.size(0) * kWinogradHalves, 1, [&](int64_t begin, int64_t end) {
    const Tensor scratch = Scratch(kernels.convolve_scratch(extent));
    for (int64_t half = begin; half < end; ++half) {
      const int64_t sample = half / kWinogradHalves;
      kernels.convolve(extent, half % kWinogradHalves, Data<T>(x) + sample * SampleSize(x),
                       Data<T>(packed), Data<T>(y) + sample * SampleSize(y), scratch.data_ptr());
    }
  });
  return y;
}

// Out x in x 3 x 3, float.
template <typename T>
Tensor WeightGradient(const WinogradKernels<T>& kernels, WinogradExtent extent, const Tensor& x,
                      const Tensor& dy) {
  const int64_t samples = x.size(0);
  const int64_t sums = (samples + kSamplesOfSum - 1) / kSamplesOfSum;
  const Tensor gradients = torch::empty({sums, 3, 3, extent.in, extent.out}, torch::kFloat);
  ForRanges(sums, 1, [&](int64_t begin, int64_t end) {
    const Tensor scratch = Scratch(kernels.add_scratch(extent));
    const Tensor products = torch::empty({kWinogradPlaces * extent.in * extent.out}, torch::kFloat);
    for (int64_t sum = begin; sum < end; ++sum) {
      std::fill_n(Data<float>(products), products.numel(), 0.0f);
      const int64_t last = std::min(samples, (sum + 1) * kSamplesOfSum);
      for (int64_t sample = sum * kSamplesOfSum; sample < last; ++sample) {
        kernels.add_products(extent, Data<T>(x) + sample * SampleSize(x),
                             Data<T>(dy) + sample * SampleSize(dy), Data<float>(products),
                             scratch.data_ptr());
      }
      kernels.weight_gradient(extent, Data<float>(products), Data<float>(gradients[sum]));
    }
  });
  return gradients.sum(0).permute({3, 2, 0, 1});
}

template <typename T>
class Winograd : public torch::autograd::Function<Winograd<T>> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const WinogradKernels<T>* kernels) {
    context->save_for_backward({x, weight});
    context->saved_data["kernels"] = reinterpret_cast<int64_t>(kernels);
    return ConvolveSamples(*kernels, x, weight);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    TORCH_CHECK(!torch::GradMode::is_enabled(),
                "a convolution by Winograd has no second derivative");
    const auto& kernels =
        *reinterpret_cast<const WinogradKernels<T>*>(context->saved_data["kernels"].toInt());
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const Tensor dy =
        gradients[0].to(x.scalar_type()).contiguous(torch::MemoryFormat::ChannelsLast);
    variable_list found(3);  // the kernels have none
    if (context->needs_input_grad(0)) found[0] = ConvolveSamples(kernels, dy, Transposed(weight));
    if (context->needs_input_grad(1)) found[1] = WeightGradient(kernels, ExtentOf(weight), x, dy);
    return found;
  }
};

bool AreForWinograd(int64_t channels) { return channels > 0 && channels % kChannelStep == 0; }

}  // namespace

bool IsForWinograd(const Tensor& x, const Tensor& weight) {
  const bool is_of_type =
      (x.scalar_type() == torch::kFloat || x.scalar_type() == torch::kBFloat16) &&
      weight.scalar_type() == torch::kFloat;
  return is_of_type && x.is_cpu() && x.dim() == 4 && x.size(0) > 0 && x.size(2) == kWinogradSide &&
         x.size(3) == kWinogradSide && weight.size(2) == 3 && weight.size(3) == 3 &&
         AreForWinograd(weight.size(0)) && AreForWinograd(weight.size(1)) &&
         x.size(1) == weight.size(1) && x.is_contiguous(torch::MemoryFormat::ChannelsLast);
}

template <typename T>
Tensor ConvolveBy(const WinogradKernels<T>& kernels, const Tensor& x, const Tensor& weight) {
  return Winograd<T>::apply(x, weight, &kernels);
}

template Tensor ConvolveBy<float>(const WinogradKernels<float>&, const Tensor&, const Tensor&);
template Tensor ConvolveBy<Bf16>(const WinogradKernels<Bf16>&, const Tensor&, const Tensor&);

Tensor Convolve(torch::nn::Conv2d& conv, const Tensor& x) {
  static const bool bf16_is_faster_plainly = HasAmxBf16();
  const bool plain = x.scalar_type() == torch::kBFloat16 && bf16_is_faster_plainly;
  if (plain || !IsForWinograd(x, conv->weight)) return conv(x);
  return ForType(x, [&]<typename T>() {
    const WinogradKernels<T>* const kernels = WinogradKernelsHere<T>();
    return kernels == nullptr ? conv(x) : ConvolveBy(*kernels, x, conv->weight);
  });
}

}  // namespace moyo::trainer
