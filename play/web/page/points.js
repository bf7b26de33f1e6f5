// Names of points. SGF's letters ("pd") between page and server, people's ("Q16") on the page.
export const kSize = 19;
const kColumns = "ABCDEFGHJKLMNOPQRST";
const kFirst = "a".charCodeAt(0);

export const pointOf = (x, y) => String.fromCharCode(kFirst + x, kFirst + y);
export const placeOf = (point) => [point.charCodeAt(0) - kFirst, point.charCodeAt(1) - kFirst];

export function labelOf(point) {
  const [x, y] = placeOf(point);
  return `${kColumns[x]}${kSize - y}`;
}

// A full board of one value, by rows from the top.
export const mapOf = (valueAt) =>
  Array.from({ length: kSize }, (_, y) => Array.from({ length: kSize }, (_, x) => valueAt(x, y)));
