// What a person can do. Asks the server, changes the session, and says that something changed.
import * as api from "./api.js";
import { Known } from "./known.js";
import * as sessions from "./session.js";
import { colorWord, word } from "./words.js";

export class Control {
  // onChange(): draw again. onSay(text): tell the person. limits: what /api/about says.
  constructor({ onChange, onSay, limits }) {
    this.onChange = onChange;
    this.onSay = onSay;
    this.limits = limits;
    this.known = new Known();
    this.session = null;
    this.position = null; // of what is shown; null until the first answer
    this.thinking = 0; // the turn in which the network chooses a move; 0: it does not
    this.record = null; // the opened file: {bytes, games, number, ...}
    this.turn = 0; // counts what was asked for, so that a late answer to an older wish is dropped
    this.showing = 0; // the turn in which the session's position is asked for: it is not yet this.position
  }

  // Runs something a person asked for; what the server refuses is said, not thrown.
  async attempt(action) {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof api.Refusal)) throw error;
      this.onSay(error.message);
    } finally {
      this.onChange();
    }
  }

  keep(session) {
    this.session = session;
    sessions.storeSession(session);
  }

  async ask(game, ply) {
    const known = this.known.position(game, ply);
    if (known !== undefined) return known;
    const position = await api.position({ game, ply });
    this.known.keepPosition(game, ply, position);
    return position;
  }

  // Shows a session; what was asked before is no longer of interest.
  async show(session) {
    const turn = ++this.turn;
    this.keep(session);
    this.showing = turn;
    try {
      const position = await this.ask(sessions.shownGame(session), session.at);
      if (turn !== this.turn) return;
      this.position = position;
      this.onChange();
    } finally {
      if (this.showing === turn) this.showing = 0;
    }
  }

  restore = (session) => this.attempt(() => this.show(session).then(() => this.goOn()));

  start = ({ handicap, komi, ...options }) =>
    this.attempt(async () => {
      const game = await api.newGame({ handicap, komi });
      this.record = null;
      this.thinking = 0;
      await this.show(sessions.freshSession(game, options));
      await this.goOn();
    });

  // The network's turn, when it is. Whoever asks for another position goes on once it is there.
  async goOn() {
    if (this.showing > 0) return;
    const { session, position } = this;
    const waits = session.mode === "play" && session.outcome === null && sessions.atEnd(session);
    if (!waits || position.to_move === session.human || this.thinking > 0) return;
    await this.letNetworkPlay(++this.turn);
  }

  async letNetworkPlay(turn) {
    this.thinking = turn;
    this.onChange();
    const { game, temperature, resigns, lostTurns } = this.session;
    const request = { game, temperature, resigns, lost_turns: lostTurns };
    let answer;
    try {
      answer = await api.reply(request);
    } finally {
      if (this.thinking === turn) this.thinking = 0;
    }
    if (turn !== this.turn) return this.goOn(); // who came back while it thought still waits for it
    const session = { ...this.session, lostTurns: answer.lost_turns };
    if (answer.move === null) {
      this.end(session, { winner: session.human, by: "R" });
      this.onSay(word("resigns_now", { color: colorWord(sessions.opposite(session.human)) }));
      return;
    }
    this.add(session, answer.move, answer.position);
  }

  // A move that the server has accepted.
  add(session, move, position) {
    const game = { ...session.game, moves: [...session.game.moves, move] };
    this.known.keepPosition(game, game.moves.length, position);
    this.position = position;
    const next = { ...session, game, at: game.moves.length };
    if (position.finished) this.end(next, sessions.outcomeOfScore(position.score));
    else this.keep(next);
  }

  end(session, outcome) {
    const game = { ...session.game, result: sessions.resultText(outcome) };
    this.keep({ ...session, game, outcome });
  }

  // A stone of whose turn it is, or a pass (an empty point).
  play = (point) =>
    this.attempt(async () => {
      const { session, position } = this;
      if (position === null) return;
      if (session.mode === "study") {
        // As long as an answer is under way, the board shows another position than is asked for.
        return position.ply === session.at ? this.study(position.to_move + point) : undefined;
      }
      if (session.outcome !== null) throw new api.Refusal("game_over");
      if (!sessions.atEnd(session)) throw new api.Refusal("looking_back");
      if (this.thinking > 0 || position.to_move !== session.human) throw new api.Refusal("not_your_turn");
      const turn = ++this.turn;
      const move = session.human + point;
      const game = { ...session.game, moves: [...session.game.moves, move] };
      const played = await api.position({ game });
      if (turn !== this.turn) return;
      this.add(session, move, played);
      this.onChange();
      await this.goOn();
    });

  async study(move) {
    const before = this.session;
    try {
      await this.show(sessions.studyMove(before, move));
    } catch (error) {
      this.keep(before);
      throw error;
    }
  }

  // To the end, too: where the network did not answer, it is asked again.
  goTo = (ply) =>
    this.attempt(() => this.show(sessions.goTo(this.session, ply)).then(() => this.goOn()));
  step = (plies) => this.goTo(this.session.at + plies);

  undo = () =>
    this.attempt(async () => {
      if (this.session.mode === "study") return this.show(sessions.goTo(this.session, this.session.at - 1));
      const back = sessions.takeBack(this.session);
      if (back === null) throw new api.Refusal("nothing_to_undo");
      await this.show(back);
    });

  resign() {
    ++this.turn; // the network's answer, should one be under way, comes too late
    this.end(this.session, { winner: sessions.opposite(this.session.human), by: "R" });
    this.onChange();
  }

  playFromHere = () =>
    this.attempt(async () => {
      if (this.showing > 0) return;
      const shown = sessions.shownGame(this.session);
      const game = { ...shown, moves: shown.moves.slice(0, this.session.at), result: "" };
      const human = this.position.to_move;
      const { temperature, resigns } = this.session;
      this.record = null;
      await this.show({ ...sessions.freshSession(game, { human, temperature, resigns }), at: game.moves.length });
    });

  open = (bytes, number) =>
    this.attempt(async () => {
      const { game, ...about } = await api.load(bytes, number);
      this.record = { bytes, ...about };
      const { temperature, resigns } = this.session;
      const names = { ...about, moves: game.moves.length };
      const study = { mode: "study", names, temperature, resigns };
      await this.show(sessions.freshSession(game, study));
      this.review();
    });

  // Asks for every ply of the game, some at a time, until another game is on the table.
  async review() {
    const { game } = this.session;
    const most = this.limits.max_review_plies;
    for (let from = 0; from <= game.moves.length; from += most) {
      const last = Math.min(from + most - 1, game.moves.length);
      if (!this.known.isReviewed(game, last)) {
        try {
          const { plies } = await api.review({ game, from, count: most });
          this.known.keepReview(game, from, plies);
        } catch {
          return; // the next step will say what is wrong
        }
      }
      if (this.session.game.moves !== game.moves) return;
      this.onChange();
    }
  }

  save(black, white) {
    return api.save({ game: sessions.shownGame(this.session), black, white });
  }
}
