// The timeline: what happens in the sandbox, as it happens, and the challenges that wait for an answer.

import { html } from "../vendor/htm-preact.js";
import { written } from "../api.js";
import { Challenges } from "../parts/challenges.js";
import { Copies } from "../parts/copy.js";
import { Page } from "../parts/page.js";
import { Empty, Loading } from "../parts/states.js";
import { KINDS, Story, useStory } from "../parts/story.js";
import { Id } from "../parts/values.js";
import { go } from "../router.js";

const FEW = 100;
const MOST = 10_000;
const PREFIXES = { payment: "pay", subscription: "sub", customer: "cus" };
const SUBJECTS = Object.keys(PREFIXES);

export default function Timeline({ query }) {
  const count = Math.min(Number(query.last) || FEW, MOST);
  const kinds = query.kinds?.split(" ") ?? KINDS;
  const about = Object.fromEntries(SUBJECTS.filter((name) => query[name]).map((name) => [name, query[name]]));
  const { lines, error, isMore } = useStory(about, count, kinds);
  const change = (more) => go(location.pathname + written({ ...query, ...more }), true);
  const toggle = (kind) =>
    change({ kinds: KINDS.filter((one) => kinds.includes(one) !== (one === kind)).join(" ") || "none" });
  const narrow = (id) => {
    const name = SUBJECTS.find((one) => id.startsWith(`${PREFIXES[one]}_`));
    if (name || !id) change({ ...Object.fromEntries(SUBJECTS.map((one) => [one, ""])), ...(name && { [name]: id }) });
  };
  const request = { path: "/_mock/timeline" + written({ ...about, format: "text" }) };
  return html`<${Page} title="Timeline" about=${told(about)}
    actions=${html`<${Copies} request=${request} pytest=${asTest(about)} />`}>
    <${Challenges} />
    <div class="filters flat" role="group" aria-label="What is shown">
      ${KINDS.map((kind) =>
        html`<label class="toggle"><input type="checkbox" checked=${kinds.includes(kind)}
          onChange=${() => toggle(kind)} /> ${plural(kind)}</label>`)}
      <label class="toggle">only of <input type="search" autocomplete="off" placeholder="pay_…, sub_…, cus_…"
        value=${Object.values(about)[0] ?? ""} onChange=${(event) => narrow(event.target.value.trim())} /></label>
    </div>
    ${!lines && !error && html`<${Loading} />`}
    ${lines && !lines.length
      ? html`<${Nothing} isAll=${!Object.keys(about).length && kinds.length === KINDS.length} />`
        : html`<${Story} lines=${lines} error=${error} />`}
    ${isMore && count < MOST
      && html`<div class="buttons"><button type="button"
        onClick=${() => change({ last: Math.min(count * 4, MOST) })}>Show more</button></div>`}
  <//>`;
}

const plural = (kind) => (kind === "delivery" ? "webhooks" : `${kind}s`);

const asTest = (about) =>
  `print(odus.timeline(${Object.entries(about).map(([name, id]) => `${name}="${id}"`).join(", ")}))`;

function told(about) {
  const [[name, id] = []] = Object.entries(about);
  return name ? html`Of the ${name} <${Id} id=${id} />` : "What happens in this sandbox, newest first.";
}

const Nothing = ({ isAll }) =>
  isAll
    ? html`<${Empty} title="Nothing has happened yet"
      text="Make a payment, run your application against this mock, or move the clock: every attempt, event, job and webhook appears here as it happens." />`
    : html`<${Empty} title="Nothing of this kind" text="Choose other kinds above, or leave out what it is asked about."
      />`;
