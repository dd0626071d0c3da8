// The rules by which gateways answer, with their hits as they happen, and a form for the rule of the next charge.

import { html, useState } from "../vendor/htm-preact.js";
import { useAction, useAsked } from "../asked.js";
import { Copies, python } from "./copy.js";
import { Form } from "./form.js";
import { Card } from "./page.js";
import { Loading, Trouble } from "./states.js";
import { counted, Status } from "./values.js";

const OUTCOMES = [
  ["approve", "approve"],
  ["challenge", "challenge, wait for the customer"],
  ["frictionless", "3DS without a challenge"],
  ...`insufficient_funds expired_card invalid_card_details authentication_failed generic_processor_error fraud_suspected
    card_restricted generic_hard_decline generic_soft_decline processor_unavailable processor_timeout lost_card stolen_card
    limit_exceeded`.split(/\s+/).map((code) => [code, code]),
  ["unreachable", "unreachable: no answer at all"],
  ["timeout", "timeout: an answer too late"],
];
const OPERATIONS = ["authorize", "capture", "refund", "void"];

/** All rules in the order in which they are asked. */
export function Rules() {
  const { data, error, again } = useAsked("/_mock/rules", null, ["rule"]);
  const [run, { error: refused }] = useAction(again);
  if (error) return html`<${Trouble} error=${error} again=${again} />`;
  if (!data) return html`<${Loading} />`;
  return html`<${Card} title="Rules, the first that fits decides">
    <${Trouble} error=${refused} />
    ${data.length ? ""
      : html`<p class="soft">No rules: the scenario’s “unmatched” decides, most often by the meaning of the test card.</p>`}
    <ol class="rules plain rows">${data.map((rule) => html`<li key=${rule.id}>
      <div class="ends">
        <strong>${rule.name}</strong>
        <span class="buttons">
          <${Status} is=${counted(rule.hits, "hit")} mood=${rule.hits ? "good" : "plain"} />
          ${rule.spent && html`<span class="status wait">spent</span>`}
          <button type="button" class="quiet" aria-label=${`Remove the rule ${rule.name}`}
            onClick=${() => run("DELETE", `/_mock/rules/${rule.id}`)}>Remove</button>
        </span>
      </div>
      <code class="soft">${spelt(rule)}</code>
    </li>`)}</ol>
  <//>`;
}

/** A rule in a line, as it would be written. */
function spelt({ when, then, times, per, chance }) {
  const given = Object.entries({ times, per, chance }).filter(([, value]) => value != null);
  const more = given.map(([key, value]) => ` · ${key} ${value}`);
  const conditions = Object.entries(when).map(([key, value]) => `${key} ${plain(value)}`);
  return `${conditions.join(", ") || "every charge"} → ${plain(then)}${more.join("")}`;
}

const plain = (value) => (typeof value === "object" ? JSON.stringify(value).replaceAll('"', "") : String(value));

/** What the next charge that fits is answered. */
export function NextCharge() {
  const [turn, again] = useState(0);
  const [run, { isBusy, error, done }] = useAction(() => again(turn + 1));
  const { data: profiles } = useAsked("/gateway-profiles", { pageSize: 100 });
  if (!profiles) return null;
  const gateways = profiles.data.map((one) => [one.id, one.title]);
  const fields = [
    { name: "then", label: "Answer", kind: "choice", isRequired: true, value: "insufficient_funds", options: OUTCOMES },
    { name: "gateway", label: "Of the gateway", kind: "choice", options: gateways, help: "Any when left empty" },
    { name: "operation", label: "To", kind: "choice", options: OPERATIONS, isRequired: true, value: "authorize" },
    { name: "amount", label: "Of an amount from", kind: "number", help: "Minor units" },
    { name: "customer", label: "For the customer with the email", help: "jane@example.com or *@example.com" },
    { name: "times", label: "How often", kind: "number", isRequired: true, value: "1" },
  ];
  return html`<${Card} title="A rule for the next charge"
    actions=${done
      && html`<${Copies} request=${{ method: "POST", path: "/_mock/rules", body: posted(done) }}
        pytest=${`odus.rule(${python(posted(done))})`} />`}>
    <${Form} key=${turn} isWide fields=${fields} label="Put it on top" error=${error} isBusy=${isBusy}
      send=${(values) => run("POST", "/_mock/rules", ruleOf(values))} />
    ${done && html`<p role="status" class="soft">On top now: ${done.name}</p>`}
  <//>`;
}

function ruleOf({ then, gateway, operation, amount, customer, times }) {
  const when = { operation, ...(gateway && { gateway }), ...(amount !== undefined && { amount: { gte: amount } }),
    ...(customer && { "customer.email": customer }) };
  return { name: `next ${operation}: ${then}`, when, then, times };
}

const posted = ({ name, when, then, times }) => ({ name, when, then, times });
