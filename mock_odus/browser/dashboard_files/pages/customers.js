// Customers: the list, and one of them with what they pay for, pay with and paid.

import { html } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { Copies } from "../parts/copy.js";
import { Act, Edit } from "../parts/dialog.js";
import { back, Found } from "../parts/found.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Empty } from "../parts/states.js";
import { Table } from "../parts/table.js";
import { Id, Money, short, Status, When } from "../parts/values.js";
import { go, href } from "../router.js";

const LIST = ["customers", "Customers"];

export default ({ id, query }) => (id ? html`<${Customer} key=${id} id=${id} />` : html`<${Customers} query=${query} />`);

const details = (one = {}) => [
  { name: "email", label: "Email", isRequired: true, value: one.email },
  { name: "name", label: "Name", value: one.name, empty: one.name ? null : undefined },
  { name: "phoneNumber", label: "Phone number", value: one.phoneNumber, empty: one.phoneNumber ? null : undefined, help: "+15559876543" },
];

const New = () => html`<${Act} label="New customer" path="/customers" then=${(made) => go(href(`customers/${made.id}`))}
  fields=${[...details(), { name: "metadata", label: "Metadata", kind: "keys", help: "One key=value a line" }]} />`;

const Customers = ({ query }) => html`<${Page} title="Customers" actions=${html`<${New} />`}>
  <${Table} path="/customers" query=${query} topics=${["customer."]} label="Customers" open=${({ id }) => `customers/${id}`}
    columns=${[
      { title: "Email", sortBy: "email", show: ({ email }) => email },
      { title: "Name", sortBy: "name", show: ({ name }) => name ?? html`<span class="soft">–</span>` },
      { title: "Restricted", show: (one) => html`<${Blocks} of=${one} />` },
      { title: "Customer", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
      { title: "Created", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
    ]}
    filters=${[
      { name: "email[like]", label: "Email has", hint: "jane@" },
      { name: "name[like]", label: "Name has" },
      { name: "restrictMit[eq]", label: "Renewals", options: [["true", "blocked"], ["false", "allowed"]] },
    ]}
    empty=${{ title: "No customers yet", text: "Make one here, or call POST /customers from your application.", children: html`<${New} />` }} />
<//>`;

function Blocks({ of: { restrictCit, restrictMit } }) {
  if (!restrictCit && !restrictMit) return html`<span class="soft">no</span>`;
  return html`<${Status} mood="bad" is=${restrictCit && restrictMit ? "all payments" : restrictCit ? "their own" : "the merchant's"} />`;
}

const Customer = ({ id }) => html`<${Found} path=${`/customers/${id}`} list=${LIST} topics=${["customer."]} show=${(customer, again) => html`<${Shown} ...${{ customer, again }} />`} />`;

function Shown({ customer, again }) {
  const { id, email } = customer;
  const mine = { "customer[eq]": id };
  return html`<${Page} title=${customer.name ?? email} back=${back(LIST)} about=${html`${email} <code>${id}</code>`}
    actions=${html`<${Actions} customer=${customer} then=${again} /><${Copies} request=${{ path: `/customers/${id}` }} />`}>
    <${Card} title="Customer">
      <${Fields} of=${[
        ["Email", email],
        ["Name", customer.name],
        ["Phone number", customer.phoneNumber],
        ["Date of birth", customer.dateOfBirth],
        ["Their own payments", html`<${Status} is=${customer.restrictCit ? "blocked" : "allowed"} mood=${customer.restrictCit ? "bad" : "good"} />`],
        ["The merchant's, renewals included", html`<${Status} is=${customer.restrictMit ? "blocked" : "allowed"} mood=${customer.restrictMit ? "bad" : "good"} />`],
        customer.restrictReason && ["Reason", customer.restrictReason],
        ["Billing address", customer.billingAddress],
        ["Shipping address", customer.shippingAddress],
        ["Created", customer.createdAt],
        ["Metadata", customer.metadata],
      ]} />
    <//>
    <h2>Subscriptions</h2>
    <${Table} path="/subscriptions" always=${mine} topics=${["subscription."]} label="Subscriptions" open=${(one) => `subscriptions/${one.id}`}
      columns=${[
        { title: "Subscription", show: (one) => html`<code class="id" title=${one.id}>${short(one.id)}</code>` },
        { title: "Status", show: (one) => html`<${Status} is=${one.autoBillingDisabledReason ?? (one.cancelAtPeriodEnd ? "ends with its period" : one.status)} />` },
        { title: "Price", show: ({ price }) => html`<${Id} id=${price} />` },
        { title: "Until", show: ({ currentPeriodEnd }) => html`<${When} at=${currentPeriodEnd} isShort />` },
      ]}
      empty=${{ title: "No subscriptions", text: "One begins when a payment of this customer succeeds whose cart holds a recurring price." }} />
    <h2>Saved payment methods</h2>
    <${Methods} customer=${id} />
    <h2>Payments</h2>
    <${Table} path="/payments" always=${mine} topics=${["payment."]} label="Payments" open=${(one) => `payments/${one.id}`}
      columns=${[
        { title: "Payment", show: (one) => html`<code class="id" title=${one.id}>${short(one.id)}</code>` },
        { title: "Amount", isNumber: true, show: (one) => html`<${Money} ...${one} />` },
        { title: "Status", show: (one) => html`<${Status} is=${one.displayStatus} />` },
        { title: "Created", show: (one) => html`<${When} at=${one.createdAt} isShort />` },
      ]}
      empty=${{ title: "No payments", text: "Make one with this customer under Payments." }} />
    <${Raw} of=${customer} />
  <//>`;
}

function Methods({ customer }) {
  const { data, again } = useAsked("/payment-methods", { "customer[eq]": customer, pageSize: 100 }, ["payment_method.", "customer."]);
  if (!data) return null;
  if (!data.data.length) return html`<${Empty} title="Nothing saved" text="The card of a customer's first successful payment is saved by itself." />`;
  return html`<div class="list"><div class="scroll" tabindex="0" role="region" aria-label="Saved payment methods"><table>
    <thead><tr><th scope="col">Method</th><th scope="col">Default</th><th scope="col">Saved</th><th scope="col"><span class="soft">Change</span></th></tr></thead>
    <tbody>${data.data.map((one) => html`<tr key=${one.id}>
      <td>${one.card ? `${one.card.brand} ${one.card.lastFour}, ${one.card.expMonth}/${one.card.expYear}` : one.type} <code class="id soft">${short(one.id)}</code></td>
      <td>${one.isDefault ? html`<${Status} is="default" mood="good" />` : html`<span class="soft">no</span>`}</td>
      <td><${When} at=${one.createdAt} isShort /></td>
      <td><div class="buttons">
        ${!one.isDefault && html`<${Act} label="Make default" isQuiet path=${`/payment-methods/${one.id}`} body=${() => ({ isDefault: true })} then=${again} text="Renewals of subscriptions keep the method they have." />`}
        <${Act} label="Delete" title="Delete the saved method" isGrave method="DELETE" path=${`/payment-methods/${one.id}`} then=${again} text="Refused while an active subscription uses it." />
      </div></td>
    </tr>`)}</tbody>
  </table></div></div>`;
}

const blocked = (one) => [
  { name: "restrictCit", label: "Block what the customer begins", kind: "flag", value: one.restrictCit },
  { name: "restrictMit", label: "Block what the merchant begins, renewals included", kind: "flag", value: one.restrictMit },
  { name: "restrictReason", label: "Reason", value: one.restrictReason, empty: null },
];

function Actions({ customer, then }) {
  const path = `/customers/${customer.id}`;
  return html`
    <${Edit} title="Edit the customer" path=${path} then=${then} fields=${details(customer)} />
    <${Act} label="Restrict" title="Restrict or free the customer" path=${`${path}/restrictions`} then=${then} fields=${blocked(customer)} text="A renewal that is blocked goes into dunning, so lifting it in time recovers." />
    <${Act} label="Blacklist" title="Blacklist the email" isGrave path="/blacklist" fields=${[{ name: "reason", label: "Reason" }]} body=${({ reason }) => ({ email: customer.email, reason })} then=${() => go(href("blacklist"))} text=${`Every payment of every customer with ${customer.email} is blocked.`} />
    <${Act} label="Delete" title="Delete the customer" isGrave method="DELETE" path=${path} then=${() => go(href("customers"))} text="Their saved payment methods are deleted as well." />
  `;
}
