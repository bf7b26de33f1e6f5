// What is on the table: a game, how far of it is shown, and who plays. No rules of Go: which moves are
// legal and what they do, the server says. Kept in the browser, so that a reload loses nothing.
const kStored = "moyo.session";
const kVersion = 1;

export const opposite = (color) => (color === "b" ? "w" : "b");

export function freshSession(game, options = {}) {
  return {
    version: kVersion,
    mode: "play", // against the network; "study": a record, or moves of both colours
    human: "b",
    temperature: 0,
    resigns: true,
    game,
    at: 0, // moves shown
    lostTurns: 0, // of the network, in a row; the server is stateless
    outcome: null, // {winner: "b", by: "R" or points} or {winner: null} once the game is over
    names: null, // of a record: {black: {name, rank}, white: {...}, ...}
    branch: null, // in study: {from, moves} that leave the record
    ...options,
  };
}

// The moves that lead to what is shown, and go on from there.
export const movesOf = (session) =>
  session.branch === null
    ? session.game.moves
    : [...session.game.moves.slice(0, session.branch.from), ...session.branch.moves];

export const shownGame = (session) => ({ ...session.game, moves: movesOf(session) });
export const atEnd = (session) => session.at === movesOf(session).length;

// In study: a move at what is shown. Follows the record, or leaves it.
export function studyMove(session, move) {
  const moves = movesOf(session);
  if (moves[session.at] === move) return { ...session, at: session.at + 1 };
  const from = session.branch === null ? session.at : Math.min(session.branch.from, session.at);
  const branch = { from, moves: [...moves.slice(from, session.at), move] };
  return { ...session, branch, at: session.at + 1 };
}

// Another ply is shown. Before a branch's first move the record is back.
export function goTo(session, ply) {
  const at = Math.max(0, Math.min(ply, movesOf(session).length));
  const branch = session.branch !== null && at > session.branch.from ? session.branch : null;
  return { ...session, branch, at };
}

// In play: takes back the person's last move and what came after it. Null when there is none.
export function takeBack(session) {
  const { moves } = session.game;
  const last = moves.findLastIndex((move) => move[0] === session.human);
  if (last < 0) return null;
  const game = { ...session.game, moves: moves.slice(0, last), result: "" };
  return { ...session, game, at: last, outcome: null, lostTurns: 0 };
}

export function resultText(outcome) {
  if (outcome === null) return "";
  return outcome.winner === null ? "0" : `${outcome.winner === "b" ? "B" : "W"}+${outcome.by}`;
}

// "B+3.5", as the server counts.
export function outcomeOfScore(score) {
  if (score === "0") return { winner: null, by: "" };
  return { winner: score[0] === "B" ? "b" : "w", by: score.slice(2) };
}

export function storeSession(session) {
  try {
    localStorage.setItem(kStored, JSON.stringify(session));
  } catch {
    // A full or forbidden store: the game goes on, a reload would lose it.
  }
}

export function storedSession() {
  try {
    const session = JSON.parse(localStorage.getItem(kStored));
    return session?.version === kVersion && Array.isArray(session.game?.moves) ? session : null;
  } catch {
    return null;
  }
}
