// The page's words: one table a language, all with the same keys.

const LANGUAGES = ["en", "ko"];
const KEPT = "moyo-language";

let language = "en";
let table = {};

export function currentLanguage() {
  return language;
}

// The one chosen before, else the browser's, else English.
export function firstLanguage() {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages];
  const found = wanted.map((each) => (each ?? "").slice(0, 2)).find((each) => LANGUAGES.includes(each));
  return found ?? "en";
}

export async function loadLanguage(wanted) {
  const answer = await fetch(`/words/${wanted}.json`);
  if (!answer.ok) throw new Error(`no words of ${wanted}`);
  table = await answer.json();
  language = wanted;
  document.documentElement.lang = wanted;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
}

export function keepLanguage(chosen) {
  localStorage.setItem(KEPT, chosen);
}

// The word of a key, with {name} replaced by values.name.
export function word(key, values = {}) {
  return table[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
