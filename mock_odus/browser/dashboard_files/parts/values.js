// How values look: money, instants, statuses, ids. Whatever the mock answered is put in as text, never as markup.

import { html } from "../vendor/htm-preact.js";
import { pathOf } from "../pages.js";
import { href } from "../router.js";
import { useTimezone } from "../settings.js";

const formats = new Map(); // one takes as long to make as a row of a table

function format(name, make) {
  if (!formats.has(name)) formats.set(name, make());
  return formats.get(name);
}

/** Minor units for people: `1,250.00 USD`, as the mock's own texts have it. */
export function money(amount, currency) {
  if (amount == null) return "–";
  const code = (currency || "usd").toUpperCase();
  const numbers = format(code, () => {
    const style = { style: "currency", currency: code };
    const digits = new Intl.NumberFormat("en", style).resolvedOptions().maximumFractionDigits;
    return new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  });
  return `${numbers.format(amount / 10 ** numbers.resolvedOptions().maximumFractionDigits)} ${code}`;
}

export const Money = ({ amount, currency }) => html`<span class="money">${money(amount, currency)}</span>`;

/** `1 payment`, `1,200 payments`. */
export const counted = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

/** An instant to the second, in a timezone: `2026-01-31 09:00:00`. */
export function instant(text, zone) {
  if (zone === "UTC") return `${text.slice(0, 10)} ${text.slice(11, 19)}`;
  const shape = { timeZone: zone, dateStyle: "short", timeStyle: "medium", hourCycle: "h23" };
  const times = format(zone, () => new Intl.DateTimeFormat("sv", shape)); // Swedish dates are written as ISO has them
  return times.format(new Date(text));
}

/** An instant in the chosen timezone, or a part of it: without seconds, the day, the time. The whole is its title. */
export function When({ at, isShort, isDay, isTime }) {
  const zone = useTimezone();
  if (!at) return html`<span class="soft">–</span>`;
  const text = instant(at, zone);
  const shown = isTime ? text.slice(11) : text.slice(0, isDay ? 10 : isShort ? 16 : 19);
  return html`<time datetime=${at} title=${`${at} UTC`}>${shown}</time>`;
}

const MOODS = {
  good: "succeeded active paid delivered success approve done passed enabled",
  bad: "failed failure uncollectible recurring_payment_errored chargeback hard_decline refused",
  wait: "requires_action incomplete uncaptured pending partial latest_invoice_retrying soft_decline",
};
const MOOD = Object.fromEntries(Object.entries(MOODS).flatMap(([mood, words]) =>
  words.split(" ").map((word) => [word, mood])));

/** A status in a word, coloured by how it is: good, bad, waiting, or neither. `mood` says it otherwise. */
export const Status = ({ is, mood }) =>
  is == null ? html`<span class="soft">–</span>`
    : html`<span class=${`status ${mood ?? MOOD[is] ?? "plain"}`}>${String(is).replaceAll("_", " ")}</span>`;

/** An id, with a link to what it names; `text` stands in for it. */
export function Id({ id, text }) {
  if (!id) return html`<span class="soft">–</span>`;
  const path = pathOf(id);
  const shown = text ?? html`<code class="id" title=${id}>${short(id)}</code>`;
  return path ? html`<a href=${href(path)}>${shown}</a>` : shown;
}

/** The prefix and the end of an id, by which people tell them apart; the beginning of all is the time. */
export const short = (id) => (id.length > 18 ? `${id.slice(0, id.indexOf("_") + 1)}…${id.slice(-8)}` : id);

/** Any value as well as its looks tell: an id, an instant, yes or no, text, or JSON. */
export function Value({ of: value }) {
  if (value == null || value === "") return html`<span class="soft">–</span>`;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "object") return Object.keys(value).length ? html`<code>${JSON.stringify(value)}</code>`
    : html`<span class="soft">–</span>`;
  if (/^[a-z]+_[A-Za-z0-9]{10,40}$/.test(value)) return html`<${Id} id=${value} />`;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)) return html`<${When} at=${value} />`;
  return String(value);
}
