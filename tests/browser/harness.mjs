// What the browser tests share: programs of this build, Debian's chromium, and a page that is watched.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const SKIPPED = 77;
const BIN = process.env.MOYO_BIN ?? "";
const CHROMIUM = process.env.MOYO_CHROMIUM ?? "/usr/bin/chromium";
export const SOURCE = process.env.MOYO_SOURCE ?? new URL("../..", import.meta.url).pathname;

function canRun(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// Ends the test as skipped, saying why, when something is not here.
export function need(...programs) {
  const missing = programs.map((name) => join(BIN, name)).concat(CHROMIUM).filter((path) => !canRun(path));
  let playwright = null;
  try {
    playwright = createRequire(import.meta.url)("playwright-core");
  } catch {
    missing.push("playwright-core (npm ci --prefix tests/browser)");
  }
  if (missing.length > 0) {
    console.log(`skipped: not here: ${missing.join(", ")}`);
    process.exit(SKIPPED);
  }
  return playwright;
}

export const launch = ({ chromium }) => chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });

const children = []; // of the stages that stand

// Polls until the condition gives something true, and gives that. Fails at once when a program has ended.
export async function awaited(what, condition, seconds = 240) {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const value = await condition();
    if (value) return value;
    const dead = children.find((child) => child.exitCode !== null || child.signalCode !== null);
    if (dead) throw new Error(`${what}: ${dead.spawnfile} ended: ${readFileSync(dead.log, "utf-8").slice(-1000)}`);
    await pause(200);
  }
  throw new Error(`waited ${seconds} s in vain: ${what}`);
}

export class Stage {
  constructor(name) {
    this.folder = mkdtempSync(join(tmpdir(), `moyo-${name}-`));
    this.children = [];
  }

  start(name, ...args) {
    console.log("$", name, args.join(" "));
    const log = join(this.folder, `${name}.log`);
    const out = openSync(log, "w");
    const child = spawn(join(BIN, name), args, { stdio: ["ignore", out, out] });
    children.push(Object.assign(child, { log }));
    this.children.push(child);
    return child;
  }

  // The content of a file that a program writes when it is ready.
  read(...parts) {
    try {
      return readFileSync(join(this.folder, ...parts), "utf-8").trim();
    } catch {
      return "";
    }
  }

  // Ends a program as Ctrl-C does; gives its exit code.
  async stop(child) {
    if (children.includes(child)) children.splice(children.indexOf(child), 1);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    }
    return child.exitCode;
  }

  async end() {
    await Promise.all(this.children.map((child) => this.stop(child)));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// A browser window of which errors and requests to elsewhere are noted.
export class Window {
  static async open(browser, url, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US", ...options });
    const window = new Window();
    window.context = context;
    window.page = await context.newPage();
    window.problems = [];
    window.urls = [];
    const { page, problems } = window;
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
      window.urls.push(request.url());
      if (new URL(request.url()).origin !== new URL(url).origin) problems.push(`asked ${request.url()}`);
    });
    await page.goto(url);
    return window;
  }

  // The picture is for people; nothing is compared.
  async shoot(name) {
    const folder = process.env.MOYO_SCREENSHOTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }

  async fits() {
    const [wide, room] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= room, `the page is ${wide} wide in a window of ${room}`);
  }

  text(selector) {
    return this.page.locator(selector).innerText();
  }
}
