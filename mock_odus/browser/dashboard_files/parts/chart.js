// A chart of pieces of time, drawn as bars or as a line; what a piece says is shown where the pointer is.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";

const HEIGHT = 168;
const LEFT = 52; // for the amounts
const FOOT = 22; // for the dates
const TOP = 8;
const LABEL = 64; // what a date needs
const TIP = 90; // half of what the words under the pointer need
const TICKS = 4;

/**
 * `points` are `{label, span, value}`, a value of null has none; `total` is what they come to, as text, and `about` says
 * more of it. `scale` writes a value at the edge, `say` where the pointer is. `look` is a class, `isLine` draws a line.
 */
export function Chart({ title, total, about, points, scale, say, look, isLine }) {
  const [frame, width] = useWidth();
  const [at, point] = useState(null);
  const values = points.map(({ value }) => value ?? 0);
  const ticks = ticksOf(Math.min(0, ...values), Math.max(0, ...values));
  const [low, high] = [ticks[0], Math.max(ticks.at(-1), ticks[0] + 1)];
  const inner = Math.max(1, width - LEFT);
  const step = inner / points.length;
  const x = (place) => LEFT + place * step;
  const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - FOOT);
  const every = Math.ceil(points.length / Math.max(1, Math.floor(inner / LABEL)));

  function lookAt(event) {
    const place = Math.floor((event.clientX - frame.current.getBoundingClientRect().left - LEFT) / step);
    point(place >= 0 && place < points.length ? place : null);
  }

  return html`<section class=${`card chart ${look}`}>
    <header><h2>${title}</h2></header>
    <p class="total"><strong>${total}</strong> <span class="soft">${about}</span></p>
    <div class="plot" ref=${frame} onPointerMove=${lookAt} onPointerDown=${lookAt} onPointerLeave=${() => point(null)}>
      ${width > 0 && html`<svg width=${width} height=${HEIGHT} role="img" aria-label=${told(title, total, points, say)}>
        ${ticks.map((tick) => html`
          <line class="grid" x1=${LEFT} x2=${width} y1=${y(tick)} y2=${y(tick)} />
          <text class="tick" x=${LEFT - 8} y=${y(tick) + 4} text-anchor="end">${scale(tick)}</text>`)}
        ${at !== null && html`<rect class="band" x=${x(at)} y=${TOP} width=${step} height=${HEIGHT - TOP - FOOT} />`}
        ${isLine ? html`<${Line} ...${{ points, x, y }} />` : html`<${Bars} ...${{ points, x, y, step }} />`}
        <line class="zero" x1=${LEFT} x2=${width} y1=${y(0)} y2=${y(0)} />
        ${points.map(({ label }, place) => place % every === 0 && html`
          <text class="tick" x=${x(place + 0.5)} y=${HEIGHT - 6} text-anchor=${anchor(x(place + 0.5), width)}>${label}</text>`)}
      </svg>`}
      ${at !== null && points[at] && html`
        <div class="tip" style=${{ left: `${Math.min(Math.max(x(at + 0.5), TIP), width - TIP)}px` }}>
          <span class="soft">${points[at].span}</span>
          ${" "}<strong>${points[at].value === null ? "–" : say(points[at].value)}</strong>
        </div>`}
    </div>
  </section>`;
}

/** From the line of zero upwards, or downwards where more was given back than earned. */
function Bars({ points, x, y, step }) {
  const gap = step > 6 ? Math.min(step * 0.25, 8) : step > 2 ? 1 : 0;
  const width = Math.max(step - gap, 0.5);
  return points.map(({ value }, place) => {
    if (!value) return null;
    const [top, foot] = [y(Math.max(0, value)), y(Math.min(0, value))];
    return html`<rect class=${value < 0 ? "bar below" : "bar"} x=${x(place) + gap / 2} y=${top} width=${width}
      height=${Math.max(foot - top, 1)} rx=${step > 8 ? 2 : 0} />`;
  });
}

/** A line through what is there; a piece that stands alone is a dot. */
function Line({ points, x, y }) {
  const runs = [];
  points.forEach(({ value }, place) => {
    if (value === null) return;
    const isNext = place && points[place - 1].value !== null;
    if (!isNext) runs.push([]);
    runs.at(-1).push([x(place + 0.5), y(value)]);
  });
  const dots = points.length <= 62 ? runs.flat() : runs.filter((run) => run.length === 1).flat();
  return html`
    ${runs.map((run) => html`<polyline class="line" points=${run.map((one) => one.join(",")).join(" ")} />`)}
    ${dots.map(([left, top]) => html`<circle class="dot" cx=${left} cy=${top} r="2.5" />`)}
  `;
}

/** A label that would leave the picture leans back into it. */
const anchor = (place, width) => (place > width - LABEL / 2 ? "end" : "middle");

/** Round numbers around all values, from below them to above. */
function ticksOf(low, high) {
  if (low === high) return [0];
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough) * power;
  const first = Math.floor(low / step);
  return Array.from({ length: Math.max(1, Math.ceil(high / step) - first) + 1 }, (_, place) => (first + place) * step);
}

/** The chart in a sentence, for who does not see it. All its figures stand in a table below. */
function told(title, total, points, say) {
  const most = points.reduce((best, one) => ((one.value ?? 0) > (best?.value ?? 0) ? one : best), null);
  return `${title}: ${total}${most ? `, most on ${most.span}: ${say(most.value)}` : ""}`;
}

/** How wide an element is drawn, told anew when that changes. */
function useWidth() {
  const own = useRef();
  const [width, set] = useState(0);
  useEffect(() => {
    const watcher = new ResizeObserver(([{ contentRect }]) => set(Math.floor(contentRect.width)));
    watcher.observe(own.current);
    return () => watcher.disconnect();
  }, []);
  return [own, width];
}
