// Asks the server again and again, and shows what it says.
import { Chart } from "./chart.js";
import * as format from "./format.js";
import { make, phaseOf, showStatus } from "./sections.js";
import { currentLanguage, firstLanguage, keepLanguage, loadLanguage, word } from "./words.js";

const STATUS_EVERY = 2000;
const CURVES_EVERY = 4000;
const PATIENCE = 10_000;

const byId = (id) => document.getElementById(id);

const charts = {
  policy: new Chart(byId("policy-chart"), {
    title: "policy_loss", show: format.number, empty: "no_curve",
    lines: [{ key: "policy", word: "policy" }, { key: "nats", word: "validation", dots: true }],
  }),
  accuracy: new Chart(byId("accuracy-chart"), {
    title: "accuracy", show: (value) => format.percent(value), empty: "no_validation", top: 1,
    lines: [{ key: "top1", word: "top1", dots: true }, { key: "top5", word: "top5", dots: true },
            { key: "winner", word: "value_accuracy", dots: true }],
  }),
  value: new Chart(byId("value-chart"), {
    title: "value_loss", show: format.number, empty: "no_curve", lines: [{ key: "value", word: "value" }],
  }),
  rate: new Chart(byId("rate-chart"), {
    title: "learning_rate", show: format.number, empty: "no_curve", lines: [{ key: "rate", word: "learning_rate" }],
  }),
};

const state = { status: null, curves: null, heard: 0, curvesAt: 0, curvesOf: "", signedOut: false };

class SignedOut extends Error {}

async function ask(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function pairs(column, places) {
  return places.map((place, i) => [place, column[i]]);
}

// The thinned curves, and the status as their newest point.
function showCurves() {
  if (state.curves === null || state.status === null) return;
  const { losses, validations } = state.curves;
  const { training } = state.status;
  const isNewer = training.reported && training.samples > (losses.samples.at(-1) ?? 0);
  const end = isNewer ? training.samples : (losses.samples.at(-1) ?? 0);
  const lossLine = (column, newest) => {
    const line = pairs(column, losses.samples);
    if (isNewer) line.push([training.samples, newest]);
    return line;
  };
  const validationLine = (column) => pairs(column, validations.samples);
  charts.policy.set({ policy: lossLine(losses.policy_loss, training.policy_loss), nats: validationLine(validations.nats) }, end);
  charts.value.set({ value: lossLine(losses.value_loss, training.value_loss) }, end);
  charts.rate.set({ rate: lossLine(losses.learning_rate, training.learning_rate) }, end);
  charts.accuracy.set({
    top1: validationLine(validations.top1),
    top5: validationLine(validations.top5),
    winner: validationLine(validations.value_accuracy),
  }, end);
}

function show() {
  byId("sign-in").hidden = !state.signedOut;
  byId("run").hidden = state.signedOut || state.status === null;
  byId("sign-out").hidden = state.signedOut || !state.status?.signed_in;
  for (const [id, language] of [["english", "en"], ["korean", "ko"]]) {
    byId(id).setAttribute("aria-pressed", String(currentLanguage() === language));
  }
  const phase = byId("phase");
  const heard = byId("heard");
  const silence = (Date.now() - state.heard) / 1000;
  const lost = !state.signedOut && state.status !== null && silence > PATIENCE / 1000;
  document.body.classList.toggle("lost", lost);
  if (state.signedOut || state.status === null) {
    phase.textContent = "";
    heard.textContent = "";
    return;
  }
  const text = lost ? word("lost", { time: format.duration(silence) }) : word(phaseOf(state.status));
  if (phase.textContent !== text) phase.replaceChildren(make("span", { text }));
  document.title = `${word(phaseOf(state.status))} – Moyo`;
  heard.textContent = word("now", { time: format.clock(state.status.unix_seconds), version: state.status.version });
  showStatus(state.status);
  showCurves();
}

async function askForCurves() {
  const { training } = state.status;
  const version = `${training.samples} ${training.validation_positions} ${training.finished}`;
  if (version === state.curvesOf || Date.now() - state.curvesAt < CURVES_EVERY) return;
  state.curves = await ask("/api/curves");
  state.curvesOf = version;
  state.curvesAt = Date.now();
}

async function refresh() {
  try {
    state.status = await ask("/api/status");
    state.heard = Date.now();
    state.signedOut = false;
    await askForCurves();
  } catch (error) {
    if (error instanceof SignedOut) {
      Object.assign(state, { signedOut: true, status: null, curves: null, curvesOf: "" });
    }
    // Else the server is away: the page says so, and asks again.
  }
  show();
}

async function post(path, body) {
  return fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

async function signIn(event) {
  event.preventDefault();
  const answer = await post("/api/sign-in", { code: byId("code").value });
  if (answer.ok) {
    byId("code").value = "";
    byId("refused").textContent = "";
    await refresh();
    return;
  }
  const { code } = await answer.json();
  byId("refused").textContent = word(`refused_${code}`);
}

async function chooseLanguage(language) {
  keepLanguage(language);
  await loadLanguage(language);
  show();
}

// One request at a time, and none while nobody looks.
async function poll() {
  if (!document.hidden) await refresh();
  setTimeout(poll, STATUS_EVERY);
}

byId("sign-in").addEventListener("submit", signIn);
byId("sign-out").addEventListener("click", async () => {
  await post("/api/sign-out", {});
  await refresh();
});
byId("english").addEventListener("click", () => chooseLanguage("en"));
byId("korean").addEventListener("click", () => chooseLanguage("ko"));
document.addEventListener("visibilitychange", () => document.hidden || refresh());
await loadLanguage(firstLanguage());
await poll();
