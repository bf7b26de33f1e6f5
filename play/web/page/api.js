// Requests to the server that the page came from; play/web/README.md is the protocol.
import { hasWord, word } from "./words.js";

// What a person is told: `word` is a key of the tables.
export class Refusal extends Error {
  constructor(key, values = {}) {
    super(word(key, values));
  }
}

const kHttpWords = { 401: "error_unauthorized", 403: "error_unauthorized" };

function refusalOf(status, answer) {
  if (status in kHttpWords) return new Refusal(kHttpWords[status]);
  const reason = `error_${(answer.reason ?? "").toLowerCase()}`;
  if (hasWord(reason)) return new Refusal(reason);
  const key = `error_${answer.error}`;
  return new Refusal(hasWord(key) ? key : "error_bad_request");
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refusal("error_offline");
  }
  if (response.ok) return response;
  throw refusalOf(response.status, await response.json().catch(() => ({})));
}

// A game that cannot be is an answer, not a failure of the request.
async function answerOf(response) {
  const answer = await response.json();
  if (answer.error !== undefined) throw refusalOf(response.status, answer);
  return answer;
}

const post = (path, request) =>
  send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
  });
const ask = async (path, request) => answerOf(await post(path, request));

export const about = async () => answerOf(await send("/api/about", {}));
export const newGame = (request) => ask("/api/new", request);
export const position = (request) => ask("/api/position", request);
export const reply = (request) => ask("/api/reply", request);
export const review = (request) => ask("/api/review", request);
export const save = async (request) => (await post("/api/save", request)).text();

export async function load(bytes, number) {
  const response = await send(`/api/load?number=${number}`, {
    method: "POST",
    headers: { "Content-Type": "application/x-go-sgf" },
    body: bytes,
  });
  return answerOf(response);
}
