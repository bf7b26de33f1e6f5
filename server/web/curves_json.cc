#include "server/web/curves_json.h"

#include <cmath>

namespace moyo::server {
namespace {

using nlohmann::ordered_json;

constexpr int kDigits = 5;

// More digits than a screen has points only cost bytes.
double Rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double scale = std::pow(10.0, kDigits - 1 - std::floor(std::log10(std::fabs(value))));
  return std::round(value * scale) / scale;
}

template <typename Points, typename Get>
ordered_json Column(const Points& points, Get get) {
  ordered_json column = ordered_json::array();
  for (const auto& point : points) column.push_back(get(point));
  return column;
}

template <typename Points, typename Point>
ordered_json Numbers(const Points& points, double (Point::*get)() const) {
  return Column(points, [get](const Point& point) { return Rounded((point.*get)()); });
}

template <typename Points>
ordered_json Places(const Points& points) {
  return {{"samples", Column(points, [](const auto& point) { return point.samples(); })},
          {"unix_seconds", Column(points, [](const auto& point) { return point.unix_seconds(); })}};
}

}  // namespace

ordered_json CurvesJson(const v1::TrainingHistory& curves) {
  using Loss = v1::LossPoint;
  using Validation = v1::ValidationPoint;
  ordered_json losses = Places(curves.losses());
  losses["policy_loss"] = Numbers(curves.losses(), &Loss::policy_loss);
  losses["value_loss"] = Numbers(curves.losses(), &Loss::value_loss);
  losses["learning_rate"] = Numbers(curves.losses(), &Loss::learning_rate);
  losses["samples_per_second"] = Numbers(curves.losses(), &Loss::samples_per_second);
  ordered_json validations = Places(curves.validations());
  validations["top1"] = Numbers(curves.validations(), &Validation::top1);
  validations["top5"] = Numbers(curves.validations(), &Validation::top5);
  validations["nats"] = Numbers(curves.validations(), &Validation::nats);
  validations["value_accuracy"] = Numbers(curves.validations(), &Validation::value_accuracy);
  validations["positions"] =
      Column(curves.validations(), [](const Validation& point) { return point.positions(); });
  return {{"losses", std::move(losses)}, {"validations", std::move(validations)}};
}

}  // namespace moyo::server
