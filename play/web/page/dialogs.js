// The questions that the page asks, and its help.
import { word } from "./words.js";

const byId = (id) => document.getElementById(id);

// The value of the button that closed a dialog; "" for Escape.
function answerOf(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }),
  );
}

export function fillHandicaps(most) {
  const chosen = byId("handicap").value;
  const options = [];
  for (let stones = 0; stones <= most; ++stones) {
    if (stones === 1) continue;
    const text = stones === 0 ? word("handicap_none") : word("handicap_stones", { count: stones });
    options.push(new Option(text, String(stones)));
  }
  byId("handicap").replaceChildren(...options);
  byId("handicap").value = chosen || "0";
}

// Handicap stones are the compensation: komi goes down to half a point with them, and back.
byId("handicap").addEventListener("change", () => {
  byId("komi").value = byId("handicap").value === "0" ? "7.5" : "0.5";
});

// The choices for a new game, or null.
export async function askNewGame() {
  const dialog = byId("new-dialog");
  if ((await answerOf(dialog)) !== "start") return null;
  const color = dialog.querySelector("input[name=color]:checked").value;
  const drawn = Math.random() < 0.5 ? "b" : "w";
  return {
    human: color === "either" ? drawn : color,
    handicap: Number(byId("handicap").value),
    komi: Number(byId("komi").value),
    temperature: Number(byId("variety").value),
    resigns: byId("resigns").checked,
  };
}

export const askResign = async () => (await answerOf(byId("resign-dialog"))) === "resign";

export function showHelp(about) {
  const values = { program: `moyo-play ${about.version}`, network: about.network };
  byId("about").textContent = word("about", values);
  return answerOf(byId("help-dialog"));
}

let hiding = 0;
// A short word at the foot of the page, that leaves by itself.
export function toast(text) {
  const element = byId("toast");
  element.textContent = text;
  element.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (element.hidden = true), 4000 + 40 * text.length);
}
