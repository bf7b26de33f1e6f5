#include "trainer/model/winograd.h"

#include <algorithm>

#include "trainer/model/parallel.h"
#include "trainer/model/winograd_kernels.h"

namespace moyo::trainer {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// So many samples are summed before their gradient of the weights is taken, however many threads
// there are.
constexpr int64_t kSamplesOfSum = 8;

Bf16* Numbers(const Tensor& tensor) { return static_cast<Bf16*>(tensor.data_ptr()); }
float* Floats(const Tensor& tensor) { return static_cast<float*>(tensor.data_ptr()); }

int64_t SampleSize(const Tensor& x) { return x.size(1) * x.size(2) * x.size(3); }

Tensor Scratch(int64_t bytes) { return torch::empty({bytes}, torch::kByte); }

Tensor InOrder(const Tensor& tensor, torch::ScalarType type) {
  return tensor.to(type).contiguous(torch::MemoryFormat::ChannelsLast);
}

WinogradExtent ExtentOf(const Tensor& weight) {
  return {.in = weight.size(1), .out = weight.size(0)};
}

// By the weights, or (transposed) from y's gradient back to x's.
Tensor ConvolveSamples(const Tensor& x, const Tensor& weight, bool transposed) {
  const WinogradKernels& kernels = *WinogradKernelsHere();
  const WinogradExtent of_weight = ExtentOf(weight);
  const WinogradExtent extent =
      transposed ? WinogradExtent{.in = of_weight.out, .out = of_weight.in} : of_weight;
  const Tensor packed = torch::empty({kWinogradPlaces * extent.in * extent.out}, x.options());
  (transposed ? kernels.pack_transposed : kernels.pack)(
      of_weight, Floats(InOrder(weight, torch::kFloat)), Numbers(packed));
  const Tensor y = torch::empty({x.size(0), extent.out, x.size(2), x.size(3)}, x.options(),
                                torch::MemoryFormat::ChannelsLast);
  ForRanges(x.size(0), 1, [&](int64_t begin, int64_t end) {
    const Tensor scratch = Scratch(kernels.convolve_scratch(extent));
    for (int64_t sample = begin; sample < end; ++sample) {
      kernels.convolve(extent, Numbers(x) + sample * SampleSize(x), Numbers(packed),
                       Numbers(y) + sample * SampleSize(y), scratch.data_ptr());
    }
  });
  return y;
}

// Out x in x 3 x 3, float.
Tensor WeightGradient(WinogradExtent extent, const Tensor& x, const Tensor& dy) {
  const int64_t samples = x.size(0);
  const int64_t sums = (samples + kSamplesOfSum - 1) / kSamplesOfSum;
  const Tensor gradients = torch::empty({sums, extent.out, 3, 3, extent.in}, torch::kFloat);
  ForRanges(sums, 1, [&](int64_t begin, int64_t end) {
    const WinogradKernels& kernels = *WinogradKernelsHere();
    const Tensor scratch = Scratch(kernels.add_scratch(extent));
    const Tensor products = torch::empty({kWinogradPlaces * extent.in * extent.out}, torch::kFloat);
    for (int64_t sum = begin; sum < end; ++sum) {
      std::fill_n(Floats(products), products.numel(), 0.0f);
      const int64_t last = std::min(samples, (sum + 1) * kSamplesOfSum);
      for (int64_t sample = sum * kSamplesOfSum; sample < last; ++sample) {
        kernels.add_products(extent, Numbers(x) + sample * SampleSize(x),
                             Numbers(dy) + sample * SampleSize(dy), Floats(products),
                             scratch.data_ptr());
      }
      kernels.weight_gradient(extent, Floats(products), Floats(gradients[sum]));
    }
  });
  return gradients.sum(0).permute({0, 3, 1, 2});
}

class Winograd : public torch::autograd::Function<Winograd> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight) {
    context->save_for_backward({x, weight});
    return ConvolveSamples(x, weight, false);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    TORCH_CHECK(!torch::GradMode::is_enabled(),
                "a convolution by Winograd has no second derivative");
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const Tensor dy = InOrder(gradients[0], torch::kBFloat16);
    return {context->needs_input_grad(0) ? ConvolveSamples(dy, weight, true) : Tensor(),
            context->needs_input_grad(1) ? WeightGradient(ExtentOf(weight), x, dy) : Tensor()};
  }
};

bool AreForWinograd(int64_t channels) { return channels > 0 && channels % kChannelStep == 0; }

}  // namespace

bool IsForWinograd(const Tensor& x, const Tensor& weight) {
  return WinogradKernelsHere() != nullptr && x.is_cpu() && x.dim() == 4 && x.size(0) > 0 &&
         x.scalar_type() == torch::kBFloat16 && weight.scalar_type() == torch::kFloat &&
         x.size(2) == kWinogradSide && x.size(3) == kWinogradSide && weight.size(2) == 3 &&
         weight.size(3) == 3 && AreForWinograd(weight.size(0)) && AreForWinograd(weight.size(1)) &&
         x.size(1) == weight.size(1) && x.is_contiguous(torch::MemoryFormat::ChannelsLast);
}

Tensor ConvolveByWinograd(const Tensor& x, const Tensor& weight) {
  return Winograd::apply(x, weight);
}

Tensor Convolve(torch::nn::Conv2d& conv, const Tensor& x) {
  static const bool plain_is_faster = MultipliesMatrices();
  if (!plain_is_faster && IsForWinograd(x, conv->weight)) {
    return ConvolveByWinograd(x, conv->weight);
  }
  return conv(x);
}

}  // namespace moyo::trainer
