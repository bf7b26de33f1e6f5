// The training page in a browser: curves move during a run of `moyo run`; both languages, a phone's width, keys
// alone, a server that is lost; and, off loopback, the sign-in.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Stage, Window, SOURCE, awaited, launch, need } from "./harness.mjs";

const GAMES = join(SOURCE, "tests", "data", "games-2015.zip");
const PHONE = { width: 375, height: 740 };

const words = (language) =>
  JSON.parse(readFileSync(join(SOURCE, "server", "web", "page", "words", `${language}.json`), "utf-8"));
const en = words("en");
const ko = words("ko");

const curve = (page, key) => page.locator(`path.line.${key}`).first().getAttribute("d", { timeout: 1000 }).catch(() => "");
const points = (d) => (d ?? "").split(/[ML]/).length - 1;

async function checkCurvesMove({ page }) {
  const first = await awaited("a curve of losses", async () => {
    const d = await curve(page, "policy");
    return points(d) >= 5 ? d : null;
  });
  await awaited("the curve moves", async () => {
    const d = await curve(page, "policy");
    return d !== first && points(d) > points(first);
  });
  await awaited("two validations", async () => points(await curve(page, "top1")) >= 2);
}

async function checkLedger({ page }) {
  const sums = await page.locator("#ledger dd").allInnerTexts();
  const [found, ...states] = sums.slice(0, 7).map((text) => Number(text.replaceAll(",", "")));
  assert.ok(found > 1000, `found ${found}`);
  assert.equal(states.reduce((sum, each) => sum + each, 0), found);
}

async function checkLanguages(window) {
  const { page } = window;
  await page.click("#korean");
  await awaited("Korean", async () => (await window.text("#workers-title")) === ko.workers);
  for (const [key, text] of await page.locator("[data-word]").evaluateAll((all) =>
    all.map((each) => [each.dataset.word, each.textContent]))) {
    assert.equal(text, ko[key]);
  }
  assert.equal(await page.evaluate(() => document.documentElement.lang), "ko");
  await window.shoot("korean");
  await page.reload();
  await awaited("the choice is kept", async () => (await window.text("#ledger-title")) === ko.ledger);
  await page.click("#english");
  await awaited("English", async () => (await window.text("#ledger-title")) === en.ledger);
}

async function checkKeys(window) {
  const { page } = window;
  const readout = () => window.text("#policy-chart .readout");
  await page.locator("#english").focus();
  for (let i = 0; i < 20 && !(await page.evaluate(() => document.activeElement.matches("#policy-chart svg"))); i += 1) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Home");
  const first = await readout();
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await readout(), first);
  assert.equal(await page.locator("#policy-chart .cursor").count(), 1);
  assert.match(await page.locator("#policy-chart svg").getAttribute("aria-label"), new RegExp(en.at_samples.split("{")[0]));
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#policy-chart .cursor").count(), 0);
}

async function checkLost(window) {
  const before = window.problems.length;
  await window.context.setOffline(true);
  await awaited("the page says that the server is lost", async () => window.page.locator("body.lost").count());
  await window.shoot("lost");
  await window.context.setOffline(false);
  await awaited("the page is back", async () => !(await window.page.locator("body.lost").count()));
  window.problems.splice(before); // of the requests that could not go out
}

async function checkRun(browser) {
  const stage = new Stage("page");
  try {
    stage.start("moyo", "run", "--games", GAMES, "--run-dir", join(stage.folder, "run"), "--games-per-shard", "50",
      "--workers", "3", "--blocks", "1", "--filters", "8", "--epochs", "1000", "--max-minutes", "20", "--threads", "1",
      "--memory-budget", "2GiB", "--web", "127.0.0.1:0");
    const url = await awaited("the page's address", () => stage.read("run", "server", "page"));
    const window = await Window.open(browser, url);
    await awaited("games", async () => /[1-9]/.test(await window.text("#ledger").catch(() => "")));
    await window.shoot("parsing");
    await checkCurvesMove(window);
    await checkLedger(window);
    await window.shoot("training");
    await checkKeys(window);
    await checkLanguages(window);
    await window.fits();
    await window.page.setViewportSize(PHONE);
    await window.fits();
    await window.shoot("phone");
    await window.page.emulateMedia({ colorScheme: "dark" });
    await window.page.setViewportSize({ width: 1280, height: 900 });
    await window.shoot("dark");
    await checkLost(window);
    assert.deepEqual(window.problems, []);
  } finally {
    await stage.end();
  }
}

async function checkSignIn(browser) {
  const stage = new Stage("sign-in");
  try {
    stage.start("moyo-server", "--run-dir", join(stage.folder, "run"), "--listen", "0.0.0.0:0", "--web", "0.0.0.0:0",
      "--games", GAMES);
    const url = await awaited("the page's address", () => stage.read("run", "server", "page"));
    const code = await awaited("an administrator's code", () => stage.read("run", "server", "admin.join"));
    assert.match(url, /^https:/);
    const window = await Window.open(browser, url, { ignoreHTTPSErrors: true, viewport: PHONE });
    const { page } = window;
    await page.waitForSelector("#sign-in input:visible");
    assert.equal(await page.locator("#run:visible").count(), 0);
    await window.shoot("sign-in");
    await page.fill("#code", "mistyped");
    await page.keyboard.press("Enter");
    await awaited("the refusal", async () => (await window.text("#refused")) === en.refused_invalid);
    await page.fill("#code", code);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#run:visible");
    const [cookie] = await window.context.cookies();
    assert.ok(cookie.httpOnly && cookie.secure);
    assert.ok(!(await page.evaluate(() => document.cookie)).includes("moyo"), "a script sees the token");
    await page.reload();
    await page.waitForSelector("#run:visible");
    await page.click("#sign-out");
    await page.waitForSelector("#sign-in input:visible");
    assert.deepEqual(await window.context.cookies(), []);
    assert.ok(window.urls.every((each) => !each.includes(cookie.value) && !each.includes(code)));
    // The browser itself notes each 401 as an error.
    assert.deepEqual(window.problems.filter((each) => !each.includes("401")), []);
  } finally {
    await stage.end();
  }
}

const browser = await launch(need("moyo", "moyo-server", "moyo-worker", "moyo-trainer"));
try {
  await checkSignIn(browser);
  await checkRun(browser);
  console.log("passed");
} finally {
  await browser.close();
}
