// Subscriptions: the list, and one of them with its invoices; cancel, resume, another plan.

import { html, useState } from "../vendor/htm-preact.js";
import { useAction, useAsked } from "../asked.js";
import { Copies } from "../parts/copy.js";
import { Act, Dialog, Edit } from "../parts/dialog.js";
import { back, Found, useChoices } from "../parts/found.js";
import { Form } from "../parts/form.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Trouble } from "../parts/states.js";
import { Table } from "../parts/table.js";
import { Id, Money, money, short, Status, When } from "../parts/values.js";
import { INVOICE_COLUMNS } from "./invoices.js";
import { told } from "./prices.js";

const LIST = ["subscriptions", "Subscriptions"];
const WHY = ["latest_invoice_retrying", "recurring_payment_errored", "subscription_cancelled"];

export default ({ id, query }) => (id ? html`<${Subscription} key=${id} id=${id} />` : html`<${Subscriptions} query=${query} />`);

/** The word for how a subscription is: one of the five states of the documentation. */
const state = (one) => one.autoBillingDisabledReason ?? (one.cancelAtPeriodEnd ? "ends with its period" : one.status);
const State = ({ of: one }) => html`<${Status} is=${state(one)} mood=${one.cancelAtPeriodEnd ? "wait" : undefined} />`;

const Subscriptions = ({ query }) => html`<${Page} title="Subscriptions">
  <${Table} path="/subscriptions" query=${query} topics=${["subscription."]} label="Subscriptions" open=${({ id }) => `subscriptions/${id}`}
    columns=${[
      { title: "Subscription", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
      { title: "State", sortBy: "status", show: (one) => html`<${State} of=${one} />` },
      { title: "Customer", show: ({ customer }) => html`<${Id} id=${customer} />` },
      { title: "Price", show: ({ price }) => html`<${Id} id=${price} />` },
      { title: "Cycle", sortBy: "currentCycle", isNumber: true, show: ({ currentCycle }) => currentCycle },
      { title: "Until", sortBy: "currentPeriodEnd", show: (one) => html`<${When} at=${one.currentPeriodEnd} isShort />` },
      { title: "Created", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
    ]}
    filters=${[
      { name: "status[eq]", label: "Status", options: ["active", "cancelled"] },
      { name: "autoBillingDisabledReason[eq]", label: "Not billed since", options: WHY },
      { name: "cancelAtPeriodEnd[eq]", label: "Cancel", options: [["true", "at the end of the period"], ["false", "none"]] },
      { name: "customer[eq]", label: "Customer", hint: "cus_…" },
    ]}
    empty=${{ title: "No subscriptions yet", text: "One begins when a payment succeeds whose cart holds a recurring price: subscribe in the demo shop, or with odus.subscribe(customer, price) in a test." }} />
<//>`;

const Subscription = ({ id }) => html`<${Found} path=${`/subscriptions/${id}`} list=${LIST} topics=${["subscription."]} show=${(one, again) => html`<${Shown} subscription=${one} again=${again} />`} />`;

function Shown({ subscription, again }) {
  const { id, billingSettings: billing, upcomingInvoice: next, currency } = subscription;
  return html`<${Page} title=${`Subscription ${short(id)}`} back=${back(LIST)} about=${html`<${State} of=${subscription} /> <code>${id}</code>`}
    actions=${html`<${Actions} subscription=${subscription} then=${again} /><${Copies} request=${{ path: `/subscriptions/${id}` }} />`}>
    <${Card} title="Subscription">
      <${Fields} of=${[
        ["Customer", subscription.customer],
        ["Price", subscription.price],
        ["Product", subscription.product],
        ["Quantity", String(subscription.quantity)],
        ["Current period", html`<${When} at=${subscription.currentPeriodStart} isShort /> – <${When} at=${subscription.currentPeriodEnd} isShort />`],
        ["Cycle", String(subscription.currentCycle)],
        ["Next charge", next && html`<${Money} amount=${next.amount} currency=${currency} /> <${When} at=${next.periodStart} isShort />`],
        ["Billed by itself", subscription.autoBillingEnabled],
        ["Credit", html`<${Money} amount=${subscription.creditBalance} currency=${currency} />`],
        ["Payment method", subscription.paymentMethod],
        ["Gateway profile", billing.gatewayProfile],
        ["Capture", billing.captureDelay ? `${billing.captureMethod}, ${billing.captureDelay} days` : billing.captureMethod],
        ["Retry policy", subscription.retryPolicy ?? "the merchant's default"],
        ["Since", subscription.startDate],
        subscription.cancelledAt && ["Cancelled", subscription.cancelledAt],
        ["Metadata", subscription.metadata],
      ]} />
    <//>
    <h2>Invoices</h2>
    <${Table} path="/invoices" always=${{ "subscription[eq]": id }} topics=${["invoice."]} label="Invoices" open=${(one) => `invoices/${one.id}`} columns=${INVOICE_COLUMNS} empty=${{ title: "No invoices", text: "Each period has one." }} />
    <${Raw} of=${subscription} />
  <//>`;
}

function Actions({ subscription, then }) {
  const { id, status, autoBillingEnabled, cancelAtPeriodEnd } = subscription;
  const path = `/subscriptions/${id}`;
  if (status === "cancelled") return null;
  return html`
    ${autoBillingEnabled && !cancelAtPeriodEnd && html`<${PlanChange} subscription=${subscription} then=${then} />`}
    <${Change} subscription=${subscription} then=${then} />
    ${cancelAtPeriodEnd && html`<${Act} label="Resume" title="Resume the subscription" path=${`${path}/resume`} then=${then} text="The cancel is called off, and the next renewal is charged." />`}
    <${Act} label="Cancel" title="Cancel the subscription" isGrave path=${`${path}/cancel`} then=${then}
      text=${cancelAtPeriodEnd ? "It already ends with its period. Cancelled immediately it ends now, for good." : "It ends with the period that is paid for, and can be resumed until then."}
      fields=${[{ name: "cancelImmediately", label: "Cancel immediately, for good", kind: "flag", value: cancelAtPeriodEnd }]} />
  `;
}

/** Another saved method, another retry policy; nothing is charged by it. */
function Change({ subscription, then }) {
  const methods = useChoices("/payment-methods", (one) => (one.card ? `${one.card.brand} ${one.card.lastFour}` : one.type), { "customer[eq]": subscription.customer });
  const policies = useChoices("/retry-policies", (one) => one.title);
  return html`<${Edit} title="Edit the subscription" path=${`/subscriptions/${subscription.id}`} then=${then} text="Nothing is charged: the next renewal or retry uses it."
    fields=${[
      { name: "paymentMethod", label: "Payment method", kind: "choice", options: methods, value: subscription.paymentMethod },
      { name: "retryPolicy", label: "Retry policy", kind: "choice", options: policies, value: subscription.retryPolicy, empty: null, help: "The merchant's default when none is chosen" },
    ]} />`;
}

/** Preview first, then apply: what it will cost stands between the two. */
function PlanChange({ subscription, then }) {
  const [isOpen, open] = useState(false);
  const close = () => open(false);
  return html`<button type="button" onClick=${() => open(true)}>Change plan</button>
    ${isOpen && html`<${Dialog} title="Change the plan" close=${close}><${Plans} ...${{ subscription, then, close }} /><//>`}`;
}

function Plans({ subscription, then, close }) {
  const { id, currency, price } = subscription;
  const path = `/subscriptions/${id}`;
  const query = { "type[eq]": "recurring", "isActive[eq]": "true", "currency[eq]": currency, pageSize: 100 };
  const { data: prices } = useAsked("/prices", query);
  const [look, { error, isBusy, done: preview }] = useAction();
  const [apply, { error: refused, isBusy: isApplying, done: applied }] = useAction((answer) => (answer.applied && close(), then?.(answer)));
  const options = prices?.data.filter((one) => one.id !== price).map((one) => [one.id, told(one)]) ?? [];
  if (!prices) return null;
  if (!options.length) return html`<p>There is no other active recurring price in ${currency}. Make one under Products.</p>`;
  if (!preview) return html`<${Form} label="Preview" fields=${[{ name: "price", label: "New price", kind: "choice", isRequired: true, options, value: options[0][0] }]} error=${error} isBusy=${isBusy} send=${(body) => look("POST", `${path}/preview`, body)} cancel=${close} />`;
  const { amountDue, amountCredit, previewValidUntil, subscription: then_ } = preview;
  return html`
    <${Fields} of=${[
      ["Charged now", money(amountDue, currency)],
      ["Credited", money(amountCredit, currency)],
      ["New period", html`<${When} at=${then_.currentPeriodStart} isShort /> – <${When} at=${then_.currentPeriodEnd} isShort />`],
      ["Holds until", previewValidUntil],
    ]} />
    ${applied && !applied.applied && html`<div class="trouble" role="alert"><p>The charge was declined, so the plan stays as it was. See <${Id} id=${applied.payment?.id} />.</p></div>`}
    <${Trouble} error=${refused} />
    <div class="buttons end">
      <button type="button" class="quiet" onClick=${close}>Keep the plan</button>
      <button type="button" class="main" disabled=${isApplying} onClick=${() => apply("POST", `${path}/apply-preview`, { preview: preview.id })}>Apply</button>
    </div>`;
}
