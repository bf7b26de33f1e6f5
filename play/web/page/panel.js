// Everything beside the board: who plays, how it stands, what the network would play.
import { GraphView } from "./graph.js";
import { labelOf } from "./points.js";
import * as sessions from "./session.js";
import { colorWord, hasWord, percent, word } from "./words.js";

const kCandidates = 6;
const byId = (id) => document.getElementById(id);
const nameOf = (point) => (point === "" ? word("pass_move") : labelOf(point));

export class Panel {
  // onPly(ply): shown by a click on the graph. onPoint(point): a candidate was chosen. onLit(point or
  // null): a candidate is pointed at.
  constructor({ onPly, onPoint, onLit }) {
    this.graph = new GraphView(byId("graph"), onPly);
    this.onPoint = onPoint;
    this.onLit = onLit;
  }

  draw(control, hints) {
    const { session, position } = control;
    if (session === null || position === null) return;
    this.drawRecord(control);
    for (const color of ["b", "w"]) this.drawPlayer(color, control);
    byId("status").textContent = this.statusOf(control);
    this.drawSteps(session);
    this.drawEstimate(control);
    byId("choices").hidden = !hints;
    byId("hints").checked = hints;
    if (hints) this.drawChoices(position.evaluation, session);
  }

  drawRecord({ session, record }) {
    const { names } = session;
    byId("record").hidden = names === null;
    if (names === null) return;
    const title = [names.event, names.date, names.result].filter(Boolean);
    byId("record-title").textContent = title.join(" · ");
    const notes = [];
    if (names.cut) {
      const key = `reason_${names.cut.reason}`;
      const reason = word(hasWord(key) ? key : "reason_other");
      notes.push(word("cut_at", { count: names.moves, reason }));
    }
    if (names.variations > 0) notes.push(word("variations", { count: names.variations }));
    byId("record-note").textContent = notes.join(" ");
    byId("collection").hidden = record === null || names.games < 2;
    byId("game-number").textContent = word("game_number", { number: names.number, count: names.games });
    byId("previous-game").disabled = names.number <= 1;
    byId("next-game").disabled = names.number >= names.games;
  }

  drawPlayer(color, { session, position, thinking }) {
    const player = byId(`player-${color}`);
    const { who, taken } = { who: player.querySelector(".who"), taken: player.querySelector(".taken") };
    who.textContent = playerName(session, color);
    taken.textContent = word("captures", { count: position.captures[color] });
    player.classList.toggle("turn", session.outcome === null && position.to_move === color);
    player.classList.toggle("thinking", thinking > 0 && color !== session.human);
  }

  statusOf({ session, position, thinking }) {
    if (session.outcome !== null && sessions.atEnd(session)) return outcomeText(session.outcome);
    const color = colorWord(position.to_move);
    if (thinking > 0) return `${color}: ${word("thinking")}…`;
    return `${lastMoveText(position.last)} ${word("to_move", { color })}`.trim();
  }

  drawSteps(session) {
    const all = sessions.movesOf(session).length;
    const slider = byId("slider");
    slider.max = all;
    slider.value = session.at;
    byId("move-of").textContent = word("move_of", { at: session.at, all });
    for (const id of ["first", "back"]) byId(id).disabled = session.at === 0;
    for (const id of ["forward", "last"]) byId(id).disabled = session.at === all;
    const plays = session.mode === "play";
    for (const id of ["pass", "resign"]) byId(id).hidden = !plays;
    for (const id of ["pass", "resign"]) byId(id).disabled = session.outcome !== null;
    byId("undo").hidden = !plays;
    byId("play-from-here").hidden = plays;
  }

  drawEstimate({ session, position, known }) {
    const chance = position.evaluation?.black_wins;
    const text = typeof chance === "number" ? `${word("black")} ${percent(chance)}` : word("win_unknown");
    byId("chance").textContent = text;
    byId("bar").style.width = `${100 * (chance ?? 0.5)}%`;
    const shown = sessions.shownGame(session);
    this.graph.show(known.chancesOf(shown), session.at, shown.moves.length);
    byId("agreement").textContent = session.mode === "study" ? this.agreementText(session, known) : "";
  }

  agreementText({ game }, known) {
    const { b, w } = known.agreementOf(game);
    const count = b.all + w.all;
    if (count < game.moves.length) return word("reviewing", { share: percent(count / game.moves.length) });
    if (count === 0) return "";
    const share = ({ same, all }) => (all === 0 ? "–" : percent(same / all));
    const both = { same: b.same + w.same, all: count };
    return word("agreement", { count, share: share(both), black: share(b), white: share(w) });
  }

  drawChoices(evaluation, session) {
    this.drawCompare(evaluation, session);
    const best = Math.max(evaluation.moves[0]?.probability ?? 0, 1e-9);
    const items = evaluation.moves.slice(0, kCandidates).map((move) => this.candidate(move, best, evaluation.next));
    byId("candidates").replaceChildren(...items);
  }

  drawCompare(evaluation, session) {
    const { next } = evaluation;
    const compare = byId("compare");
    compare.hidden = next === undefined || session.mode === "play";
    if (compare.hidden) return;
    const verdict = next.rank === 1
      ? word("agrees")
      : word("differs", { rank: next.rank, share: percent(next.probability, 1) });
    const played = document.createElement("strong");
    played.textContent = `${word("game_move")} ${nameOf(next.point)}`;
    compare.replaceChildren(played, ` · ${verdict}`);
  }

  candidate({ point, probability }, best, next) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const [name, bar, share] = ["name", "share-bar", "number"].map((kind) => {
      const part = document.createElement("span");
      part.className = kind;
      return part;
    });
    name.textContent = nameOf(point);
    bar.append(document.createElement("span"));
    bar.firstChild.style.width = `${(100 * probability) / best}%`;
    share.textContent = percent(probability, 1);
    button.append(name, bar, share);
    button.classList.toggle("played", next?.point === point);
    button.addEventListener("click", () => this.onPoint(point));
    button.addEventListener("pointerenter", () => this.onLit(point === "" ? null : point));
    button.addEventListener("pointerleave", () => this.onLit(null));
    item.append(button);
    return item;
  }
}

export function playerName(session, color) {
  if (session.mode === "play") return word(color === session.human ? "you" : "network");
  const player = session.names?.[color === "b" ? "black" : "white"];
  return [player?.name || colorWord(color), player?.rank].filter(Boolean).join(" ");
}

function lastMoveText(last) {
  if (last === null) return "";
  const color = colorWord(last.color);
  return last.point === "" ? word("passes", { color }) : word("plays", { color, point: last.label });
}

function outcomeText({ winner, by }) {
  if (winner === null) return word("draw");
  const color = colorWord(winner);
  return by === "R" ? word("wins_by_resignation", { color }) : word("wins_by_points", { color, points: by });
}
