#include "trainer/model/fused_norm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "trainer/model/norm_kernels.h"

namespace moyo::trainer {
namespace {

using torch::Tensor;

// One forward and backward pass: outputs, then gradients of all that went in, then statistics.
using Figures = std::vector<Tensor>;

struct Shape {
  int64_t samples, channels, side = 19;
};

enum class Form : uint8_t { kPlain, kBias, kResidual, kSum, kPool };
constexpr Form kForms[] = {Form::kPlain, Form::kBias, Form::kResidual, Form::kSum, Form::kPool};

// The same numbers for each type; x far from 0, as what follows a trained layer may be.
struct Inputs {
  Inputs(const Shape& shape, torch::ScalarType type, Form form = Form::kPlain) {
    torch::manual_seed(shape.channels * 1000 + shape.samples);
    const auto draw = [&] {
      return torch::randn({shape.samples, shape.channels, shape.side, shape.side})
          .contiguous(torch::MemoryFormat::ChannelsLast);
    };
    // Rounded first, so that every type holds the same; but not where points would share a maximum.
    const auto as = [&](const Tensor& t) {
      return (form == Form::kPool ? t : t.to(torch::kBFloat16)).to(type);
    };
    x = as(draw() * 2 + torch::randn({shape.channels, 1, 1}) * 3).requires_grad_();
    other = as(draw()).requires_grad_();
    bias = as(torch::randn({shape.samples, shape.channels})).requires_grad_();
    weight = torch::randn({shape.channels});
    shift = torch::randn({shape.channels});
    dy = as(draw());
    dsum = as(draw());
    dpool = torch::randn({shape.samples, 2 * shape.channels});
  }
  Tensor x, other, bias, weight, shift, dy, dsum, dpool;
};

torch::nn::BatchNorm2d MakeNorm(const Inputs& in, torch::ScalarType type) {
  torch::NoGradGuard no_grad;
  torch::nn::BatchNorm2d norm(in.weight.size(0));
  norm->weight.copy_(in.weight);
  norm->bias.copy_(in.shift);
  norm->to(type);
  return norm;
}

void Append(Figures& figures, const Tensor& tensor) {
  if (tensor.defined()) figures.push_back(tensor.detach().to(torch::kDouble));
}

Figures Finish(const Inputs& in, const torch::nn::BatchNorm2d& norm, Figures figures) {
  for (const Tensor& leaf : {in.x, in.other, in.bias, norm->weight, norm->bias}) {
    Append(figures, leaf.grad());
  }
  Append(figures, norm->running_mean);
  Append(figures, norm->running_var);
  Append(figures, norm->num_batches_tracked);
  return figures;
}

Figures Fused(Form form, const Shape& shape, torch::ScalarType type) {
  const Inputs in(shape, type, form);
  torch::nn::BatchNorm2d norm = MakeNorm(in, torch::kFloat);
  Figures figures;
  if (form == Form::kPool) {
    const Tensor pooled = fused::NormReluPool(norm, in.x);
    pooled.backward(in.dpool);
    Append(figures, pooled);
    return Finish(in, norm, figures);
  }
  Tensor out, sum;
  if (form == Form::kPlain) out = fused::NormRelu(norm, in.x);
  if (form == Form::kBias) out = fused::BiasNormRelu(norm, in.x, in.bias);
  if (form == Form::kResidual) out = fused::NormAddRelu(norm, in.x, in.other);
  if (form == Form::kSum) {
    const fused::SumAndActive both = fused::AddNormRelu(norm, in.x, in.other);
    sum = both.sum;
    out = both.active;
  }
  EXPECT_TRUE(out.is_contiguous(torch::MemoryFormat::ChannelsLast));
  Append(figures, out);
  if (form == Form::kSum) {
    torch::autograd::backward({out, sum}, {in.dy, in.dsum});
    Append(figures, sum);
  } else {
    out.backward(in.dy);
  }
  return Finish(in, norm, figures);
}

// The same by Torch, in double, but for the sum, which is rounded to `type` before the norm.
Figures Reference(Form form, const Shape& shape, torch::ScalarType type) {
  const Inputs in(shape, torch::kDouble, form);
  torch::nn::BatchNorm2d norm = MakeNorm(in, torch::kDouble);
  Figures figures;
  Tensor before = in.x;
  if (form == Form::kBias) before = in.x + in.bias.unsqueeze(2).unsqueeze(3);
  if (form == Form::kSum) {
    const Tensor sum = in.x + in.other;
    before = sum + (sum.to(type).to(torch::kDouble) - sum).detach();
  }
  Tensor out = norm(before);
  if (form == Form::kResidual) out = out + in.other;
  out = torch::relu(out);
  if (form == Form::kPool) {
    const Tensor flat = out.flatten(2);
    out = torch::cat({flat.mean(2), flat.amax(2)}, 1);
    out.backward(in.dpool.to(torch::kDouble));
  } else if (form == Form::kSum) {
    torch::autograd::backward({out, before}, {in.dy, in.dsum});
  } else {
    out.backward(in.dy);
  }
  Append(figures, out);
  if (form == Form::kSum) Append(figures, before);
  return Finish(in, norm, figures);
}

void ExpectNear(const Figures& figures, const Figures& expected, double tolerance,
                const std::string& what) {
  ASSERT_EQ(figures.size(), expected.size()) << what;
  for (size_t i = 0; i < figures.size(); ++i) {
    ASSERT_EQ(figures[i].sizes(), expected[i].sizes()) << what << ", figure " << i;
    const double scale = std::max(1.0, expected[i].abs().max().item<double>());
    EXPECT_LT((figures[i] - expected[i]).abs().max().item<double>(), tolerance * scale)
        << what << ", figure " << i;
  }
}

constexpr Shape kShapes[] = {{1, 16}, {2, 64}, {3, 48}, {5, 1}, {4, 2}, {2, 17}, {2, 115, 5}};

std::string Name(Form form, const Shape& shape) {
  return "form " + std::to_string(static_cast<int>(form)) + ", " + std::to_string(shape.samples) +
         " x " + std::to_string(shape.channels);
}

TEST(FusedNormTest, FloatIsTorchsOwnInDouble) {
  for (const Form form : kForms) {
    for (const Shape& shape : kShapes) {
      ExpectNear(Fused(form, shape, torch::kFloat), Reference(form, shape, torch::kFloat), 2e-5,
                 Name(form, shape));
    }
  }
}

TEST(FusedNormTest, Bf16IsTorchsOwnInDoubleButForItsRounding) {
  for (const Form form : kForms) {
    if (form == Form::kPool) continue;  // ties of the maximum: below
    for (const Shape& shape : kShapes) {
      ExpectNear(Fused(form, shape, torch::kBFloat16), Reference(form, shape, torch::kBFloat16),
                 1.0 / 128, Name(form, shape));
    }
  }
}

TEST(FusedNormTest, MaximumOfSeveralPointsGivesOneOfThemItsGradient) {
  torch::nn::BatchNorm2d norm(1);
  Tensor x = torch::zeros({2, 1, 3, 3}).contiguous(torch::MemoryFormat::ChannelsLast);
  x.view({2, 9}).slice(1, 4, 7).fill_(1);  // three points share it
  x.requires_grad_();
  const Tensor pooled = fused::NormReluPool(norm, x);
  EXPECT_EQ(pooled[0][1].item<float>(), pooled[1][1].item<float>());
  // With the maximum alone a function of each sample, three equal gradients would cancel otherwise.
  pooled.backward(torch::tensor({{0.f, 1.f}, {0.f, -1.f}}));
  const Tensor gradient = x.grad().view({2, 9});
  EXPECT_EQ(gradient.abs().gt(1e-3).sum().item<int64_t>(), 2) << gradient;
  EXPECT_GT(gradient[0][4].item<float>(), 0.5);
  EXPECT_LT(gradient[1][4].item<float>(), -0.5);
}

// Of sum(dy * relu(norm(x) + residual)), at some points, by differences.
TEST(FusedNormTest, GradientIsTheSlopeOfTheOutput) {
  const Shape shape{2, 16, 5};
  Inputs in(shape, torch::kFloat);
  torch::nn::BatchNorm2d norm = MakeNorm(in, torch::kFloat);
  const auto value = [&](const Tensor& x) {
    return (fused::NormAddRelu(norm, x, in.other) * in.dy).to(torch::kDouble).sum();
  };
  value(in.x).backward();
  torch::NoGradGuard no_grad;
  constexpr double kStep = 1e-2;
  for (const int64_t at : {0, 7, 33, 399, 799}) {
    const auto moved = [&](double by) {
      Tensor x = in.x.detach().clone();
      x.data_ptr<float>()[at] += static_cast<float>(by);
      return value(x).item<double>();
    };
    const double slope = (moved(kStep) - moved(-kStep)) / (2 * kStep);
    EXPECT_NEAR(in.x.grad().data_ptr<float>()[at], slope, 0.02) << at;
  }
}

TEST(FusedNormTest, NumberOfThreadsDoesNotShow) {
  const Shape shape{9, 48};
  const int before = at::get_num_threads();
  for (const Form form : kForms) {
    at::set_num_threads(1);
    const Figures one = Fused(form, shape, torch::kBFloat16);
    at::set_num_threads(4);
    const Figures four = Fused(form, shape, torch::kBFloat16);
    for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(torch::equal(one[i], four[i])) << i;
  }
  at::set_num_threads(before);
}

TEST(FusedNormTest, NotANumberIsNotHidden) {
  Inputs in({2, 16}, torch::kBFloat16);
  torch::nn::BatchNorm2d norm = MakeNorm(in, torch::kFloat);
  const Tensor x = in.x.detach().clone();
  x[1][3][4][4] = NAN;
  const Tensor bad = fused::NormRelu(norm, x).isnan().any(3).any(2).any(0);
  EXPECT_TRUE(bad[3].item<bool>());
  EXPECT_EQ(bad.sum().item<int64_t>(), 1);
  EXPECT_TRUE(fused::NormReluPool(norm, x).isnan().any().item<bool>());
}

TEST(FusedNormTest, EvaluationUsesTheRunningStatistics) {
  const Inputs in({3, 16}, torch::kFloat);
  torch::nn::BatchNorm2d norm = MakeNorm(in, torch::kFloat);
  norm->eval();
  torch::NoGradGuard no_grad;
  EXPECT_TRUE(torch::equal(fused::NormRelu(norm, in.x), torch::relu(norm(in.x))));
  EXPECT_EQ(norm->running_mean.abs().sum().item<float>(), 0);
}

// All kernels of this processor give what the plain ones give.
TEST(FusedNormTest, EveryKernelNormalisesAlike) {
  const NormExtent extent{7, 37};
  const Tensor x = torch::randn({7, 37}), scale = torch::randn({37}), offset = torch::randn({37});
  const auto run = [&](const NormKernels<float>& kernels) {
    Tensor out = torch::empty_like(x), sums = torch::zeros({2, 37});
    kernels.normalise(extent, x.data_ptr<float>(), nullptr, scale.data_ptr<float>(),
                      offset.data_ptr<float>(), out.data_ptr<float>());
    kernels.sum(extent, x.data_ptr<float>(), offset.data_ptr<float>(), sums.data_ptr<float>(),
                sums.data_ptr<float>() + 37);
    return torch::cat({out, sums}, 0);
  };
  const Tensor expected = run(*KernelsOf<float>("portable"));
  EXPECT_TRUE(
      torch::allclose(expected.slice(0, 0, 7), torch::relu(x * scale + offset), 1e-5, 1e-6));
  for (const char* name : {"avx2", "avx512"}) {
    const NormKernels<float>* kernels = KernelsOf<float>(name);
    if (kernels == nullptr) continue;
    EXPECT_TRUE(torch::allclose(run(*kernels), expected, 1e-5, 1e-5)) << name;
  }
  EXPECT_EQ(KernelsOf<float>("neon"), nullptr);
}

}  // namespace
}  // namespace moyo::trainer
