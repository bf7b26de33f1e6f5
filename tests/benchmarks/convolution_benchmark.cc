// 3 x 3 convolutions of boards: by each kind of Winograd kernels (winograd_kernels.h) that this
// processor has, and by Torch's own ("plain"), in one thread. Arguments: samples, channels in and
// out. "Step" is a convolution with both its gradients. Items are samples.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include "trainer/model/winograd.h"

namespace moyo::trainer {
namespace {

using torch::Tensor;

template <typename T>
constexpr auto kType = torch::kFloat;
template <>
constexpr auto kType<Bf16> = torch::kBFloat16;

// kernels: "plain" for none.
template <typename T>
void Run(benchmark::State& state, const char* name, bool step) {
  const WinogradKernels<T>* const kernels = WinogradKernelsOf<T>(name);
  const int64_t samples = state.range(0), channels = state.range(1);
  const Tensor x = torch::randn({samples, channels, kWinogradSide, kWinogradSide})
                       .to(kType<T>)
                       .contiguous(torch::MemoryFormat::ChannelsLast)
                       .requires_grad_(step);
  const Tensor weight = torch::randn({channels, channels, 3, 3})
                            .contiguous(torch::MemoryFormat::ChannelsLast)
                            .requires_grad_(step);
  const Tensor dy = torch::randn_like(x);
  torch::AutoGradMode with_gradients(step);
  for (auto _ : state) {
    const Tensor y = kernels == nullptr ? torch::conv2d(x, weight.to(kType<T>), {}, 1, 1)
                                        : ConvolveBy(*kernels, x, weight);
    if (step) y.backward(dy);
    benchmark::DoNotOptimize(y.data_ptr());
  }
  state.SetItemsProcessed(state.iterations() * samples);
}

template <typename T>
void Register(const char* name, const std::string& shown) {
  for (const bool step : {false, true}) {
    auto* const one = benchmark::RegisterBenchmark(
        (shown + (step ? "/step" : "/forward")).c_str(),
        [name, step](benchmark::State& state) { Run<T>(state, name, step); });
    if (!step) one->Args({1, 64});
    for (const int channels : {32, 64, 96, 192}) one->Args({32, channels});
  }
}

}  // namespace
}  // namespace moyo::trainer

int main(int argc, char** argv) {
  using namespace moyo::trainer;
  at::set_num_threads(1);
  Register<Bf16>("plain", "bf16/plain");
  if (WinogradKernelsOf<Bf16>("avx512bf16")) Register<Bf16>("avx512bf16", "bf16/avx512bf16");
  Register<float>("plain", "fp32/plain");
  for (const char* name : {"avx2", "avx512"}) {
    if (WinogradKernelsOf<float>(name)) Register<float>(name, std::string("fp32/") + name);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
