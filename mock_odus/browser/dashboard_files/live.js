// What happens, as it happens: one stream of /_mock/stream, read by fetch because an EventSource sends no key.

import { useEffect, useState } from "./vendor/htm-preact.js";
import { sandbox } from "./api.js";

const AGAIN_MS = 1000; // after which a broken line is tried again
const GATHER_MS = 250; // news that come close together are looked at once

const listeners = new Set();
let line = null;
let last = "";
let isUp = null;

/**
 * Calls `hear(topic, data)` for what happens: `payment.updated` and other types of events, `attempt`, `challenge`, `job`,
 * `delivery`, `rule`, `clock`, `reset` (anything may be different), `line` (whether the stream stands).
 */
export function listen(hear) {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

/** Begins to follow the chosen sandbox; a page that nobody sees does not listen: a browser has few lines to a server. */
export function follow() {
  document.addEventListener("visibilitychange", () => (document.hidden ? hangUp() : dial()));
  restart();
}

/** Follows another sandbox, or the same anew. */
export function restart() {
  hangUp();
  last = "";
  if (!document.hidden) dial();
}

function hangUp() {
  line?.abort();
  line = null;
}

async function dial() {
  if (line || !sandbox()) return;
  const own = (line = new AbortController());
  while (!own.signal.aborted) {
    try {
      await read(own.signal);
    } catch {
      // Told below: it is the same whether nobody answered or the line broke.
    }
    if (own.signal.aborted) return;
    tell("line", (isUp = false));
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
}

async function read(signal) {
  const headers = { Authorization: `Bearer ${sandbox().secretKey}` };
  if (last) headers["Last-Event-ID"] = last;
  const answer = await fetch("/_mock/stream", { headers, signal });
  if (answer.status === 401) return giveUp(); // the sandbox was deleted
  if (!answer.ok) throw new Error(answer.statusText);
  const wasUp = isUp;
  tell("line", (isUp = true));
  if (wasUp !== null) tell("reset", {}); // meanwhile anything may have happened
  const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { value, done } = await pieces.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    blocks.forEach(hear);
  }
}

function giveUp() {
  hangUp();
  tell("reset", {});
}

function hear(block) {
  const fields = Object.fromEntries(block.split("\n").map((text) => text.split(/: (.*)/s)));
  if (!fields.data) return;
  if (fields.id) last = fields.id;
  const data = JSON.parse(fields.data);
  tell(fields.event === "event" ? data.eventType : fields.event, data);
}

/** Tells the listeners; `own` is what this page has just changed, also where the mock tells no event of it. */
export function tell(topic, data) {
  for (const hear of [...listeners]) hear(topic, data);
}

/** Calls `act` a moment after something happened whose topic begins with one of `topics`, and after every `own` and `reset`. */
export function useLive(topics, act) {
  useEffect(() => {
    if (!topics) return;
    let due = 0;
    const stop = listen((topic) => {
      if (!["own", "reset"].includes(topic) && !topics.some((one) => topic.startsWith(one))) return;
      due ||= setTimeout(() => ((due = 0), act()), GATHER_MS);
    });
    return () => (stop(), clearTimeout(due));
  }, [String(topics)]);
}

/** Whether the stream stands. */
export function useLine() {
  const [is, set] = useState(isUp ?? true);
  useEffect(() => listen((topic, data) => topic === "line" && set(data)), []);
  return is;
}
