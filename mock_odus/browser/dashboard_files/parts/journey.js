// A payment's way through its cascade as a picture: the gateways in the order in which they were asked, what each said,
// the rule that decided, and the challenge. Where they do not fit beside each other they stand below each other.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { useTimezone } from "../settings.js";
import { Empty, Loading, Trouble } from "./states.js";
import { ruled } from "./story.js";
import { tries } from "./tries.js";
import { instant } from "./values.js";

const TOPICS = ["payment.", "attempt", "challenge"];
const [WIDE, GAP] = [204, 44]; // of a gateway's box, and between two
const [HEAD, FOOT, END] = [30, 24, 150]; // above a try, below it, and the room for how it ended
const [LINE, LETTER, BOLD] = [17, 6.7, 7.7]; // of the text in a box: the height of a line, the width of a letter, about
const MOST_LINES = 2; // of one thing that is told

export function Journey({ payment }) {
  const story = useAsked("/_mock/timeline", { payment: payment.id }, TOPICS);
  const attempts = useAsked("/_mock/journal/attempts", { "payment[eq]": payment.id, pageSize: 100 }, TOPICS);
  const profiles = useAsked("/gateway-profiles", { pageSize: 100 });
  const cascades = useAsked("/cascades", { pageSize: 100 });
  const error = story.error ?? attempts.error ?? profiles.error ?? cascades.error;
  if (error) return html`<${Trouble} error=${error} again=${attempts.again} />`;
  if (!story.data || !attempts.data || !profiles.data || !cascades.data) return html`<${Loading} />`;
  const titles = Object.fromEntries(profiles.data.data.map((one) => [one.id, one.title]));
  const byId = Object.fromEntries(cascades.data.data.map((one) => [one.id, one]));
  const found = tries(story.data, attempts.data.data, titles, byId);
  if (!found.length) return html`<${Empty} title="No gateway was asked yet"
    text="Authorize the payment: its way through the cascade is drawn here." />`;
  return html`<${Picture} tries=${found} cascades=${byId} />`;
}

function Picture({ tries: all, cascades }) {
  const home = useRef();
  const zone = useTimezone();
  const [room, measure] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => measure(Math.floor(entry.contentRect.width)));
    watch.observe(home.current);
    return () => watch.disconnect();
  }, []);
  const needed = Math.max(...all.map((one) => one.stops.length * (WIDE + GAP) + END));
  const isTall = needed > room;
  const high = 40 + LINE * Math.max(...all.flatMap((one) => one.stops.map((stop) => texts(stop).length)));
  const head = isTall ? HEAD + 16 : HEAD;
  let top = 0;
  let height = 0;
  const rows = all.map((one) => {
    const own = top;
    top += head + FOOT + (isTall ? one.stops.length * (high + GAP) + 28 : high);
    const about = [instant(one.at, zone), cascades[one.cascade] && `cascade ${cascades[one.cascade].title}`];
    height = top - FOOT + 1;
    return html`<${Try} key=${own} of=${one} about=${about.filter(Boolean).join(" · ")}
      look=${{ isTall, high, top: own, head }} />`;
  });
  const width = isTall ? Math.max(WIDE + 2, Math.min(room, 360)) : needed;
  return html`<div class="journey" ref=${home}>
    ${room > 0
      && html`<svg width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} role="img"
        aria-label=${all.map(spoken).join(" ")}>${rows}</svg>`}
  </div>`;
}

function Try({ of: { title, stops, end }, about, look }) {
  const { isTall, high, top, head } = look;
  const at = (place) => (isTall ? [1, top + head + place * (high + GAP)] : [1 + place * (WIDE + GAP), top + head]);
  const asked = stops.filter((one) => one.said).length;
  return html`<g>
    <text x="1" y=${top + 17} class="title">${title}${!isTall
      && html`<tspan class="soft" dx="8">${about}</tspan>`}</text>
    ${isTall && html`<text x="1" y=${top + 34} class="soft">${about}</text>`}
    ${stops.map((one, place) =>
      html`<${Stop} of=${one} at=${at(place)} high=${high} />${place > 0
        && html`<${Arrow} from=${at(place - 1)} look=${look} isTaken=${place < asked} />`}`)}
    ${end && html`<${End} of=${end} at=${at(stops.length)} look=${look}
      from=${asked === stops.length && at(stops.length - 1)} />`}
  </g>`;
}

function Stop({ of, at: [x, y], high }) {
  const { name, place, said, rule, latency, mood, challenge } = of;
  const whole = [name, said, challenge?.text, rule && ruled(rule), latency && `${latency} ms`];
  return html`<g class=${`stop ${said ? (challenge?.mood ?? mood) : "not"}`}>
    <title>${whole.filter(Boolean).join(" · ")}</title>
    <rect x=${x} y=${y} width=${WIDE} height=${high} rx="8" />
    ${place != null && html`<text x=${x + WIDE - 12} y=${y + 22} class="soft" text-anchor="end">${place}</text>`}
    <text x=${x + 14} y=${y + 24} class="name">${wrapped(name, (WIDE - 44) / BOLD, 1)[0]}</text>
    ${texts(of).map(([text, look], line) =>
      html`<text x=${x + 14} y=${y + 44 + LINE * line} class=${look}>${text}</text>`)}
  </g>`;
}

/** What stands in a gateway's box below its name: lines and their looks. */
function texts({ said, challenge, rule }) {
  const told = said ? [[said, "said"], [challenge?.text, "said"], [rule && `← ${ruled(rule)}`, "soft"]]
    : [["not asked", "soft"]];
  return told.flatMap(([text, look]) =>
    wrapped(text ?? "", (WIDE - 26) / (look === "said" ? BOLD : LETTER), MOST_LINES).map((line) => [line, look]));
}

function Arrow({ from: [x, y], look: { isTall, high }, isTaken }) {
  const [x1, y1] = isTall ? [x + 28, y + high + 4] : [x + WIDE + 4, y + high / 2];
  const [x2, y2] = isTall ? [x1, y1 + GAP - 10] : [x1 + GAP - 10, y1];
  const tip = isTall ? `M${x2 - 4} ${y2 - 6} L${x2} ${y2} L${x2 + 4} ${y2 - 6}`
    : `M${x2 - 6} ${y2 - 4} L${x2} ${y2} L${x2 - 6} ${y2 + 4}`;
  return html`<path class=${isTaken ? "arrow" : "arrow not"} d=${`M${x1} ${y1} L${x2} ${y2} ${tip}`} />`;
}

/** How the payment stands after the try. */
function End({ of: { text, mood }, at: [x, y], from, look }) {
  const middle = look.isTall ? y + 14 : y + look.high / 2;
  const width = text.length * BOLD + 26;
  return html`<g class=${`end ${mood}`}>
    ${from && html`<${Arrow} from=${from} look=${look} isTaken />`}
    <rect x=${x} y=${middle - 13} width=${width} height="26" rx="13" />
    <text x=${x + width / 2} y=${middle + 4} text-anchor="middle">${text}</text>
  </g>`;
}

/** A text in lines of so many letters; what is too much for so many lines is cut, and the title of the box has it. */
function wrapped(text, room, most) {
  const letters = Math.floor(room);
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (longer.length <= letters) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  const kept = lines.filter(Boolean).slice(0, most);
  if (lines.filter(Boolean).length > most) kept[most - 1] += "…";
  return kept.map((line) => (line.length > letters ? `${line.slice(0, letters - 1)}…` : line));
}

/** The picture in words. */
function spoken({ title, stops, end }) {
  const by = ({ rule }) => (rule ? ` (${ruled(rule)})` : "");
  const then = ({ challenge }) => (challenge ? `, ${challenge.text}` : "");
  const asked = stops.filter((one) => one.said).map((one) => `${one.name} ${one.said}${by(one)}${then(one)}`);
  return `${title}: ${asked.join("; then ")}.${end ? ` The payment is ${end.text}.` : ""}`;
}
