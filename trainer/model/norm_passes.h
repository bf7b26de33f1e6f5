// The passes over memory that fused_norm.h is made of, on whole batches: float or bfloat16 in
// channels_last order, on a CPU, n samples in parallel. For fused_norm.cc: includes Torch.
//
// Undefined tensors stand for what there is none of. Per-channel tensors are float.
#pragma once

#include <torch/torch.h>

#include <vector>

namespace moyo::trainer {

struct Moments {
  std::vector<double> mean, variance;  // a channel; the variance is that of the batch itself
};

// Of x + bias (n x channels), or of `sum`, which becomes x + y.
Moments MomentsOf(const torch::Tensor& x, const torch::Tensor& y, const torch::Tensor& bias,
                  const torch::Tensor& sum);

// As Torch's module does it, with the variance of the population that the batch is drawn from.
void UpdateRunning(const Moments& moments, double count, double momentum, const torch::Tensor& mean,
                   const torch::Tensor& variance);

// What a normalisation comes to: norm(x + bias) = x * scale + offset. `rows` is 1, or n where there
// is a bias.
struct NormConstants {
  torch::Tensor scale;    // channels: weight / deviation
  torch::Tensor inverse;  // channels: 1 / deviation
  torch::Tensor centre;   // rows x channels: mean - bias
  torch::Tensor offset;   // rows x channels
};
NormConstants ConstantsOf(const Moments& moments, const torch::Tensor& weight,
                          const torch::Tensor& shift, const torch::Tensor& bias, double epsilon);

// relu(x * scale + offset + residual).
torch::Tensor Normalised(const torch::Tensor& x, const torch::Tensor& residual,
                         const NormConstants& constants);

struct Pooled {
  torch::Tensor figures;  // n x 2 channels: means over the board, maxima
  torch::Tensor where;    // n x channels: the maximum's point
};
// Of relu(x * scale + offset).
Pooled Pool(const torch::Tensor& x, const NormConstants& constants);

// What the backward pass has to go by.
struct KeptForBackward {
  torch::Tensor x;       // what was normalised, without bias
  torch::Tensor output;  // where there was a residual
  torch::Tensor where;   // where the board was pooled
  NormConstants constants;
};

struct NormGradients {
  torch::Tensor x, residual, bias;  // the last two are filled where they are defined
  torch::Tensor weight, shift;
};

// From the output's gradient, in x's type and order; of a pooled output from that of the figures
// (float, the means' divided by the points). `more` is added to x's.
void FillGradients(const KeptForBackward& kept, const torch::Tensor& gradient,
                   const torch::Tensor& more, NormGradients& gradients);

// Numbers of a channel.
double CountOf(const torch::Tensor& x);

}  // namespace moyo::trainer
