// The page's words: one table a language, in words/. Which one: the person's choice, else the browser's.
import en from "./words/en.js";
import ko from "./words/ko.js";

const tables = { en, ko };
const kStored = "moyo.language";
const listeners = [];

const preferred = () => {
  const languages = [localStorage.getItem(kStored), ...navigator.languages, navigator.language];
  for (const language of languages) {
    const short = (language ?? "").slice(0, 2).toLowerCase();
    if (short in tables) return short;
  }
  return "en";
};

let current = preferred();

export const language = () => current;
export const onLanguage = (listener) => listeners.push(listener);

export function setLanguage(next) {
  current = next;
  localStorage.setItem(kStored, next);
  for (const listener of listeners) listener();
}

export const otherLanguage = () => (current === "en" ? "ko" : "en");

// The word of a key, with {names} replaced.
export function word(key, values = {}) {
  const text = tables[current][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const hasWord = (key) => key in tables[current];
export const colorWord = (color) => word(color === "b" ? "black" : "white");
export const percent = (share, digits = 0) =>
  new Intl.NumberFormat(current, { style: "percent", maximumFractionDigits: digits }).format(share);

// Fills the static parts of the page: data-word for text, data-label for things that show none and
// say what they are when pointed at, data-name for those whose name only readers of the screen need.
export function fillWords(root) {
  document.documentElement.lang = current;
  document.title = word("title");
  for (const element of root.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
    element.title = word(element.dataset.label);
  }
  for (const element of root.querySelectorAll("[data-name]")) {
    element.setAttribute("aria-label", word(element.dataset.name));
  }
}
