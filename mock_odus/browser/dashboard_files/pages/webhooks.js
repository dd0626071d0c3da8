// Webhook subscribers, and what was delivered to them.

import { html } from "../vendor/htm-preact.js";
import { useAction } from "../asked.js";
import { Copies } from "../parts/copy.js";
import { Act, Edit } from "../parts/dialog.js";
import { back, Found } from "../parts/found.js";
import { Once } from "../parts/once.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Table } from "../parts/table.js";
import { Id, short, Status, When } from "../parts/values.js";
import { go, href } from "../router.js";

const LIST = ["webhooks", "Webhook subscribers"];
const THINGS = { payment: "cu", customer: "cud", payment_method: "cud", subscription: "cu", invoice: "cu", product: "cud", price: "cud" };
const VERBS = { c: "created", u: "updated", d: "deleted" };
const EVENTS = ["*", ...Object.entries(THINGS).flatMap(([thing, verbs]) => [...verbs].map((verb) => `${thing}.${VERBS[verb]}`))];
const STATUSES = ["pending", "delivered", "failed", "refused"];

export default ({ id, query }) => (id ? html`<${Subscriber} key=${id} id=${id} query=${query} />` : html`<${Subscribers} query=${query} />`);

const details = (one) => [
  { name: "url", label: "URL", isRequired: true, value: one?.url, help: "http is taken as well, on this machine and in private networks" },
  { name: "events", label: "Events", kind: "several", options: EVENTS, value: one?.events ?? ["*"] },
];

const New = () => html`<${Once} label="New subscriber" path="/webhook-subscribers" fields=${details()} secret=${({ secret }) => secret}
  about="The secret that signs what is sent to this subscriber. It is not told again." then=${(made) => go(href(`webhooks/${made.id}`))} />`;

const Subscribers = ({ query }) => html`<${Page} title="Webhook subscribers" actions=${html`<${New} />`}>
  <${Table} path="/webhook-subscribers" query=${query} topics=${[]} label="Webhook subscribers" open=${({ id }) => `webhooks/${id}`}
    columns=${[
      { title: "URL", sortBy: "url", show: ({ url }) => url },
      { title: "Events", show: ({ events }) => (events.length > 2 ? `${events.length} types` : events.join(", ")) },
      { title: "Subscriber", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
      { title: "Created", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
    ]}
    empty=${{ title: "Nobody listens yet", text: "Tell where your application takes webhooks, and which.", children: html`<${New} />` }} />
<//>`;

const Subscriber = ({ id, query }) => html`<${Found} path=${`/webhook-subscribers/${id}`} list=${LIST} topics=${[]} show=${(one, again) => html`<${Shown} subscriber=${one} ...${{ query, again }} />`} />`;

function Shown({ subscriber, query, again }) {
  const { id, url } = subscriber;
  const path = `/webhook-subscribers/${id}`;
  return html`<${Page} title=${url} back=${back(LIST)} about=${html`<code>${id}</code>`}
    actions=${html`
      <${Edit} title="Edit the subscriber" path=${path} then=${again} fields=${details(subscriber)} />
      <${Act} label="Delete" title="Delete the subscriber" isGrave method="DELETE" path=${path} then=${() => go(href("webhooks"))} text="What was not delivered yet never will be." />
      <${Copies} request=${{ path }} />`}>
    <${Card} title="Subscriber"><${Fields} of=${[["Events", subscriber.events.join(", ")], ["Created", subscriber.createdAt], ["Metadata", subscriber.metadata]]} /><//>
    <h2>Deliveries</h2>
    <${Table} path="/_mock/journal/deliveries" query=${query} always=${{ "subscriber[eq]": id }} initial=${{ sortBy: "at", sortDirection: "desc" }} topics=${["delivery"]} label="Deliveries"
      columns=${[
        { title: "Sent", sortBy: "at", show: ({ at }) => html`<${When} at=${at} />` },
        { title: "Type", show: ({ eventType }) => eventType },
        { title: "About", show: ({ subject }) => html`<${Id} id=${subject} />` },
        { title: "Attempt", isNumber: true, show: ({ attempt }) => attempt },
        { title: "Status", show: ({ status }) => html`<${Status} is=${status} />` },
        { title: "Answer", show: ({ responseStatus, error }) => responseStatus ?? error ?? html`<span class="soft">–</span>` },
        { title: "Again", show: (one) => html`<${Again} delivery=${one} />` },
      ]}
      filters=${[
        { name: "status[eq]", label: "Status", options: STATUSES },
        { name: "eventType[eq]", label: "Type", options: EVENTS.slice(1) },
      ]}
      empty=${{ title: "Nothing was delivered yet", text: "It happens when something happens: make a payment, or move the clock." }} />
    <${Raw} of=${subscriber} />
  <//>`;
}

function Again({ delivery }) {
  const [run, { isBusy, error }] = useAction();
  if (delivery.status === "pending") return html`<span class="soft">on its way</span>`;
  return html`<button type="button" class="quiet" disabled=${isBusy} onClick=${() => run("POST", `/_mock/deliveries/${delivery.id}/redeliver`, {})}>Redeliver</button>
    ${error && html`<span class="problem" role="alert">${error.message}</span>`}`;
}
