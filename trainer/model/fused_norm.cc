#include "trainer/model/fused_norm.h"

#include "trainer/model/norm_passes.h"
#include "trainer/model/torch_compat.h"

namespace moyo::trainer::fused {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct NormState {
  Tensor running_mean, running_variance;
  double momentum, epsilon;
};

// Inputs: x and at most one of y (to be added before), bias (n x channels, float) and residual;
// weight and shift. Outputs: what is asked for, and with y the sum.
class FusedNorm : public torch::autograd::Function<FusedNorm> {
 public:
  static variable_list forward(AutogradContext* context, const Tensor& x,
                               const OptionalTensor& maybe_y, const OptionalTensor& maybe_bias,
                               const OptionalTensor& maybe_residual, const Tensor& weight,
                               const Tensor& shift, const NormState& state, bool pools) {
    const Tensor y = maybe_y.value_or(Tensor()), bias = maybe_bias.value_or(Tensor()),
                 residual = maybe_residual.value_or(Tensor());
    const Tensor sum = y.defined() ? torch::empty_like(x) : Tensor();
    const Moments moments = MomentsOf(x, y, bias, sum);
    UpdateRunning(moments, CountOf(x), state.momentum, state.running_mean, state.running_variance);
    const NormConstants constants = ConstantsOf(moments, weight, shift, bias, state.epsilon);
    const Tensor normalised = y.defined() ? sum : x;
    Pooled pooled;
    if (pools) pooled = Pool(normalised, constants);
    const Tensor out = pools ? pooled.figures : Normalised(normalised, residual, constants);
    context->set_materialize_grads(false);
    context->save_for_backward({normalised, residual.defined() ? out : Tensor(), pooled.where,
                                constants.scale, constants.inverse, constants.centre,
                                constants.offset});
    context->saved_data["bias"] = bias.defined();
    return y.defined() ? variable_list{out, sum} : variable_list{out};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    TORCH_CHECK(!torch::GradMode::is_enabled(), "a fused norm has no second derivative");
    const variable_list saved = context->get_saved_variables();
    const KeptForBackward kept{
        saved[0], saved[1], saved[2], {saved[3], saved[4], saved[5], saved[6]}};
    const bool pools = kept.where.defined(), adds = gradients.size() == 2;
    const Tensor& x = kept.x;
    const auto in_order = [&x](const Tensor& gradient) {
      return gradient.defined()
                 ? gradient.to(x.scalar_type()).contiguous(torch::MemoryFormat::ChannelsLast)
                 : Tensor();
    };
    Tensor gradient = gradients[0];
    if (!gradient.defined()) {
      gradient = pools ? torch::zeros({x.size(0), 2 * x.size(1)}) : torch::zeros_like(x);
    }
    if (pools) {
      gradient = gradient.to(torch::kFloat).clone(torch::MemoryFormat::Contiguous);
      gradient.slice(1, 0, x.size(1)).div_(static_cast<double>(x.size(2) * x.size(3)));
    } else {
      gradient = in_order(gradient);
    }
    NormGradients wanted;
    if (kept.output.defined()) wanted.residual = torch::empty_like(x);
    if (context->saved_data["bias"].toBool()) wanted.bias = torch::empty({x.size(0), x.size(1)});
    FillGradients(kept, gradient, adds ? in_order(gradients[1]) : Tensor(), wanted);
    return {wanted.x,      adds ? wanted.x : Tensor(),
            wanted.bias,   wanted.residual,
            wanted.weight, wanted.shift,
            Tensor(),      Tensor()};
  }
};

bool IsFusible(const Tensor& x) {
  return x.is_cpu() && x.dim() == 4 && x.numel() > 0 &&
         (x.scalar_type() == torch::kFloat || x.scalar_type() == torch::kBFloat16) &&
         x.is_contiguous(torch::MemoryFormat::ChannelsLast);
}

bool Fuses(const torch::nn::BatchNorm2d& norm, const Tensor& x) {
  return norm->is_training() && IsFusible(x);
}

bool Fuses(const torch::nn::BatchNorm2d& norm, const Tensor& x, const Tensor& other) {
  return Fuses(norm, x) && IsFusible(other) && other.scalar_type() == x.scalar_type();
}

variable_list Apply(torch::nn::BatchNorm2d& norm, const Tensor& x, const OptionalTensor& y,
                    const OptionalTensor& bias, const OptionalTensor& residual, bool pools) {
  norm->num_batches_tracked.add_(1);
  const NormState state{norm->running_mean, norm->running_var, norm->options.momentum().value(),
                        norm->options.eps()};
  return FusedNorm::apply(x, y, bias, residual, norm->weight, norm->bias, state, pools);
}

const OptionalTensor kNone;

}  // namespace

Tensor NormRelu(torch::nn::BatchNorm2d& norm, const Tensor& x) {
  if (Fuses(norm, x)) return Apply(norm, x, kNone, kNone, kNone, false)[0];
  return norm(x).relu_();  // in place on the norm's output, which no backward pass needs
}

Tensor BiasNormRelu(torch::nn::BatchNorm2d& norm, const Tensor& x, const Tensor& bias) {
  if (Fuses(norm, x)) {
    return Apply(norm, x, kNone, bias.to(torch::kFloat).contiguous(), kNone, false)[0];
  }
  Tensor y = x;
  return norm(y.add_(bias.to(x.scalar_type()).unsqueeze(2).unsqueeze(3))).relu_();
}

Tensor NormAddRelu(torch::nn::BatchNorm2d& norm, const Tensor& x, const Tensor& residual) {
  if (Fuses(norm, x, residual)) return Apply(norm, x, kNone, kNone, residual, false)[0];
  return torch::relu(norm(x).add_(residual));
}

SumAndActive AddNormRelu(torch::nn::BatchNorm2d& norm, const Tensor& x, const Tensor& y) {
  if (Fuses(norm, x, y)) {
    const variable_list out = Apply(norm, x, y, kNone, kNone, false);
    return {out[1], out[0]};
  }
  Tensor sum = y;
  sum.add_(x);
  return {sum, NormRelu(norm, sum)};
}

Tensor NormReluPool(torch::nn::BatchNorm2d& norm, const Tensor& x) {
  if (Fuses(norm, x)) return Apply(norm, x, kNone, kNone, kNone, true)[0];
  // n x points x channels: so the reductions run along contiguous channels. In float: a mean of 361
  // bf16 numbers would lose more than it finds.
  const Tensor active = NormRelu(norm, x).permute({0, 2, 3, 1}).flatten(1, 2).to(torch::kFloat);
  return torch::cat({active.mean(1), active.amax(1)}, 1);
}

}  // namespace moyo::trainer::fused
