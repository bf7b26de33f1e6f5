// The play page as a person uses it, in Chromium.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Stage, Window, awaited, launch, need } from "./harness.mjs";
import { writeWeights } from "./weights.mjs";

const playwright = need("moyo-play");

// What the network plays, in this order, before it passes.
const kAnswers = ["D4", "Q4", "D16", "C10", "R10", "K3", "K17", "F3", "C6", "O3"];
const kColumns = "ABCDEFGHJKLMNOPQRST";

let server;
let browser;

// moyo-play on some address, with the network above: {stage, child, url}.
async function serve(address) {
  const stage = new Stage("play");
  const weights = join(stage.folder, "weights.txt");
  writeWeights(weights, kAnswers);
  const child = stage.start("moyo-play", "web", "--model", weights, "--listen", address);
  const url = await awaited("its address", () => stage.read("moyo-play.log").match(/^Open (\S+)/m)?.[1]);
  return { stage, child, url };
}

before(async () => {
  server = await serve("127.0.0.1:0");
  browser = await launch(playwright);
});
after(async () => {
  await browser?.close();
  const share = shareOfProcessor(server.child.pid);
  const code = await server.stage.stop(server.child);
  await server.stage.end();
  // Waiting for a person costs nothing.
  assert.ok(share < 0.3, `the server used ${share} of a processor`);
  assert.equal(code, 0);
});

// Of one, since the program started.
function shareOfProcessor(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf-8").replace(/.*\) /s, "").split(" ");
  const uptime = Number(readFileSync("/proc/uptime", "utf-8").split(" ")[0]);
  const [ticks, started] = [Number(fields[11]) + Number(fields[12]), Number(fields[19])];
  return ticks / Math.max(100 * uptime - started, 1);
}

const vertex = (label) =>
  `.shudan-vertex[data-x="${kColumns.indexOf(label[0])}"][data-y="${19 - Number(label.slice(1))}"]`;
const stoneAt = (page, label, color) => page.waitForSelector(`${vertex(label)}.shudan-sign_${color === "b" ? 1 : -1}`);
const textOf = (page, selector) => page.textContent(selector);
const waitForText = (page, selector, text) =>
  page.waitForFunction(([s, t]) => document.querySelector(s).textContent.includes(t), [selector, text]);
async function open(options = {}, url = server.url) {
  const window = await Window.open(browser, url, { viewport: { width: 1280, height: 800 }, ...options });
  window.page.setDefaultTimeout(60_000);
  return { window, page: window.page, faults: window.problems, close: () => window.context.close() };
}

async function openFile(page, name, bytes) {
  const path = join(server.stage.folder, name);
  writeFileSync(path, bytes);
  await page.setInputFiles("#file", path);
}

async function startGame(page, choose = async () => {}) {
  await page.click("#new");
  await choose();
  await page.click("#new-dialog button[value=start]");
  await page.waitForSelector("#new-dialog", { state: "hidden" });
}

test("a whole game is played by clicks, counted, and saved", async () => {
  const { page, faults, close } = await open();
  await waitForText(page, "#status", "Black to move");
  const own = ["Q16", "G10", "H10", "J10", "L10", "M10", "N10", "O10", "P10", "E10"];
  for (let i = 0; i < own.length; ++i) {
    await page.click(vertex(own[i]));
    await stoneAt(page, own[i], "b");
    await stoneAt(page, kAnswers[i], "w");
    await waitForText(page, "#move-of", `Move ${2 * i + 2} of`);
  }
  await page.click(vertex("E9"));
  await waitForText(page, "#status", "White passes. Black to move");
  await page.click("#pass");
  await waitForText(page, "#status", "wins by");
  // 11 black stones, 10 white, no area of one colour, komi 7.5.
  assert.match(await textOf(page, "#status"), /White wins by 6\.5 points/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  const sgf = readFileSync(await download.path(), "utf-8");
  assert.match(sgf, /RE\[W\+6\.5\]/);
  assert.equal(sgf.match(/;[BW]\[/g).length, 23);
  assert.match(sgf, /;B\[pd\];W\[dp\]/);
  // The saved record opens again and can be stepped through.
  await openFile(page, "saved.sgf", sgf);
  await waitForText(page, "#move-of", "Move 0 of 23");
  await page.keyboard.press("End");
  await waitForText(page, "#move-of", "Move 23 of 23");
  assert.deepEqual(faults, []);
  await close();
});

test("illegal moves are explained, undo and resignation work, White gets an answer", async () => {
  const { page, faults, close } = await open();
  await waitForText(page, "#status", "Black to move");
  await page.click(vertex("Q16"));
  await stoneAt(page, "D4", "w");
  await page.click(vertex("Q16")); // on a stone: nothing happens
  await page.click("#undo");
  await waitForText(page, "#move-of", "Move 0 of 0");
  await page.click("#undo");
  await waitForText(page, "#toast", "nothing to undo");
  await page.click("#resign");
  await page.click("#resign-dialog button[value=resign]");
  await waitForText(page, "#status", "White wins by resignation");
  await page.click(vertex("Q16"));
  await waitForText(page, "#toast", "The game is over");
  await startGame(page, async () => {
    await page.click("text=White >> nth=-1");
    await page.selectOption("#handicap", "0");
  });
  await stoneAt(page, "D4", "b"); // the network begins
  await startGame(page, async () => {
    await page.check("input[name=color][value=b]");
    await page.selectOption("#handicap", "4");
  });
  assert.equal(await page.inputValue("#komi"), "0.5");
  await stoneAt(page, "Q16", "b");
  await stoneAt(page, "C10", "w"); // D4, Q4 and D16 are handicap stones: White's next choice
  assert.deepEqual(faults, []);
  await close();
});

test("ko and suicide are refused in words", async () => {
  const { page, faults, close } = await open();
  await openFile(page, "ko.sgf", "(;SZ[19];B[ba];W[bb];B[ab];W[ca];B[bc];W[db];B[cb];W[cc];B[pd];W[bb])");
  await waitForText(page, "#move-of", "Move 0 of 10");
  await page.keyboard.press("End");
  await waitForText(page, "#move-of", "Move 10 of 10");
  await page.waitForSelector(`${vertex("C18")}.shudan-marker_square`);
  await page.click(vertex("C18"));
  await waitForText(page, "#toast", "Ko:");
  await page.click("#play-from-here");
  await waitForText(page, ".player.turn .who", "You");
  assert.deepEqual(faults, []);
  await close();
});

test("records of any charset are opened, compared with the network, and left for a variation", async () => {
  const { window, page, faults, close } = await open();
  const head = Buffer.concat([
    Buffer.from("(;GM[1]SZ[19]CA[GB18030]PB["),
    Buffer.from([0xbf, 0xc2, 0xbd, 0xe0]),
    Buffer.from("]PW[White]RE[B+R]"),
  ]);
  await openFile(page, "game.sgf", Buffer.concat([head, Buffer.from(";B[dp];W[pp];B[qq])(;SZ[19];B[aa])")]));
  await waitForText(page, "#player-b .who", "柯洁");
  await waitForText(page, "#game-number", "Game 1 of 2");
  await waitForText(page, "#compare", "first choice");
  assert.match(await textOf(page, "#compare"), /Game D4/);
  await page.waitForSelector(`${vertex("D4")}.shudan-marker_next`);
  await page.waitForSelector(`${vertex("D4")}.shudan-heat_3, ${vertex("D4")}.shudan-heat_4`);
  await window.shoot("play-study");
  await waitForText(page, "#agreement", "in 67% of 3 moves; Black 50%, White 100%");
  for (const ply of [1, 2, 3]) {
    await page.keyboard.press("ArrowRight");
    await waitForText(page, "#move-of", `Move ${ply} of 3`);
  }
  await page.keyboard.press("ArrowLeft");
  await waitForText(page, "#move-of", "Move 2 of 3");
  await page.click(vertex("C3")); // not the game's move
  await stoneAt(page, "C3", "b");
  await page.keyboard.press("Home");
  await page.keyboard.press("End");
  await stoneAt(page, "R3", "b"); // the record is back
  await page.click("#next-game");
  await waitForText(page, "#game-number", "Game 2 of 2");
  await openFile(page, "cut.sgf", "(;SZ[19];B[dp];W[dp])");
  await waitForText(page, "#record-note", "cut after move 1: the next move is on a stone");
  await openFile(page, "small.sgf", "(;SZ[9];B[cc])");
  await waitForText(page, "#toast", "not of a 19×19 board");
  await openFile(page, "none.sgf", "hello");
  await waitForText(page, "#toast", "no Go game");
  assert.deepEqual(faults, []);
  await close();
});

// Holds back what the server answers to `path`, until the function that it gives is called.
async function hold(page, path) {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route(`**${path}`, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

test("clicks that come before the answer add nothing to it", async () => {
  const { page, faults, close } = await open();
  await openFile(page, "fast.sgf", "(;SZ[19];B[dp];W[pp])");
  await waitForText(page, "#move-of", "Move 0 of 2");
  await page.keyboard.press("End");
  await stoneAt(page, "Q4", "w");
  const release = await hold(page, "/api/position");
  await page.click(vertex("C3"));
  await page.click(vertex("C3"));
  await page.click(vertex("R17"));
  release();
  await stoneAt(page, "C3", "b");
  await page.click(vertex("R17"));
  await stoneAt(page, "R17", "w");
  await waitForText(page, "#move-of", "Move 4 of 4");
  assert.deepEqual(faults, []);
  await close();
});

test("who looks back while the network thinks still gets its answer", async () => {
  const { page, faults, close } = await open();
  await waitForText(page, "#status", "Black to move");
  const release = await hold(page, "/api/reply");
  await page.click(vertex("Q16"));
  await stoneAt(page, "Q16", "b");
  await page.click("#back");
  await waitForText(page, "#move-of", "Move 0 of 1");
  await page.click("#last");
  await waitForText(page, "#move-of", "Move 1 of 1");
  release();
  await stoneAt(page, "D4", "w");
  assert.deepEqual(faults, []);
  await close();
});

test("a late answer of the game before moves nobody in the new one", async () => {
  const { page, faults, close } = await open();
  await waitForText(page, "#status", "Black to move");
  const answer = await hold(page, "/api/reply");
  await page.click(vertex("Q16"));
  await stoneAt(page, "Q16", "b");
  const position = await hold(page, "/api/position");
  const asked = page.waitForRequest("**/api/position");
  await startGame(page, () => page.fill("#komi", "6.5"));
  await asked;
  const answered = page.waitForResponse("**/api/reply");
  answer();
  await answered;
  position();
  await page.waitForSelector(`${vertex("Q16")}.shudan-sign_0`);
  await page.click(vertex("C3"));
  await stoneAt(page, "C3", "b");
  await stoneAt(page, "D4", "w");
  assert.deepEqual(faults, []);
  await close();
});

test("everything works by keyboard", async () => {
  const { page, faults, close } = await open();
  await waitForText(page, "#status", "Black to move");
  await page.keyboard.press("b");
  await waitForText(page, "#status", "K10 empty");
  for (const key of ["ArrowRight", "ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
  await waitForText(page, "#status", "M11 empty");
  await page.keyboard.press("Enter");
  await stoneAt(page, "M11", "b");
  await stoneAt(page, "D4", "w");
  await page.keyboard.press("Escape");
  await page.keyboard.press("h");
  await page.waitForSelector("#candidates button");
  assert.match(await textOf(page, "#candidates"), /Q4/);
  await page.keyboard.press("p");
  await waitForText(page, "#move-of", "Move 4 of 4");
  await page.keyboard.press("u");
  await waitForText(page, "#move-of", "Move 2 of 2");
  await page.keyboard.press("ArrowLeft");
  await waitForText(page, "#move-of", "Move 1 of 2");
  await page.click(vertex("A1"));
  await waitForText(page, "#toast", "looking back");
  await page.keyboard.press("?");
  await page.waitForSelector("#help-dialog[open]");
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await page.waitForSelector("#new-dialog[open]");
  await page.keyboard.press("Escape");
  await page.keyboard.press("r");
  await page.waitForSelector("#resign-dialog[open]");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("dialog[open]").count(), 0);
  // A reload loses nothing.
  await page.reload();
  await waitForText(page, "#move-of", "Move 1 of 2");
  assert.deepEqual(faults, []);
  await close();
});

test("a phone's width holds it, taps are confirmed, Korean is the browser's choice", async () => {
  const phone = { viewport: { width: 375, height: 740 }, locale: "ko-KR", hasTouch: true, isMobile: true, colorScheme: "dark" };
  const { window, page, faults, close } = await open(phone);
  await waitForText(page, "#status", "흑 차례");
  assert.equal(await page.getAttribute("html", "data-theme"), "dark");
  assert.equal(await page.getAttribute("html", "lang"), "ko");
  await page.tap(vertex("Q16"));
  await waitForText(page, "#toast", "한 번 더");
  await page.tap(vertex("Q16"));
  await stoneAt(page, "Q16", "b");
  await stoneAt(page, "D4", "w");
  await page.check("#hints");
  await page.waitForSelector("#candidates button");
  for (const language of ["ko", "en"]) {
    await window.fits();
    await window.shoot(`play-phone-${language}`);
    await page.tap("#language");
  }
  await waitForText(page, "#status", "흑 차례");
  await page.tap("#theme");
  assert.equal(await page.getAttribute("html", "data-theme"), "light");
  assert.deepEqual(faults, []);
  await close();
});

test("code from elsewhere does not run", async () => {
  const { page, close } = await open();
  await waitForText(page, "#status", "Black to move");
  const violated = await page.evaluate(
    () =>
      new Promise((resolve) => {
        addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
      }),
  );
  assert.match(violated, /script-src/);
  assert.equal(await page.evaluate(() => window.ran), undefined);
  await close();
});

test("a server that is gone is named", async () => {
  const mortal = await serve("127.0.0.1:0");
  const { page, close } = await open({}, mortal.url);
  await waitForText(page, "#status", "Black to move");
  assert.equal(await mortal.stage.stop(mortal.child), 0);
  await page.click(vertex("Q16"));
  await waitForText(page, "#toast", "does not answer");
  await close();
  await mortal.stage.end();
});

test("beyond this machine the token lets in, over TLS, and then leaves the address", async () => {
  const wide = await serve("0.0.0.0:0");
  const url = new URL(wide.url);
  url.hostname = "127.0.0.1";
  assert.equal(url.protocol, "https:");
  const stranger = await open({ ignoreHTTPSErrors: true }, url.origin);
  await waitForText(stranger.page, "body", "asks for a token");
  await stranger.close();
  const { page, faults, close } = await open({ ignoreHTTPSErrors: true }, url.href);
  await waitForText(page, "#status", "Black to move");
  assert.equal(page.url(), `${url.origin}/`);
  await page.click(vertex("Q16"));
  await stoneAt(page, "D4", "w");
  assert.deepEqual(faults, []);
  await close();
  await wide.stage.end();
});
