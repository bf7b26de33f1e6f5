// The board on the screen: Shudan draws it, this decides what is on it and where a person points.
import { Goban, h, render } from "/vendor/shudan.js";
import { kSize, labelOf, mapOf, placeOf, pointOf } from "./points.js";
import { percent } from "./words.js";

const kSigns = { b: 1, w: -1, ".": 0 };
// The policy comes in ten-thousandths. Below the first nothing is shown, below the second no number.
const kPolicyScale = 10000;
const kLeastShown = 50;
const kLeastNumber = 100;
const kNarrow = 480; // pixels; below it coordinates would take a stone's worth of room from each

export class BoardView {
  // onPlay(point): a person wants a stone there. onCursor(point): the keyboard's cursor moved.
  // onTapped(): a finger chose a point, and has to confirm it.
  constructor(element, { onPlay, onCursor, onTapped }) {
    this.element = element;
    this.handlers = { onPlay, onCursor, onTapped };
    this.cursor = null;
    this.shown = null;
    this.pointer = "mouse";
    new ResizeObserver(() => this.draw()).observe(element.parentElement);
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("blur", () => this.moveCursor(null));
    element.addEventListener("focus", () => this.arrive());
  }

  // position: the server's; hints: its evaluation or null; next: the game's next point or null;
  // lit: a point to point out, or null; turn: who may place a stone here, or null.
  show(shown) {
    this.shown = shown;
    this.draw();
  }

  draw() {
    if (this.shown === null) return;
    const { position, turn } = this.shown;
    const width = this.element.parentElement.clientWidth;
    const height = this.element.parentElement.clientHeight;
    const coordinates = width >= kNarrow;
    const cells = kSize + (coordinates ? 2.3 : 0.8);
    this.element.dataset.turn = turn ?? "";
    const last = position.last?.point ?? "";
    render(
      h(Goban, {
        // In whole pixels of the screen, so that lines are sharp.
        vertexSize: Math.max(8, Math.floor((Math.min(width, height) / cells) * devicePixelRatio) / devicePixelRatio),
        showCoordinates: coordinates,
        signMap: mapOf((x, y) => kSigns[position.stones[y * kSize + x]]),
        markerMap: mapOf((x, y) => this.markerAt(pointOf(x, y), last)),
        heatMap: mapOf((x, y) => this.heatAt(x, y)),
        selectedVertices: [this.cursor, this.shown.lit].filter(Boolean).map(placeOf),
        onVertexPointerDown: (event) => (this.pointer = event.pointerType),
        onVertexClick: (_, [x, y]) => this.pointed(pointOf(x, y)),
      }),
      this.element,
    );
  }

  markerAt(point, last) {
    if (point === last) return { type: "point" };
    if (point === this.shown.next) return { type: "next", label: labelOf(point) };
    if (point === this.shown.position.ko) return { type: "square" };
    return null;
  }

  heatAt(x, y) {
    const share = this.shown.hints?.policy[y * kSize + x] ?? 0;
    if (share < kLeastShown || this.shown.position.stones[y * kSize + x] !== ".") return null;
    const strength = Math.min(9, 1 + Math.floor(8.5 * Math.sqrt(share / kPolicyScale)));
    // Without the sign: the disc is small, and every number on it is a percentage.
    const text = share >= kLeastNumber ? percent(share / kPolicyScale).replace(/\D/g, "") : "";
    return { strength, text };
  }

  // A mouse is exact. A finger is not: the first tap chooses, the second on the same point plays.
  pointed(point) {
    const [x, y] = placeOf(point);
    if (this.shown.position.stones[y * kSize + x] !== ".") return;
    if (this.pointer !== "touch" || this.cursor === point) {
      this.cursor = null;
      this.handlers.onPlay(point);
      return;
    }
    this.moveCursor(point);
    this.handlers.onTapped();
  }

  moveCursor(point) {
    this.cursor = point;
    this.element.dataset.cursor = point === null ? "" : "on";
    this.draw();
  }

  // By the keyboard only: a click brings the focus, too, but has no need of a cursor.
  arrive() {
    if (!this.element.matches(":focus-visible")) return;
    const last = this.shown?.position.last?.point;
    this.steer(last ? placeOf(last) : [9, 9]);
  }

  steer([x, y]) {
    const inside = (at) => Math.max(0, Math.min(kSize - 1, at));
    const point = pointOf(inside(x), inside(y));
    this.moveCursor(point);
    this.handlers.onCursor(point);
  }

  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in steps) {
      const [x, y] = this.cursor === null ? [9, 9] : placeOf(this.cursor);
      const [dx, dy] = this.cursor === null ? [0, 0] : steps[event.key];
      this.steer([x + dx, y + dy]);
    } else if ((event.key === "Enter" || event.key === " ") && this.cursor !== null) {
      this.handlers.onPlay(this.cursor);
    } else if (event.key === "Escape") {
      this.element.blur();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
