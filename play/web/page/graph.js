// Black's chance over the game as a line that can be clicked.
const kNamespace = "http://www.w3.org/2000/svg";
const kHeight = 100; // of the drawing's own units; its width is the number of plies

function make(name, attributes) {
  const element = document.createElementNS(kNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// A network without search sees the side to move in a better light, so that the bare estimates of one
// ply and the next form a saw: each is drawn as the mean of itself and its neighbours.
function smooth(chances, ply) {
  const at = (other) => (typeof chances[other] === "number" ? chances[other] : chances[ply]);
  return (at(ply - 1) + 2 * chances[ply] + at(ply + 1)) / 4;
}

// The line through the plies that are known: [{ply, chance}] ascending.
function areaOf(known) {
  const line = known.map(({ ply, chance }) => `${ply},${(kHeight * (1 - chance)).toFixed(1)}`);
  return `${known[0].ply},${kHeight} ${line.join(" ")} ${known.at(-1).ply},${kHeight}`;
}

export class GraphView {
  constructor(element, onPly) {
    this.element = element;
    this.plies = 1;
    element.setAttribute("preserveAspectRatio", "none");
    element.addEventListener("click", (event) => {
      const box = element.getBoundingClientRect();
      onPly(Math.round(((event.clientX - box.left) / box.width) * this.plies));
    });
  }

  // chances: by ply, Black's chance or undefined.
  show(chances, at, plies) {
    this.plies = Math.max(plies, 1);
    this.element.setAttribute("viewBox", `0 0 ${this.plies} ${kHeight}`);
    const known = [];
    for (let ply = 0; ply <= plies; ++ply) {
      if (typeof chances[ply] === "number") known.push({ ply, chance: smooth(chances, ply) });
    }
    const parts = [make("rect", { class: "ground", x: 0, y: 0, width: this.plies, height: kHeight })];
    if (known.length > 0) parts.push(make("polygon", { class: "area", points: areaOf(known) }));
    const middle = kHeight / 2;
    parts.push(make("line", { class: "middle", x1: 0, x2: this.plies, y1: middle, y2: middle }));
    parts.push(make("line", { class: "at", x1: at, x2: at, y1: 0, y2: kHeight }));
    this.element.replaceChildren(...parts);
  }
}
