#include "trainer/checkpoint/training_state.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "common/base/digest.h"

namespace moyo::trainer {

using Json = nlohmann::json;

Json ToJson(const TrainingState& state) {
  return {{"samples", state.samples},
          {"step", state.step},
          {"elapsed_seconds", state.elapsed_seconds},
          {"best_top1", state.best_top1},
          {"best_step", state.best_step},
          {"judged_by", {state.judged_by.positions, state.judged_by.percent}},
          {"best_value_scale", state.best_value_scale},
          {"learned", state.learned},
          {"finished", state.finished},
          {"dataset_digest", Hex(state.dataset_digest)},
          {"epoch", state.epoch},
          {"epoch_first_sample", state.epoch_first_sample},
          {"epoch_positions", state.epoch_positions},
          {"learning_rate", state.learning_rate},
          {"means", {state.means.policy_loss, state.means.value_loss, state.means.top1}},
          {"ownership_mean", state.means.ownership_loss},
          {"means_started", state.means.started},
          {"threads", state.resolved.threads},
          {"micro_batch", state.resolved.micro_batch},
          {"games_bytes", state.resolved.games_bytes},
          {"validation",
           {state.validation.positions, state.validation.top1, state.validation.top5,
            state.validation.nats, state.validation.value_accuracy}}};
}

TrainingState StateFromJson(const Json& json) {
  TrainingState state;
  state.samples = json.at("samples");
  state.step = json.at("step");
  state.elapsed_seconds = json.at("elapsed_seconds");
  state.best_top1 = json.at("best_top1");
  state.best_step = json.value("best_step", uint64_t{0});
  if (json.contains("judged_by")) {
    state.judged_by = {json.at("judged_by").at(0), json.at("judged_by").at(1)};
  }
  state.best_value_scale = json.value("best_value_scale", 1.0);
  state.learned = json.value("learned", state.samples);
  state.finished = json.at("finished");
  state.dataset_digest = absl::HexStringToBytes(json.at("dataset_digest").get<std::string>());
  state.epoch_positions = json.at("epoch_positions");
  // The first version counted epochs in samples.
  const uint64_t epoch = state.samples / std::max<uint64_t>(1, state.epoch_positions);
  state.epoch = json.value("epoch", epoch);
  state.epoch_first_sample = json.value("epoch_first_sample", state.epoch * state.epoch_positions);
  state.learning_rate = json.value("learning_rate", 0.0);
  if (json.contains("means")) {
    const Json& means = json.at("means");
    state.means = {.policy_loss = means.at(0),
                   .value_loss = means.at(1),
                   .ownership_loss = json.value("ownership_mean", 0.0),
                   .top1 = means.at(2),
                   .started = json.at("means_started")};
  }
  state.resolved = {json.value("threads", 0), json.value("micro_batch", uint32_t{0}),
                    json.value("games_bytes", uint64_t{0})};
  const Json& validation = json.at("validation");
  state.validation = {validation.at(0), validation.at(1), validation.at(2), validation.at(3),
                      validation.at(4)};
  return state;
}

}  // namespace moyo::trainer
