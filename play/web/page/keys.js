// Keys for the whole page. The board has its own while it has the focus (board.js).
const kSteps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

// actions: by letter. onStep(plies).
export function takeKeys(actions, onStep) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    const action = actions[event.key.toLowerCase()];
    if (event.key in kSteps) onStep(kSteps[event.key]);
    else if (action !== undefined) action();
    else return;
    event.preventDefault();
  });
}
