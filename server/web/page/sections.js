// The parts of the page that are no charts, made anew from each status.
import * as format from "./format.js";
import { word } from "./words.js";

const STATES = ["accepted", "duplicate", "filtered", "rejected", "quarantined", "pending"];
const SILENT_SECONDS = 20; // heartbeats come at least every 5 s
const SLOW_RATIO = 0.5; // of the median
const WORKERS_FOR_A_MEDIAN = 3;
const NEAR_RATIO = 0.9;

export function make(name, { className = "", text = "", ...attributes } = {}, children = []) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(text, ...children);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const byId = (id) => document.getElementById(id);
const share = (part, whole) => (whole > 0 ? part / whole : 0);

// A labelled bar. `near`: it is almost full, and that is bad.
function bar(label, value, detail, near = false) {
  const text = make("span", { text: detail, className: "detail" });
  const meter = make("progress", { max: 1, value: Math.min(1, value), "aria-label": `${label}: ${detail}` });
  return make("div", { className: near ? "bar near" : "bar" }, [make("span", { text: label }), text, meter]);
}

function facts(list, entries) {
  const items = entries.map(([name, value]) => make("div", {}, [make("dt", { text: name }), make("dd", { text: value })]));
  list.replaceChildren(...items);
}

export function phaseOf(status) {
  const training = status.training;
  if (training.error) return "phase_stopped";
  if (training.reported && training.finished && status.complete) return "phase_finished";
  if (training.reported && !training.finished) return "phase_training";
  if (!status.complete) return status.ledger.found > 0 ? "phase_parsing" : "phase_idle";
  return status.ledger.found > 0 ? "phase_waiting" : "phase_idle";
}

function showAlarms(status) {
  const { training } = status;
  const texts = status.alarms.map((text) => `${word("alarm")}: ${text}`);
  if (status.catalogue_error) texts.push(`${word("catalogue_error")}: ${status.catalogue_error}`);
  if (status.storage_error) texts.push(`${word("storage_error")}: ${status.storage_error}`);
  if (training.error) texts.push(`${word("stopped")}: ${training.error}`);
  if (training.reported && (training.policy_loss === null || training.value_loss === null)) {
    texts.push(word("loss_not_finite"));
  }
  const used = share(training.rss_bytes, status.memory.budget_bytes);
  if (!training.finished && used > NEAR_RATIO) {
    texts.push(word("memory_near", { name: word("trainer"), share: format.percent(used, 0) }));
  }
  const list = byId("alarms");
  // An unchanged list stays, so that a screen reader says it once.
  if ([...list.children].map((item) => item.textContent).join("\n") === texts.join("\n")) return;
  list.replaceChildren(...texts.map((text) => make("li", { text })));
}

function showProgress(status) {
  const { ledger, training } = status;
  const parsed = ledger.found - ledger.pending;
  const parts = [`${format.count(parsed)} / ${format.count(ledger.found)}`];
  if (status.complete) {
    parts.push(word("parsing_complete"));
  } else if (status.games_per_second > 0) {
    parts.push(word("games_each_second", { rate: format.rate(status.games_per_second) }));
    parts.push(word("left", { time: format.duration(ledger.pending / status.games_per_second) }));
  }
  const bars = [bar(word("parsing"), share(parsed, ledger.found), parts.join(" · "))];
  const done = share(training.samples, training.planned_samples);
  const rest = training.reported ? [format.percent(done)] : [word("training_none")];
  if (training.reported && !training.finished && training.samples_per_second > 0) {
    const left = Math.max(0, training.planned_samples - training.samples) / training.samples_per_second;
    rest.push(word("samples_each_second", { rate: format.count(training.samples_per_second) }));
    rest.push(word("left", { time: format.duration(left) }));
  }
  bars.push(bar(word("training"), done, rest.join(" · ")));
  byId("progress").replaceChildren(...bars);
}

function checkpointText(training, now) {
  if (training.checkpoints === 0) return word("checkpoint_none");
  return word("checkpoint_value", {
    count: format.count(training.checkpoints),
    bytes: format.bytes(training.checkpoint_bytes),
    age: format.duration(now - training.checkpoint_unix_seconds),
  });
}

function showTraining(status) {
  const { training } = status;
  if (!training.reported) return facts(byId("training"), [[word("trainer"), word("training_none")]]);
  const entries = [
    [word("epoch"), word("epoch_value", { epoch: format.count(training.epoch), epochs: format.count(training.epochs) })],
    [word("step"), format.count(training.step)],
    [word("sample"), word("plan_value", {
      samples: format.compact(training.samples), planned: format.compact(training.planned_samples) })],
    [word("learning_rate"), format.number(training.learning_rate)],
    [word("feed_wait"), format.percent(training.feed_wait_ratio)],
    [word("checkpoint"), checkpointText(training, status.unix_seconds)],
  ];
  if (training.validation_positions > 0) {
    entries.push([word("validation_positions"),
      word("validation_positions_value", { count: format.count(training.validation_positions) })]);
  }
  entries.push([word("trainer"), training.trainer]);
  return facts(byId("training"), entries);
}

function memoryBar(name, used, whole, near) {
  if (!(whole > 0)) return bar(name, 0, format.bytes(used));
  const detail = word("budget_of", { used: format.bytes(used), whole: format.bytes(whole) });
  return bar(name, share(used, whole), detail, near && share(used, whole) > NEAR_RATIO);
}

function showMemory(status) {
  const { memory, training } = status;
  const bars = [];
  if (training.reported) bars.push(memoryBar(word("trainer"), training.rss_bytes, memory.budget_bytes, true));
  bars.push(memoryBar(word("server"), memory.rss_bytes, memory.system_total_bytes, false));
  const workers = status.workers.reduce((sum, worker) => sum + worker.rss_bytes, 0);
  if (status.workers.length > 0) bars.push(memoryBar(word("workers_sum"), workers, 0, false));
  const used = memory.system_total_bytes - memory.system_available_bytes;
  bars.push(memoryBar(word("system"), used, memory.system_total_bytes, true));
  byId("memory").replaceChildren(...bars);
}

function showLedger({ ledger, truncated }) {
  const stack = make("div", { className: "stack", "aria-hidden": "true" });
  const items = [];
  for (const state of STATES) {
    const part = make("span", { className: state });
    part.style.flexGrow = ledger[state];
    if (ledger[state] > 0) stack.append(part);
    const sum = `${format.count(ledger[state])}`;
    items.push(make("div", {}, [make("dt", { className: `key ${state}`, text: word(state) }), make("dd", { text: sum })]));
  }
  items.unshift(make("div", {}, [make("dt", { text: word("found") }), make("dd", { text: format.count(ledger.found) })]));
  if (truncated > 0) {
    items.push(make("div", {}, [make("dt", { text: word("cut_at_damage") }), make("dd", { text: format.count(truncated) })]));
  }
  byId("ledger").replaceChildren(stack, make("dl", {}, items));
}

function showUnits(status) {
  const { units } = status;
  const shown = ["done", "leased", "pending", "quarantined", "split"].filter(
    (state) => units[state] > 0 || state !== "split");
  facts(byId("units"), [
    ...shown.map((state) => [word(state), format.count(units[state])]),
    [word("positions"), format.count(status.positions)],
    [word("shards"), word("shards_value", {
      count: format.count(status.shards.count), bytes: format.bytes(status.shards.bytes) })],
    [word("dataset"), status.dataset_digest.slice(0, 12) || word("digest_none")],
  ]);
}

// "slow", "silent" or "": as `moyo status` advises.
export function troubleOf(worker, workers) {
  if (worker.seconds_since_heartbeat > SILENT_SECONDS) return "silent";
  const perSlot = ({ games_per_second, parallel }) => games_per_second / Math.max(1, parallel);
  const rates = workers.filter(({ leases }) => leases > 0).map(perSlot).sort((a, b) => a - b);
  if (rates.length < WORKERS_FOR_A_MEDIAN || worker.leases === 0) return "";
  return perSlot(worker) < SLOW_RATIO * rates[Math.floor(rates.length / 2)] ? "slow" : "";
}

function workerRow(worker, workers) {
  const trouble = troubleOf(worker, workers);
  const name = make("th", { scope: "row", text: worker.name });
  if (trouble) name.append(" ", make("strong", { className: "trouble", text: word(trouble) }));
  const cell = (key, text) => make("td", { text, "data-label": word(key) });
  return make("tr", {}, [
    name,
    cell("rate", format.rate(worker.games_per_second)),
    cell("leases", word("leases_value", { leases: worker.leases, parallel: worker.parallel })),
    cell("games_done", format.count(worker.games_done)),
    cell("rss", format.bytes(worker.rss_bytes)),
    cell("heard", word("seconds_ago", { time: format.duration(worker.seconds_since_heartbeat) })),
  ]);
}

function showWorkers({ workers, workers_left_out }) {
  if (workers.length === 0) {
    byId("workers").replaceChildren(make("p", { className: "quiet", text: word("no_workers") }));
    return;
  }
  const heads = ["worker", "rate", "leases", "games_done", "rss", "heard"];
  const table = make("table", {}, [
    make("thead", {}, [make("tr", {}, heads.map((key) => make("th", { scope: "col", text: word(key) })))]),
    make("tbody", {}, workers.map((worker) => workerRow(worker, workers))),
  ]);
  byId("workers").replaceChildren(table);
  if (workers_left_out > 0) {
    const text = word("and_more_workers", { count: format.count(workers_left_out) });
    byId("workers").append(make("p", { className: "quiet", text }));
  }
}

export function showStatus(status) {
  showAlarms(status);
  showProgress(status);
  showTraining(status);
  showMemory(status);
  showLedger(status);
  showUnits(status);
  showWorkers(status);
}
