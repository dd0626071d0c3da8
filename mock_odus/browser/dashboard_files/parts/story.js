// What happened, told in lines: those of the mock's timeline and the webhooks that were sent because of them.

import { html, useEffect, useRef } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { useTimezone } from "../settings.js";
import { Trouble } from "./states.js";
import { Id, instant, When } from "./values.js";

const TOPICS = ["payment", "customer.", "subscription.", "invoice.", "product.", "price.", "attempt", "challenge",
  "job", "delivery"];
export const KINDS = ["attempt", "challenge", "event", "job", "delivery"];
const MOST_DELIVERIES = 100; // a page of the journal

/**
 * The last `count` lines, newest first, of everything or of one `{payment}`, `{subscription}` or `{customer}`:
 * `{lines, error, isMore}`. Webhooks are told of everything and of one payment, subscription or customer itself.
 */
export function useStory(about, count, kinds = KINDS) {
  const story = useAsked("/_mock/timeline", { ...about, last: count }, TOPICS);
  const [subject] = Object.values(about ?? {});
  const filter = { sortBy: "at", sortDirection: "desc", pageSize: MOST_DELIVERIES,
    ...(subject && { "subject[eq]": subject }) };
  const deliveries = useAsked(kinds.includes("delivery") && "/_mock/journal/deliveries", filter, ["delivery"]);
  const subscribers = useAsked(deliveries.data?.data.length ? "/webhook-subscribers" : "", { pageSize: 100 });
  const urls = Object.fromEntries((subscribers.data?.data ?? []).map((one) => [one.id, one.url]));
  const told = story.data ?? [];
  const isMore = told.length >= count;
  const isNamed = deliveries.data && (subscribers.data || !deliveries.data.data.length);
  const isReady = story.data && (isNamed || !kinds.includes("delivery"));
  const sent = kinds.includes("delivery") ? (deliveries.data?.data ?? []).map((one) => delivered(one, urls)) : [];
  const isTold = ({ kind, subject }) => kinds.includes(kind) && !subject.startsWith("dlv_"); // those are told as sent
  const rest = told.filter(isTold);
  const lines = [...sent.filter((one) => !isMore || one.at >= told[0].at), ...rest.toReversed()];
  lines.sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0)); // equal instants keep their order
  return { lines: isReady ? lines : null, error: story.error ?? deliveries.error, isMore };
}

function delivered(one, urls) {
  const to = urls[one.subscriber] ?? one.subscriber;
  const answer = one.responseStatus ? `answered ${one.responseStatus}`
    : (one.error ?? (one.status === "pending" ? "still to be sent" : one.status));
  const again = one.attempt > 1 ? `, attempt ${one.attempt}` : "";
  const mood = { delivered: "good", pending: "wait" }[one.status] ?? "bad";
  return { at: one.at, kind: "delivery", what: "webhook", subject: one.subject,
    text: `${one.eventType} to ${to}: ${answer}${again}`, mood };
}

/**
 * The lines, each with its time, and a heading where the day changes. What is new since the last look is marked; `of` is
 * the id that the page is about anyway.
 */
export function Story({ lines, error, of }) {
  const seen = useRef(null);
  const zone = useTimezone();
  const keys = keyed(lines ?? []);
  const fresh = new Set(seen.current && keys.filter((key) => !seen.current.has(key)));
  useEffect(() => void (lines && (seen.current = new Set(keys))));
  if (error) return html`<${Trouble} error=${error} />`;
  let day = "";
  return html`<ol class="story">${lines?.map((line, place) => {
    const own = instant(line.at, zone).slice(0, 10);
    const isNewDay = own !== day;
    day = own;
    return html`${isNewDay && html`<li key=${`day ${day}`} class="day"><${When} at=${line.at} isDay /></li>`}
      <${Line} key=${keys[place]} line=${line} of=${of} isFresh=${fresh.has(keys[place])} />`;
  })}</ol>`;
}

const Line = ({ line, isFresh, of }) => html`<li class=${`line ${line.kind} ${isFresh ? "fresh" : ""}`}>
  <${When} at=${line.at} isTime />
  <span><span class=${`status ${line.mood}`}>${line.what}</span></span>
  <span class="told">
    <${Linked} text=${line.text} />${line.rule && html` <span class="soft">← ${ruled(line.rule)}</span>`}
    ${line.subject !== of && !line.text.includes(line.subject) && html` <${Id} id=${line.subject} />`}
  </span>
</li>`;

export const ruled = (rule) => (rule === "test_cards" ? "the test card’s own meaning" : `rule “${rule}”`);

/** A text whose ids lead to what they name. */
const Linked = ({ text }) => text.split(/\b([a-z]{2,5}_[A-Za-z0-9]{27})\b/).map((part, place) =>
  (place % 2 ? html`<${Id} id=${part} />` : part));

/** A name for each line that stays the same when others come: what it says, and how many alike lie beneath it. */
function keyed(lines) {
  const counts = {};
  return lines
    .toReversed()
    .map((line) => {
      const key = `${line.at} ${line.what} ${line.subject} ${line.text}`;
      counts[key] = (counts[key] ?? 0) + 1;
      return `${key} ${counts[key]}`;
    })
    .toReversed();
}
