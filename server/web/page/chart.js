// A chart of lines over the samples, drawn as SVG. Pointer and arrow keys move a cursor whose values
// stand below; without one the latest stand there.
import * as format from "./format.js";
import { word } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 210;
const MARGIN = { left: 46, right: 12, top: 10, bottom: 24 };

function svg(name, attributes, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

// Round numbers from low to high, about `wanted` of them.
export function ticks(low, high, wanted) {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) found.push(i * step + 0); // no -0
  return found;
}

// "M1 2L3 4": lines between neighbours, broken where a value is missing.
export function path(points, x, y) {
  let text = "";
  let open = false;
  for (const [at, value] of points) {
    if (value === null || !Number.isFinite(value)) {
      open = false;
      continue;
    }
    text += `${open ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    open = true;
  }
  return text;
}

export class Chart {
  // lines: [{key, word, dots}]; show: value -> text; empty: key of the sentence for no data.
  constructor(host, { title, lines, show, empty, top }) {
    Object.assign(this, { host, title, lines, show, empty, top, data: null, cursor: null });
    this.picture = svg("svg", { role: "img", tabindex: 0 });
    this.readout = document.createElement("p");
    this.readout.className = "readout";
    host.append(this.picture, this.readout);
    // Not before the first data: the page's words may not be there yet.
    new ResizeObserver(() => this.data && this.draw()).observe(host);
    this.picture.addEventListener("pointermove", (event) => this.point(event));
    this.picture.addEventListener("pointerleave", () => this.moveTo(null));
    this.picture.addEventListener("blur", () => this.moveTo(null));
    this.picture.addEventListener("keydown", (event) => this.press(event));
  }

  // data: {line key: [[samples, value], ...]}; the charts of a page share their ends, 0 and `end`.
  set(data, end) {
    this.data = data;
    this.end = end;
    this.draw();
  }

  places() {
    if (this.data === null) return [];
    const all = new Set(this.lines.flatMap(({ key }) => (this.data[key] ?? []).map(([at]) => at)));
    return [...all].sort((a, b) => a - b);
  }

  scales(places) {
    const values = this.lines
      .flatMap(({ key }) => (this.data[key] ?? []).map(([, value]) => value))
      .filter((value) => value !== null && Number.isFinite(value));
    if (values.length === 0) return null;
    const width = Math.max(200, this.host.clientWidth);
    const high = Math.min(this.top ?? Infinity, Math.max(...values));
    const low = Math.min(...values);
    const pad = high > low ? (high - low) * 0.06 : Math.abs(high) * 0.1 || 1;
    const yLow = Math.max(0, low - pad);
    const yHigh = Math.min(this.top ?? Infinity, high + pad);
    const [from, to] = [0, Math.max(this.end, places.at(-1))];
    const x = (at) =>
      MARGIN.left + (to > from ? (at - from) / (to - from) : 0.5) * (width - MARGIN.left - MARGIN.right);
    const y = (value) =>
      MARGIN.top + (1 - (value - yLow) / (yHigh - yLow)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    return { width, x, y, yLow, yHigh, from, to };
  }

  draw() {
    const places = this.places();
    const scales = this.scales(places);
    this.picture.replaceChildren();
    this.host.classList.toggle("empty", scales === null);
    this.tell(places);
    if (scales === null) return;
    this.lastScales = scales;
    this.picture.setAttribute("viewBox", `0 0 ${scales.width} ${HEIGHT}`);
    this.picture.setAttribute("height", HEIGHT);
    this.drawAxes(scales);
    for (const line of this.lines) this.drawLine(line, scales);
    if (this.cursor !== null) {
      const at = scales.x(this.cursor);
      this.picture.append(svg("line", { class: "cursor", x1: at, x2: at, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }));
    }
  }

  drawAxes({ width, x, y, yLow, yHigh, from, to }) {
    for (const tick of ticks(yLow, yHigh, 4)) {
      this.picture.append(
        svg("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick) }),
        svg("text", { class: "tick", x: MARGIN.left - 7, y: y(tick) + 4, "text-anchor": "end" }, this.show(tick)),
      );
    }
    for (const tick of ticks(from, to, Math.max(2, Math.floor(width / 100)))) {
      const anchor = x(tick) > width - 40 ? "end" : "middle";
      this.picture.append(
        svg("text", { class: "tick", x: x(tick), y: HEIGHT - 7, "text-anchor": anchor }, format.compact(tick)),
      );
    }
  }

  drawLine({ key, dots }, { x, y }) {
    const points = this.data[key] ?? [];
    this.picture.append(svg("path", { class: `line ${key}`, d: path(points, x, y) }));
    if (!dots || points.length > 60) return;
    for (const [at, value] of points) {
      if (value !== null) this.picture.append(svg("circle", { class: `dot ${key}`, cx: x(at), cy: y(value), r: 2.6 }));
    }
  }

  // The values at the cursor, or the last ones: a line's newest point that is not beyond it.
  tell(places) {
    const at = this.cursor ?? places.at(-1);
    this.readout.replaceChildren();
    if (places.length === 0) {
      this.readout.textContent = word(this.empty);
      this.picture.setAttribute("aria-label", `${word(this.title)}: ${word(this.empty)}`);
      return;
    }
    const texts = [];
    for (const line of this.lines) {
      const point = (this.data[line.key] ?? []).findLast(([place, value]) => place <= at && value !== null);
      const text = `${word(line.word)} ${point ? this.show(point[1]) : "–"}`;
      const item = document.createElement("span");
      item.className = `key ${line.key}`;
      item.textContent = text;
      this.readout.append(item);
      texts.push(text);
    }
    const where = document.createElement("span");
    where.textContent = word("at_samples", { samples: format.compact(at) });
    this.readout.append(where);
    this.picture.setAttribute("aria-label", `${word(this.title)}: ${texts.join(", ")}, ${where.textContent}`);
  }

  moveTo(place) {
    if (this.cursor === place) return;
    this.cursor = place;
    if (this.data !== null) this.draw();
  }

  point(event) {
    const places = this.places();
    if (places.length === 0) return;
    const box = this.picture.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * this.lastScales.width;
    const distance = (place) => Math.abs(this.lastScales.x(place) - at);
    this.moveTo(places.reduce((best, each) => (distance(each) < distance(best) ? each : best)));
  }

  press(event) {
    const places = this.places();
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (event.key === "Escape") this.moveTo(null);
    if (step === undefined || places.length === 0) return;
    event.preventDefault();
    const now = this.cursor === null ? places.length - 1 : places.findIndex((each) => each >= this.cursor);
    this.moveTo(places[Math.min(places.length - 1, Math.max(0, now + step))]);
  }
}
