// Metric families as plain values, for what is read at each scrape.
#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace moyo::metrics {

// One label and the number under it.
struct Labelled {
  std::string value;
  double number = 0;
};

inline prometheus::MetricFamily Family(prometheus::MetricType type, std::string name,
                                       std::string help, const std::string& label,
                                       const std::vector<Labelled>& values) {
  prometheus::MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  for (const Labelled& value : values) {
    prometheus::ClientMetric metric;
    if (!label.empty()) metric.label = {{label, value.value}};
    if (type == prometheus::MetricType::Counter) {
      metric.counter.value = value.number;
    } else {
      metric.gauge.value = value.number;
    }
    family.metric.push_back(std::move(metric));
  }
  return family;
}

inline prometheus::MetricFamily GaugeFamily(std::string name, std::string help, double value) {
  return Family(prometheus::MetricType::Gauge, std::move(name), std::move(help), "", {{"", value}});
}
inline prometheus::MetricFamily GaugeFamily(std::string name, std::string help,
                                            const std::string& label,
                                            const std::vector<Labelled>& values) {
  return Family(prometheus::MetricType::Gauge, std::move(name), std::move(help), label, values);
}
// `value` only rises while the process lives.
inline prometheus::MetricFamily CounterFamily(std::string name, std::string help, double value) {
  return Family(prometheus::MetricType::Counter, std::move(name), std::move(help), "",
                {{"", value}});
}
inline prometheus::MetricFamily CounterFamily(std::string name, std::string help,
                                              const std::string& label,
                                              const std::vector<Labelled>& values) {
  return Family(prometheus::MetricType::Counter, std::move(name), std::move(help), label, values);
}

}  // namespace moyo::metrics
