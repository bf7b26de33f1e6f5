// The play page: puts the parts together.
import * as api from "./api.js";
import { BoardView } from "./board.js";
import { Control } from "./control.js";
import { askNewGame, askResign, fillHandicaps, showHelp, toast } from "./dialogs.js";
import { download, fileName, takeFiles } from "./files.js";
import { takeKeys } from "./keys.js";
import { Panel, playerName } from "./panel.js";
import { labelOf, placeOf, kSize } from "./points.js";
import * as sessions from "./session.js";
import { initTheme } from "./theme.js";
import { colorWord, fillWords, onLanguage, otherLanguage, setLanguage, word } from "./words.js";

const kStoredHints = "moyo.hints";
const byId = (id) => document.getElementById(id);
const onClick = (id, action) => byId(id).addEventListener("click", action);

fillWords(document);
initTheme(byId("theme"));
const about = await api.about().catch((error) => (toast(error.message), null));
if (about !== null) run();

function run() {
  const control = new Control({ onChange: draw, onSay: toast, limits: about });
  const board = new BoardView(byId("board"), {
    onPlay: control.play,
    onCursor: (point) => (byId("status").textContent = describe(point)),
    onTapped: () => toast(word("tap_again")),
  });
  const panel = new Panel({
    onPly: control.goTo,
    onPoint: control.play,
    onLit: (point) => {
      lit = point;
      draw();
    },
  });
  let lit = null;
  let hints = localStorage.getItem(kStoredHints) === "on";

  function draw() {
    const { session, position } = control;
    if (session === null || position === null) return;
    const { evaluation } = position;
    const studies = session.mode === "study";
    const mine = session.outcome === null && sessions.atEnd(session) && position.to_move === session.human;
    board.show({
      position,
      lit,
      hints: hints ? evaluation : null,
      next: studies ? evaluation?.next?.point : null,
      turn: studies || mine ? position.to_move : null,
    });
    panel.draw(control, hints);
  }

  function describe(point) {
    const [x, y] = placeOf(point);
    const stone = control.position.stones[y * kSize + x];
    return `${labelOf(point)} ${stone === "." ? word("empty") : colorWord(stone)}`;
  }

  function showHints(on) {
    hints = on;
    localStorage.setItem(kStoredHints, on ? "on" : "off");
    draw();
  }

  const actions = {
    newGame: async () => {
      const choices = await askNewGame();
      if (choices !== null) control.start(choices);
    },
    open: () => byId("file").click(),
    save: () =>
      control.attempt(async () => {
        const name = fileName(new Date());
        download(await control.save(playerName(control.session, "b"), playerName(control.session, "w")), name);
        toast(word("saved", { name }));
      }),
    pass: () => control.play(""),
    resign: async () => {
      if (byId("resign").disabled || control.session.mode !== "play") return;
      if (await askResign()) control.resign();
    },
    help: () => showHelp(about),
    openNumber: (change) => control.open(control.record.bytes, control.record.number + change),
  };

  for (const [id, action] of Object.entries({
    new: actions.newGame,
    open: actions.open,
    save: actions.save,
    help: actions.help,
    pass: actions.pass,
    undo: control.undo,
    resign: actions.resign,
    "play-from-here": control.playFromHere,
    first: () => control.goTo(0),
    back: () => control.step(-1),
    forward: () => control.step(1),
    last: () => control.goTo(Infinity),
    "previous-game": () => actions.openNumber(-1),
    "next-game": () => actions.openNumber(1),
    language: () => setLanguage(otherLanguage()),
  })) {
    onClick(id, action);
  }
  byId("slider").addEventListener("input", (event) => control.goTo(Number(event.target.value)));
  byId("hints").addEventListener("change", (event) => showHints(event.target.checked));
  takeKeys(
    {
      b: () => byId("board").focus({ focusVisible: true }),
      p: actions.pass,
      u: control.undo,
      h: () => showHints(!hints),
      n: actions.newGame,
      o: actions.open,
      s: actions.save,
      r: actions.resign,
      "?": actions.help,
    },
    control.step,
  );
  const megabytes = `${Math.round(about.max_sgf_bytes / 2 ** 20)} MB`;
  takeFiles(byId("file"), byId("drop"), about.max_sgf_bytes, {
    onFile: (bytes) => {
      showHints(true);
      control.open(bytes, 1);
    },
    onTooLarge: () => toast(word("error_too_large", { size: megabytes })),
  });
  onLanguage(() => {
    fillWords(document);
    fillHandicaps(about.max_handicap);
    draw();
  });

  fillHandicaps(about.max_handicap);
  const stored = sessions.storedSession();
  if (stored === null) control.start({ human: "b", handicap: 0, komi: 7.5, temperature: 0, resigns: true });
  else control.restore(stored).then(() => stored.mode === "study" && control.review());
}
