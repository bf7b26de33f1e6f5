#include "trainer/model/winograd.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "trainer/model/bf16.h"

namespace moyo::trainer {
namespace {

using torch::Tensor;

Tensor InOrder(const Tensor& x) { return x.contiguous(torch::MemoryFormat::ChannelsLast); }

struct Shape {
  int64_t samples, in, out;
};

// Widths of one to four registers, one and several blocks of 64 outputs, the last one narrower;
// fewer samples than are summed together, as many, and more.
constexpr Shape kShapes[] = {{1, 16, 16}, {8, 32, 48},  {9, 48, 32},
                             {3, 64, 64}, {17, 16, 80}, {2, 192, 176}};

std::string Name(const Shape& shape) {
  return std::to_string(shape.in) + " to " + std::to_string(shape.out);
}

struct Inputs {
  Inputs(const Shape& shape, torch::ScalarType type) {
    torch::manual_seed(shape.samples * 100000 + shape.in * 100 + shape.out);
    const auto draw = [&](int64_t channels) {
      return InOrder(torch::randn({shape.samples, channels, 19, 19}).to(type));
    };
    x = draw(shape.in);
    dy = draw(shape.out);
    weight = InOrder(torch::randn({shape.out, shape.in, 3, 3}));
  }
  Tensor x, weight, dy;
};

// Output, gradients of x and of the weights.
struct Figures {
  Tensor y, dx, dweight;
};

// In double.
Figures Plainly(const Inputs& in) {
  const Tensor x = in.x.to(torch::kDouble).requires_grad_(),
               weight = in.weight.to(torch::kDouble).requires_grad_();
  const Tensor y = torch::conv2d(x, weight, {}, 1, 1);
  y.backward(in.dy.to(torch::kDouble));
  return {y.detach(), x.grad(), weight.grad()};
}

double Error(const Tensor& found, const Tensor& right) {
  return ((found.to(torch::kDouble) - right).abs().max() / right.abs().max()).item<double>();
}

// By each kind of kernels that this processor has.
class WinogradTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!IsHere()) GTEST_SKIP() << "this processor has no " << GetParam();
  }

  bool IsHere() const {
    return WinogradKernelsOf<Bf16>(GetParam()) != nullptr ||
           WinogradKernelsOf<float>(GetParam()) != nullptr;
  }
  torch::ScalarType type() const {
    return std::string_view(GetParam()) == "avx512bf16" ? torch::kBFloat16 : torch::kFloat;
  }
  // The largest error, as a share of the largest number: with 8 bits each, 0.004 in each factor,
  // which thousands of products even out.
  double rounding() const { return type() == torch::kBFloat16 ? 0.01 : 1e-5; }

  Tensor Convolved(const Tensor& x, const Tensor& weight) const {
    return type() == torch::kBFloat16
               ? ConvolveBy(*WinogradKernelsOf<Bf16>(GetParam()), x, weight)
               : ConvolveBy(*WinogradKernelsOf<float>(GetParam()), x, weight);
  }
  Figures ByWinograd(const Inputs& in) const {
    const Tensor x = in.x.detach().clone().requires_grad_(),
                 weight = in.weight.detach().clone().requires_grad_();
    const Tensor y = Convolved(x, weight);
    y.backward(in.dy);
    return {y.detach(), x.grad(), weight.grad()};
  }
};

INSTANTIATE_TEST_SUITE_P(Kernels, WinogradTest, testing::Values("avx512bf16", "avx512", "avx2"),
                         [](const auto& test) { return std::string(test.param); });

TEST_P(WinogradTest, AgreesWithThePlainWay) {
  for (const Shape& shape : kShapes) {
    const Inputs in(shape, type());
    const Figures found = ByWinograd(in), right = Plainly(in);
    EXPECT_LT(Error(found.y, right.y), rounding()) << Name(shape);
    EXPECT_LT(Error(found.dx, right.dx), rounding()) << Name(shape);
    EXPECT_LT(Error(found.dweight, right.dweight), rounding()) << Name(shape);
    EXPECT_EQ(found.dweight.scalar_type(), torch::kFloat);
    EXPECT_TRUE(found.y.is_contiguous(torch::MemoryFormat::ChannelsLast));
  }
}

// Whole numbers, so small that nothing is rounded but the result: each point, edge and weight has
// to be right to the bit.
TEST_P(WinogradTest, WholeNumbersComeOutExactly) {
  for (const Shape& shape : kShapes) {
    Inputs in(shape, type());
    in.x = InOrder(torch::randint(0, 8, in.x.sizes()).to(type()));
    in.dy = InOrder(torch::randint(-4, 5, in.dy.sizes()).to(type()));
    in.weight = InOrder(torch::randint(-1, 2, in.weight.sizes()).to(torch::kFloat) * 4);
    const Figures found = ByWinograd(in), right = Plainly(in);
    EXPECT_TRUE(torch::equal(found.y, right.y.to(type()))) << Name(shape);
    EXPECT_TRUE(torch::equal(found.dx, right.dx.to(type()))) << Name(shape);
    EXPECT_TRUE(torch::equal(found.dweight, right.dweight.to(torch::kFloat))) << Name(shape);
  }
}

TEST_P(WinogradTest, BitsDoNotDependOnTheNumberOfThreads) {
  const Inputs in({19, 32, 48}, type());
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Figures one = ByWinograd(in);
  at::set_num_threads(3);
  const Figures three = ByWinograd(in);
  at::set_num_threads(threads);
  EXPECT_TRUE(torch::equal(one.y, three.y));
  EXPECT_TRUE(torch::equal(one.dx, three.dx));
  EXPECT_TRUE(torch::equal(one.dweight, three.dweight));
}

TEST_P(WinogradTest, GradientsInAnyOrderAndTypeAreTaken) {
  const Inputs in({2, 16, 32}, type());
  const Figures right = ByWinograd(in);
  const Tensor x = in.x.detach().clone().requires_grad_(),
               weight = in.weight.detach().clone().requires_grad_();
  const Tensor y = Convolved(x, weight);
  // Through another type the gradient comes as float, and in rows of points.
  (y.to(torch::kFloat).contiguous() * in.dy.to(torch::kFloat).contiguous()).sum().backward();
  EXPECT_TRUE(torch::equal(x.grad(), right.dx));
  EXPECT_TRUE(torch::equal(weight.grad(), right.dweight));
}

TEST(ConvolveTest, KernelsAreOfOneTypeEach) {
  EXPECT_EQ(WinogradKernelsOf<float>("avx512bf16"), nullptr);
  EXPECT_EQ(WinogradKernelsOf<Bf16>("avx512"), nullptr);
  EXPECT_EQ(WinogradKernelsOf<float>("neon"), nullptr);
}

TEST(ConvolveTest, WinogradIsForBoardsWithWholeRegistersOfChannelsAlone) {
  const auto x = [](int64_t channels, int64_t side) {
    return InOrder(torch::zeros({2, channels, side, side}, torch::kBFloat16));
  };
  const auto weight = [](int64_t in, int64_t out, int64_t side) {
    return torch::zeros({out, in, side, side});
  };
  EXPECT_TRUE(IsForWinograd(x(16, 19), weight(16, 32, 3)));
  EXPECT_TRUE(IsForWinograd(x(16, 19).to(torch::kFloat), weight(16, 32, 3)));
  EXPECT_FALSE(IsForWinograd(x(24, 19), weight(24, 32, 3)));
  EXPECT_FALSE(IsForWinograd(x(16, 19), weight(16, 24, 3)));
  EXPECT_FALSE(IsForWinograd(x(16, 19), weight(16, 32, 1)));
  EXPECT_FALSE(IsForWinograd(x(16, 13), weight(16, 32, 3)));
  EXPECT_FALSE(IsForWinograd(x(16, 19).to(torch::kDouble), weight(16, 32, 3)));
  EXPECT_FALSE(IsForWinograd(x(16, 19), weight(16, 32, 3).to(torch::kBFloat16)));
  EXPECT_FALSE(IsForWinograd(x(16, 19).contiguous(), weight(16, 32, 3)));
  EXPECT_FALSE(IsForWinograd(x(16, 19).slice(0, 0, 0), weight(16, 32, 3)));
}

TEST(ConvolveTest, IsTheModulesOwnForwardElsewhere) {
  torch::manual_seed(3);
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(24, 16, 3).padding(1).bias(false));
  const Tensor x = torch::randn({2, 24, 19, 19});
  EXPECT_TRUE(torch::equal(Convolve(conv, x), conv(x)));
}

}  // namespace
}  // namespace moyo::trainer
