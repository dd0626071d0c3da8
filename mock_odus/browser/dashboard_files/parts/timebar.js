// The time bar, on every page: what time it is in the sandbox, what is due next, and the buttons that move the clock.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { Refusal } from "../api.js";
import { useAction, useAsked } from "../asked.js";
import { listen, useLine } from "../live.js";
import { travel } from "../travel.js";
import { Copies } from "./copy.js";
import { Dialog } from "./dialog.js";
import { Form } from "./form.js";
import { Trouble } from "./states.js";
import { counted, Id, When } from "./values.js";

const TICK_MS = 500;
const TOPICS = ["clock", "job", "subscription.", "payment."];
const WAYS = [
  ["+1 day", { by: "1 day" }],
  ["+1 week", { by: "1 week" }],
  ["+1 month", { by: "1 month" }],
  ["Next event", { until: "next" }],
  ["Next renewal", { until: "renewal" }],
];
const ELSEWHERE = [
  { name: "by", label: "By", help: "10 days, 1 month 2 days, P1M2D: in the merchant’s timezone" },
  { name: "to", label: "To", help: "2026-12-31T09:00:00Z or 2026-12-31" },
];

export function TimeBar() {
  const { data: clock, again } = useAsked("/_mock/clock", null, TOPICS);
  const now = useNow(clock);
  const isUp = useLine();
  const [progress, watch] = useState(null);
  const [done, tell] = useState(null);
  const [error, fail] = useState(null);
  const stop = useRef(null);
  const [run, { error: refused, isBusy }] = useAction(again);
  if (!clock) return html`<section class="timebar" aria-label="Clock"></section>`;
  const isTicking = clock.mode === "ticking";

  async function advance(where) {
    stop.current = new AbortController();
    tell(null);
    fail(null);
    watch({ jobs: 0, part: null });
    try {
      tell({ ...(await travel(where, watch, stop.current.signal)), where });
    } catch (fault) {
      fail(fault);
    }
    watch(null);
    again();
  }

  return html`<section class="timebar" aria-label="Clock">
    <div class="clock">
      <span class=${`mode ${clock.mode}`}>${clock.mode}${isTicking && clock.rate !== 1 ? ` ×${clock.rate}` : ""}</span>
      <strong class="now"><${When} at=${progress?.now ?? now} /></strong>
      ${!isUp && html`<span class="status bad" role="status">not connected</span>`}
      <${Due} agenda=${clock.agenda} />
    </div>
    <div class="buttons">
      ${WAYS.map(([label, where]) =>
        html`<button type="button" disabled=${progress} onClick=${() => advance(where)}>${label}</button>`)}
      <${Elsewhere} isMoving=${progress} go=${advance} />
      <button type="button" class="quiet" disabled=${progress || isBusy}
        onClick=${() => run("POST", `/_mock/clock/${isTicking ? "freeze" : "tick"}`, {})}>
        ${isTicking ? "Freeze" : "Let it tick"}
      </button>
    </div>
    ${progress && html`<div class="progress" role="status">
      <progress max="1" value=${progress.part ?? undefined} aria-label="How far the clock is on its way"></progress>
      <span>${progress.jobs.toLocaleString("en")} jobs</span>
      <button type="button" class="quiet" onClick=${() => stop.current.abort()}>Stop here</button>
    </div>`}
    ${done && html`<p class="done" role="status">
      ${told(done)}
      <${Copies} request=${{ method: "POST", path: "/_mock/clock/advance", body: done.where }} pytest=${asTest(done)} />
      <button type="button" class="quiet" aria-label="Hide this" onClick=${() => tell(null)}>✕</button>
    </p>`}
    <${Trouble} error=${error ?? refused} />
  </section>`;
}

/** A button for any other way: a duration or an instant. */
function Elsewhere({ isMoving, go }) {
  const [isOpen, open] = useState(false);
  const [error, refuse] = useState(null);
  function send(values) {
    if (Object.keys(values).length !== 1) return refuse(new Refusal(400, ["Say how far or until when: one of the two."]));
    open(false);
    return go(values);
  }
  return html`<button type="button" disabled=${isMoving} onClick=${() => (refuse(null), open(true))}>Other…</button>
    ${isOpen && html`<${Dialog} title="Move the clock" close=${() => open(false)}>
      <${Form} fields=${ELSEWHERE} label="Go" error=${error} send=${send} cancel=${() => open(false)} />
    <//>`}`;
}

const asTest = ({ where }) => Object.entries(where).map(([name, value]) => `odus.advance(${name}="${value}")`)[0];

/** What is due next, and what after it. */
function Due({ agenda: [next, ...rest] }) {
  if (!next) return html`<span class="soft">nothing is due</span>`;
  const leave = (event) => event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)
    && event.currentTarget.removeAttribute("open");
  const key = (event) => event.key === "Escape" && event.currentTarget.removeAttribute("open");
  return html`<details class="due" onfocusout=${leave} onKeyDown=${key}>
    <summary><span class="soft">next</span> ${named(next.kind)} <${When} at=${next.at} isShort /></summary>
    <ol>${[next, ...rest].map((one) =>
      html`<li><${When} at=${one.at} /> ${named(one.kind)} <${Id} id=${one.subject} /></li>`)}</ol>
  </details>`;
}

const named = (kind) => kind.replaceAll("_", " ");

function told({ jobs, attempts, events, hint, isStopped }) {
  const what = jobs ? `${counted(jobs, "job")}, ${counted(attempts, "attempt")}, ${counted(events, "event")}.`
    : "Nothing was due on the way.";
  return [isStopped && "Stopped on the way.", what, hint].filter(Boolean).join(" ");
}

/** The time: as the stream tells it, and between two tellings as a ticking clock goes on by itself. */
function useNow(clock) {
  const [heard, hear] = useState(null);
  const [, look] = useState(0);
  useEffect(() => listen((topic, data) => topic === "clock" && hear({ at: data.now, when: performance.now() })), []);
  useEffect(() => void (clock && hear({ at: clock.now, when: performance.now() })), [clock]);
  useEffect(() => {
    if (clock?.mode !== "ticking") return;
    const timer = setInterval(() => look((count) => count + 1), TICK_MS);
    return () => clearInterval(timer);
  }, [clock?.mode]);
  if (!heard) return clock?.now;
  const gone = clock?.mode === "ticking" ? (performance.now() - heard.when) * clock.rate : 0;
  return new Date(Date.parse(heard.at) + gone).toISOString();
}
