#include "trainer/evaluation/symmetry_average.h"

#include <array>
#include <bit>

#include "common/base/status_macros.h"
#include "common/go/symmetry.h"

namespace moyo::evaluation {
namespace {

using Map = std::array<int, features::kPolicySize>;

// Where each policy index goes under each symmetry.
const std::array<Map, go::kSymmetries>& Maps() {
  static const auto* maps = [] {
    auto* all = new std::array<Map, go::kSymmetries>;
    for (int symmetry = 0; symmetry < go::kSymmetries; ++symmetry) {
      for (int index = 0; index < features::kPolicySize; ++index) {
        (*all)[symmetry][index] = features::PolicyIndex(
            go::Transform(features::PolicyPoint(index), symmetry, features::kBoardSize));
      }
    }
    return all;
  }();
  return *maps;
}

}  // namespace

features::BitPlanes Turned(const features::BitPlanes& planes, int symmetry) {
  const Map& map = Maps()[symmetry];
  features::BitPlanes turned;
  turned.to_move = planes.to_move;
  for (size_t plane = 0; plane < planes.history.size(); ++plane) {
    for (int word = 0; word < features::kWordsPerPlane; ++word) {
      for (uint64_t bits = planes.history[plane][word]; bits != 0; bits &= bits - 1) {
        const int to = map[word * 64 + std::countr_zero(bits)];
        turned.history[plane][to / 64] |= uint64_t{1} << (to % 64);
      }
    }
  }
  return turned;
}

absl::StatusOr<std::vector<Evaluation>> SymmetryAverage::Evaluate(
    std::span<const features::BitPlanes> positions) {
  std::vector<Evaluation> means(positions.size());
  std::vector<features::BitPlanes> turned(positions.size());
  for (int symmetry = 0; symmetry < go::kSymmetries; ++symmetry) {
    for (size_t i = 0; i < positions.size(); ++i) turned[i] = Turned(positions[i], symmetry);
    MOYO_ASSIGN_OR_RETURN(const std::vector<Evaluation> answers, evaluator_.Evaluate(turned));
    if (answers.size() != positions.size()) {
      return absl::InternalError("the network left positions without an answer");
    }
    const Map& map = Maps()[symmetry];
    for (size_t i = 0; i < positions.size(); ++i) {
      for (int index = 0; index < features::kPolicySize; ++index) {
        means[i].policy[index] += answers[i].policy[map[index]] / go::kSymmetries;
      }
      means[i].value += answers[i].value / go::kSymmetries;
    }
  }
  return means;
}

}  // namespace moyo::evaluation
