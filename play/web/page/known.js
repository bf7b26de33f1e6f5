// What the server has said of positions, by the moves that lead to them: stepping back and forth asks
// once, and the graph has what is known of every ply.
const kMostPositions = 1500;

// Keys of the positions after 0, 1, 2... moves.
function* keysOf(game) {
  let key = `${game.ruleset}|${game.komi}|${game.setup.join("")}|`;
  yield key;
  for (const move of game.moves) {
    key += `${move},`;
    yield key;
  }
}

const keyAt = (game, ply) => [...keysOf({ ...game, moves: game.moves.slice(0, ply) })].at(-1);

// The evaluation compares the game's next move, so that is part of the key.
const withNext = (key, game, ply) => `${key}>${game.moves[ply] ?? ""}`;

export class Known {
  constructor() {
    this.positions = new Map();
    this.chances = new Map();
    this.reviews = new Map();
  }

  position(game, ply) {
    return this.positions.get(withNext(keyAt(game, ply), game, ply));
  }

  keepPosition(game, ply, position) {
    if (this.positions.size >= kMostPositions) this.positions.clear();
    this.positions.set(withNext(keyAt(game, ply), game, ply), position);
    this.chances.set(keyAt(game, ply), position.evaluation?.black_wins);
  }

  keepReview(game, from, plies) {
    const keys = [...keysOf(game)];
    plies.forEach((ply, i) => {
      this.chances.set(keys[from + i], ply.black_wins);
      this.reviews.set(withNext(keys[from + i], game, from + i), ply);
    });
  }

  isReviewed(game, ply) {
    return this.reviews.has(withNext(keyAt(game, ply), game, ply));
  }

  chancesOf(game) {
    return [...keysOf(game)].map((key) => this.chances.get(key));
  }

  // How often a side played the network's first choice: {b: {same, all}, w: {same, all}}.
  agreementOf(game) {
    const counts = { b: { same: 0, all: 0 }, w: { same: 0, all: 0 } };
    let ply = 0;
    for (const key of keysOf(game)) {
      const move = game.moves[ply];
      const review = this.reviews.get(withNext(key, game, ply++));
      if (move === undefined || review?.next === undefined) continue;
      counts[move[0]].all += 1;
      counts[move[0]].same += review.next.rank === 1 ? 1 : 0;
    }
    return counts;
  }
}
