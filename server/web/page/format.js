// Numbers, sizes and times in the language of the page.
import { currentLanguage, word } from "./words.js";

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

function intl(value, options) {
  return new Intl.NumberFormat(currentLanguage(), options).format(value);
}

export const count = (value) => intl(value, { maximumFractionDigits: 0 });
export const compact = (value) => intl(value, { notation: "compact", maximumFractionDigits: 1 });
export const percent = (value, digits = 1) =>
  intl(value, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });
// Enough digits to see a curve move.
export const number = (value) => intl(value, { maximumSignificantDigits: 4 });
export const rate = (value) => intl(value, { maximumFractionDigits: value < 10 ? 1 : 0 });

export function bytes(value) {
  let unit = 0;
  let size = value;
  while (size >= 1024 && unit < BYTE_UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${intl(size, { maximumFractionDigits: unit > 0 && size < 100 ? 1 : 0 })} ${BYTE_UNITS[unit]}`;
}

// Two units at most: "2h 05m".
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const first = parts.findIndex(([, size]) => whole >= size);
  if (first < 0) return word("second", { n: 0 });
  const [name, size] = parts[first];
  const text = word(name, { n: Math.floor(whole / size) });
  if (first === parts.length - 1) return text;
  const [nextName, nextSize] = parts[first + 1];
  const next = String(Math.floor((whole % size) / nextSize)).padStart(2, "0");
  return `${text} ${word(nextName, { n: next })}`;
}

export function clock(unixSeconds) {
  return new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "medium" }).format(unixSeconds * 1000);
}
