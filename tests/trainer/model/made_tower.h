// A small network with everything away from its start: statistics, scales of both signs, shifts.
#pragma once

#include "trainer/model/tower.h"

namespace moyo::trainer {

inline Tower MadeTower(Architecture architecture = Architecture::kLeelaZero) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(5);
  Tower tower(NetShape{.blocks = 2, .filters = 6, .architecture = architecture});
  for (const auto& item : tower->named_parameters()) {
    torch::Tensor values = item.value();
    if (values.dim() == 1) values.add_(torch::randn_like(values).mul_(0.5));
  }
  for (const auto& item : tower->named_buffers()) {
    torch::Tensor values = item.value();
    if (!values.is_floating_point()) continue;
    values.copy_(torch::rand_like(values).mul_(2.0).add_(0.1));
  }
  tower->eval();
  return tower;
}

// n x 18 x 19 x 19, zeros and ones.
inline torch::Tensor MadePlanes(int64_t n) {
  torch::manual_seed(6);
  return torch::rand({n, features::kPlanes, features::kBoardSize, features::kBoardSize})
      .gt(0.7)
      .to(torch::kFloat);
}

// The largest difference of either output.
inline double LargestDifference(const TowerImpl::Output& a, const TowerImpl::Output& b) {
  return std::max((a.policy - b.policy).abs().max().item<double>(),
                  (a.value - b.value).abs().max().item<double>());
}

}  // namespace moyo::trainer
