// A network whose moves a test can foretell, in Leela Zero's format (trainer/model/leela_zero_file.h):
// all weights are zero, so that its policy is its biases, and its value says that the game is even.
import { writeFileSync } from "node:fs";

const kColumns = "ABCDEFGHJKLMNOPQRST";
const kPoints = 361;
const kFilters = 4;
const kValueChannels = 256;

const line = (count, valueAt) => Array.from({ length: count }, (_, i) => valueAt(i)).join(" ");
const zeros = (count) => line(count, () => 0);
const ones = (count) => line(count, () => 1);
const norm = (weights, channels) => [zeros(weights), zeros(channels), zeros(channels), ones(channels)];

// The format counts rows from the bottom, as labels do.
const indexOf = (label) => 19 * (Number(label.slice(1)) - 1) + kColumns.indexOf(label[0]);

// Prefers points ("Q16") in this order, then the pass, then all others.
export function writeWeights(path, preferred) {
  const bias = new Array(kPoints + 1).fill(-10);
  preferred.forEach((label, i) => (bias[indexOf(label)] = 5 - 0.1 * i));
  bias[kPoints] = 5 - 0.1 * preferred.length;
  const lines = [
    "1",
    ...norm(kFilters * 18 * 9, kFilters),
    ...norm(kFilters * kFilters * 9, kFilters),
    ...norm(kFilters * kFilters * 9, kFilters),
    ...norm(2 * kFilters, 2),
    zeros((kPoints + 1) * 2 * kPoints),
    line(kPoints + 1, (i) => bias[i]),
    ...norm(kFilters, 1),
    zeros(kValueChannels * kPoints),
    zeros(kValueChannels),
    zeros(kValueChannels),
    "0",
  ];
  writeFileSync(path, `${lines.join("\n")}\n`);
}
