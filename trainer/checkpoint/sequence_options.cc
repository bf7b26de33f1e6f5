#include "trainer/checkpoint/sequence_options.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "trainer/train/option_names.h"

namespace moyo::trainer {

using Json = nlohmann::json;

Json SequenceOptions(const TrainingOptions& options) {
  return {
      {"--architecture", std::string(ArchitectureName(options.shape.architecture))},
      {"--batch-size", options.batch_size},
      {"--blocks", options.shape.blocks},
      {"--filters", options.shape.filters},
      {"--init", options.init},
      {"--epochs", options.epochs},
      {"--max-samples", options.max_samples},
      {"--precision", static_cast<int>(options.precision)},
      {"--loss-scale", options.loss_scale},
      {"--learning-rate", options.learning_rate},
      {"--schedule", static_cast<int>(options.schedule)},
      {"--decay-at", options.decay_at},
      {"--decay-factor", options.decay_factor},
      {"--optimizer", static_cast<int>(options.optimizer)},
      {"--weight-decay", options.weight_decay},
      {"--warmup", options.warmup},
      {"--policy-weight", options.policy_weight},
      {"--value-weight", options.value_weight},
      {"--ownership-weight", options.ownership_weight},
      {"--label-smoothing", options.label_smoothing},
      {"--ema", options.ema},
      {"--clip-norm", options.clip_norm},
      {"--augment", static_cast<int>(options.augment)},
      {"--validation-percent", options.validation_percent},
      {"--seed", options.seed},
      {"--max-minutes", absl::ToDoubleMinutes(std::min(options.max_time, absl::Hours(1000000)))}};
}

Json ReadableOptions(Json stored) {
  const auto name = [&stored]<typename Enum>(const char* flag, const OptionNames<Enum>& names) {
    if (stored.contains(flag)) stored[flag] = NameOf(names, stored[flag].get<Enum>());
  };
  name("--optimizer", OptimizerNames());
  name("--schedule", ScheduleNames());
  name("--precision", PrecisionNames());
  name("--augment", AugmentNames());
  return stored;
}

void TakeResolved(const Json& stored, ResolvedOptions& resolved) {
  resolved.precision = stored.value("--precision", Precision::kBf16);
  resolved.init = stored.value("--init", "");
  const std::string architecture = stored.value("--architecture", "leela-zero");
  resolved.shape = {
      .blocks = stored.at("--blocks"),
      .filters = stored.at("--filters"),
      .architecture = ArchitectureOf(architecture).value_or(Architecture::kLeelaZero)};
}

TrainingOptions Following(TrainingOptions options, const ResolvedOptions& resolved) {
  if (options.precision == Precision::kAuto) options.precision = resolved.precision;
  if (options.init.empty()) options.init = resolved.init;
  if (!resolved.init.empty() && options.shape_from_init) options.shape = resolved.shape;
  return options;
}

std::vector<std::string> SequenceDifferences(const std::string& text,
                                             const TrainingOptions& options) {
  std::vector<std::string> different;
  const Json other = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const Json own = SequenceOptions(options);
  for (const auto& [name, value] : own.items()) {
    if (!other.is_object() || !other.contains(name) || other.at(name) != value) {
      different.push_back(name);
    }
  }
  return different;
}

namespace {

std::vector<std::string> ChangedOptions(const Json& stored, const TrainingOptions& options,
                                        const ResolvedOptions& resolved) {
  std::vector<std::string> changed;
  TrainingOptions first_version;  // what it had no option for
  first_version.shape.architecture = Architecture::kLeelaZero;
  first_version.precision = Precision::kBf16;
  const Json defaults = SequenceOptions(first_version),
             wanted = SequenceOptions(Following(options, resolved));
  for (const auto& [name, value] : wanted.items()) {
    if ((stored.contains(name) ? stored : defaults).at(name) != value) changed.push_back(name);
  }
  // Automatic ones follow the checkpoint.
  if (options.threads > 0 && resolved.threads > 0 && options.threads != resolved.threads) {
    changed.push_back("--threads");
  }
  const auto whole = [&options](uint32_t micro_batch) {  // 0 and the whole batch are the same
    return micro_batch == 0 ? options.batch_size : std::min(micro_batch, options.batch_size);
  };
  if (options.micro_batch > 0 && whole(options.micro_batch) != whole(resolved.micro_batch)) {
    changed.push_back("--micro-batch");
  }
  if (options.games_bytes > 0 && resolved.games_bytes > 0 &&
      options.games_bytes != resolved.games_bytes) {
    changed.push_back("--games-memory");
  }
  return changed;
}

}  // namespace

absl::StatusOr<bool> CheckContinuation(const Json& stored, const ResolvedOptions& resolved,
                                       const TrainingOptions& options) {
  const std::vector<std::string> changed = ChangedOptions(stored, options, resolved);
  if (changed.empty()) return false;
  if (!options.fork) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the checkpoint was trained with other values of ", absl::StrJoin(changed, ", "),
        "; give the same ones, or --fork to go on with the new ones, or 'moyo reset --model'"));
  }
  std::vector<std::string> fixed;  // the stored weights and optimizer state fit no other
  for (const std::string& name : changed) {
    if (name == "--architecture" || name == "--blocks" || name == "--filters" || name == "--init" ||
        name == "--optimizer") {
      fixed.push_back(name);
    }
  }
  if (fixed.empty()) return true;
  return absl::FailedPreconditionError(
      absl::StrCat("--fork cannot change ", absl::StrJoin(fixed, ", "),
                   "; give the checkpoint's, or 'moyo reset --model' to start anew"));
}

}  // namespace moyo::trainer
