// The calendar of a month's renewals: what was paid, what has failed and what is expected on each day.

import { html } from "../vendor/htm-preact.js";
import { monthAway, weekday } from "../ranges.js";
import { Card } from "./page.js";
import { money } from "./values.js";

const STATES = { paid: ["✓", "good"], failed: ["✕", "bad"], expected: ["○", "wait"] };
const WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** `of` is what GET /_mock/analytics/rebills answers; `show(month)` goes to another month. */
export function Rebills({ of: { month, today, currency, days }, show }) {
  const cells = [...Array(weekday(days[0].date)).fill(null), ...days];
  while (cells.length % 7) cells.push(null);
  const weeks = Array.from({ length: cells.length / 7 }, (_, place) => cells.slice(place * 7, place * 7 + 7));
  const inWords = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });
  return html`<${Card} title="Rebills" class="rebills" actions=${html`
      <button type="button" aria-label="The month before" onClick=${() => show(monthAway(month, -1))}>←</button>
      <strong class="month" aria-live="polite">${inWords.format(new Date(`${month}-01`))}</strong>
      <button type="button" aria-label="The month after" onClick=${() => show(monthAway(month, 1))}>→</button>
      ${!today.startsWith(month) && html`<button type="button" class="quiet" onClick=${() => show("")}>This month</button>`}`}>
    <p class="legend">
      ${Object.keys(STATES).map((state) => html`<${Sum} ...${{ state, currency }} of=${summed(days, state)} isWhole />`)}
    </p>
    <table>
      <thead><tr>${WEEK.map((day) => html`<th scope="col"><abbr title=${day}>${day.slice(0, 3)}</abbr></th>`)}</tr></thead>
      <tbody>${weeks.map((week) => html`<tr>${week.map((day) => html`<${Day} ...${{ day, today, currency }} />`)}</tr>`)}</tbody>
    </table>
  <//>`;
}

function Day({ day, today, currency }) {
  if (!day) return html`<td class="blank"></td>`;
  const isToday = day.date === today;
  const states = Object.keys(STATES).filter((state) => day[state].count);
  return html`<td class=${`${states.length ? "" : "idle"} ${isToday ? "today" : ""}`} aria-current=${isToday ? "date" : null}>
    <time datetime=${day.date}>${Number(day.date.slice(8))}</time>
    ${states.map((state) => html`<${Sum} state=${state} of=${day[state]} currency=${currency} />`)}
  </td>`;
}

/** How many renewals are so, and what they come to: in a word as well as by a sign and a colour. */
function Sum({ state, of: { count, amount }, currency, isWhole }) {
  const [sign, mood] = STATES[state];
  const text = money(amount, currency);
  return html`<span class=${`rebill ${mood}`} title=${`${count} ${state}: ${text}`}>
    <span aria-hidden="true">${sign}</span> <b>${count}</b> <span class=${isWhole ? "" : "unseen"}>${state}</span>
    ${" "}<span class="sum">${isWhole ? text : text.split(" ")[0]}</span>
  </span>`;
}

function summed(days, state) {
  const sum = (field) => days.reduce((before, day) => before + day[state][field], 0);
  return { count: sum("count"), amount: sum("amount") };
}
