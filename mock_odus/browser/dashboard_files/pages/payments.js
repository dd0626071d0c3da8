// Payments: the list, and one of them with its journey and what can be done with it.

import { html } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { Challenges } from "../parts/challenges.js";
import { Copies } from "../parts/copy.js";
import { Act } from "../parts/dialog.js";
import { Journey } from "../parts/journey.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Loading, Trouble } from "../parts/states.js";
import { Story, useStory } from "../parts/story.js";
import { Table } from "../parts/table.js";
import { Id, money, Money, short, Status, When } from "../parts/values.js";
import { href } from "../router.js";
import { Actions } from "./payment_actions.js";

const STATUSES = ["open", "requires_action", "succeeded", "cancelled"];
const SHOWN_AS = "unattempted incomplete failed uncaptured succeeded partially_reversed reversed chargeback cancelled".split(" ");

export default ({ id, query }) => (id ? html`<${Payment} key=${id} id=${id} />` : html`<${Payments} query=${query} />`);

const Payments = ({ query }) => html`<${Page} title="Payments" actions=${html`<${NewPayment} />`}>
  <${Table} path="/payments" query=${query} topics=${["payment."]} label="Payments" open=${(payment) => `payments/${payment.id}`}
    columns=${[
      { title: "Payment", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
      { title: "Amount", sortBy: "amount", isNumber: true, show: (one) => html`<${Money} ...${one} />` },
      { title: "Status", sortBy: "displayStatus", show: (one) => html`<${Status} is=${one.displayStatus} />` },
      { title: "Customer", show: ({ customer }) => html`<${Id} id=${customer} />` },
      { title: "Initiator", sortBy: "initiator", show: (one) => one.offSessionType ?? one.initiator },
      { title: "Next try", sortBy: "retryNextAt", show: (one) => html`<${When} at=${one.retryNextAt} isShort />` },
      { title: "Created", sortBy: "createdAt", show: (one) => html`<${When} at=${one.createdAt} isShort />` },
    ]}
    filters=${[
      { name: "displayStatus[eq]", label: "Shown as", options: SHOWN_AS },
      { name: "status[eq]", label: "Status", options: STATUSES },
      { name: "amount[gte]", label: "Amount from", hint: "minor units" },
      { name: "amount[lte]", label: "to", hint: "minor units" },
      { name: "customer[eq]", label: "Customer", hint: "cus_…" },
    ]}
    empty=${{
      title: "No payments yet",
      text: "Make one here, pay in the demo shop, or call POST /payments from your application with the secret key of this sandbox.",
      children: html`<${NewPayment} />`,
    }} />
<//>`;

const NewPayment = () => html`<${Act} label="New payment" path="/payments" text="The payment is open; it is charged when it is authorized."
  fields=${[
    { name: "amount", label: "Amount in minor units", kind: "number", isRequired: true, value: "4900" },
    { name: "currency", label: "Currency", isRequired: true, value: "usd" },
    { name: "customer", label: "Customer", help: "cus_…" },
    { name: "metadata", label: "Metadata", kind: "keys", help: "One key=value a line" },
  ]} />`;

function Payment({ id }) {
  const { data: payment, error, again } = useAsked(`/payments/${id}`, null, ["payment.", "attempt", "challenge"]);
  const back = [href("payments"), "Payments"];
  if (!payment) return error ? html`<${Page} title="Payment" back=${back}><${Trouble} error=${error} again=${again} /><//>` : html`<${Loading} />`;
  const actions = html`<${Actions} payment=${payment} then=${again} /><${Copies} request=${{ path: `/payments/${id}` }} />`;
  return html`<${Page} title=${money(payment.amount, payment.currency)} back=${back} actions=${actions}
    about=${html`<${Status} is=${payment.displayStatus} /> <code>${id}</code>`}>
    <${Challenges} payment=${id} />
    <${Card} title="Its way through the gateways"><${Journey} payment=${payment} /><//>
    <${Card} title="Payment">
      <${Fields} of=${[
        ["Status", html`<${Status} is=${payment.status} />`],
        ["Customer", payment.customer],
        ["Payment method", payment.paymentMethod],
        ["Initiator", payment.offSessionType ? `${payment.initiator}, ${payment.offSessionType}` : payment.initiator],
        ["Capture", payment.captureMethod],
        ["Captured", html`<${Money} amount=${payment.amountCaptured} currency=${payment.currency} />`],
        ["Reversed", html`<${Money} amount=${payment.amountReversed} currency=${payment.currency} />`],
        ["Gateway profile", payment.gatewayProfile],
        payment.subscriptions.length && ["Subscriptions", payment.subscriptions.map((one) => html`<${Id} id=${one} /> `)],
        payment.invoices.length && ["Invoices", payment.invoices.map((one) => html`<${Id} id=${one} /> `)],
        ["Created", payment.createdAt],
        ["Next try", payment.retryNextAt],
        ["Metadata", payment.metadata],
      ]} />
    <//>
    <${History} id=${id} />
    <${Raw} of=${payment} />
  <//>`;
}

function History({ id }) {
  const { lines, error } = useStory({ payment: id }, 100);
  return html`<section class="page"><h2>What happened, newest first</h2><${Story} lines=${lines} error=${error} of=${id} /></section>`;
}
