// Weights files of Leela Zero: text, often gzipped, that `leelaz` and many other programs read. For
// trainer/ only: includes Torch.
//
// Format (version 1): a line "1", then a line of numbers for each of: the input convolution's
// weights [out][in][3][3], biases, batch norm means, variances; the same four for both convolutions
// of each residual block; the policy convolution's four (2 channels, 1x1), its linear weights
// [362][2 * 361] and biases [362]; the value convolution's four (1 channel, 1x1), its hidden layer
// [256][361] and [256], its output [1][256] and [1]. A batch norm has neither scale nor shift: the
// output is (conv + bias - mean) / sqrt(variance + 1e-5).
// Source: Leela Zero, training/tf/tfprocess.py (writer) and src/Network.cpp (reader).
//
// Leela Zero counts rows from the bottom and we count from the top. So every 3x3 kernel is turned
// upside down on the way, and the rows of points in the linear layers change places: the network
// then says of a board in leelaz exactly what it says of it here.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trainer/model/tower.h"

namespace moyo::trainer {

// The whole file's text. Scale and shift of each batch norm are folded into the convolution before
// it (mean 0, variance 1 remain), which the format cannot express otherwise.
std::string LeelaZeroText(const Tower& tower);

// Publishes it atomically; gzipped when the name ends in .gz.
absl::Status SaveLeelaZero(const Tower& tower, const std::string& path);

// True for what LoadLeelaZero should be asked to read: a gzip header, or text that begins with a
// digit.
bool LooksLikeLeelaZero(std::string_view bytes);

// A tower in evaluation mode, channels_last, from a file's bytes; `path` is for messages. Blocks
// and filters are counted. Where the file's means and variances are not those of the layer's real
// output (as in files with folded scales), train it only after Recalibrate. INVALID_ARGUMENT: not
// such a file, version 2 (value from Black's side), or another size of heads; says where.
absl::StatusOr<Tower> ParseLeelaZero(std::string_view bytes, const std::string& path);

// Sets each batch norm's statistics to those of the layer's output on `planes` (n x 18 x 19 x 19,
// some hundred positions), and scale and shift so that the network computes the same as before.
// In training mode, which normalises by each batch, it then starts from what it was.
void Recalibrate(Tower& tower, const torch::Tensor& planes);

}  // namespace moyo::trainer
