// Invoices: the list, and one of them with its lines; pay and void.

import { html } from "../vendor/htm-preact.js";
import { Copies } from "../parts/copy.js";
import { Act } from "../parts/dialog.js";
import { back, Found } from "../parts/found.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Table } from "../parts/table.js";
import { Id, Money, money, short, Status, When } from "../parts/values.js";

const LIST = ["invoices", "Invoices"];

export const INVOICE_COLUMNS = [
  { title: "Invoice", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
  { title: "Amount", sortBy: "amount", isNumber: true, show: (one) => html`<${Money} ...${one} />` },
  { title: "Status", sortBy: "status", show: ({ status }) => html`<${Status} is=${status} />` },
  { title: "Attempts", sortBy: "attemptCount", isNumber: true, show: ({ attemptCount }) => attemptCount },
  { title: "Period", sortBy: "periodStart", show: (one) => html`<${When} at=${one.periodStart} isShort /> – <${When} at=${one.periodEnd} isShort />` },
];

export default ({ id, query }) => (id ? html`<${Invoice} key=${id} id=${id} />` : html`<${Invoices} query=${query} />`);

const Invoices = ({ query }) => html`<${Page} title="Invoices">
  <${Table} path="/invoices" query=${query} topics=${["invoice."]} label="Invoices" open=${({ id }) => `invoices/${id}`}
    columns=${[
      ...INVOICE_COLUMNS,
      { title: "Customer", show: ({ customer }) => html`<${Id} id=${customer} />` },
      { title: "Subscription", show: ({ subscription }) => html`<${Id} id=${subscription} />` },
    ]}
    filters=${[
      { name: "status[eq]", label: "Status", options: ["open", "paid", "void", "uncollectible"] },
      { name: "customer[eq]", label: "Customer", hint: "cus_…" },
      { name: "subscription[eq]", label: "Subscription", hint: "sub_…" },
    ]}
    empty=${{ title: "No invoices yet", text: "Each period of a subscription has one; the first comes with its first payment." }} />
<//>`;

const Invoice = ({ id }) => html`<${Found} path=${`/invoices/${id}`} list=${LIST} topics=${["invoice.", "payment."]} show=${(one, again) => html`<${Shown} invoice=${one} again=${again} />`} />`;

function Shown({ invoice, again }) {
  const { id, status, amount, currency } = invoice;
  const path = `/invoices/${id}`;
  const canPay = status === "open" || status === "uncollectible";
  return html`<${Page} title=${`Invoice of ${money(amount, currency)}`} back=${back(LIST)} about=${html`<${Status} is=${status} /> <code>${id}</code>`}
    actions=${html`
      ${canPay && html`<${Act} label="Pay" title="Ask for the money once more" path=${`${path}/pay`} then=${again} text="The saved payment method is charged now. A decline changes nothing." />`}
      ${status === "open" && html`<${Act} label="Void" title="Void the invoice" isGrave path=${`${path}/void`} then=${again} text="The period is forgiven, and the subscription goes on." />`}
      <${Copies} request=${{ path }} />`}>
    <${Card} title="Invoice">
      <${Fields} of=${[
        ["Customer", invoice.customer],
        ["Subscription", invoice.subscription],
        ["Payment", invoice.payment],
        ["Period", html`<${When} at=${invoice.periodStart} isShort /> – <${When} at=${invoice.periodEnd} isShort />`],
        ["Paid so far", html`<${Money} amount=${invoice.amountPaid} currency=${currency} />`],
        ["Credit applied", html`<${Money} amount=${invoice.creditApplied} currency=${currency} />`],
        ["Let off", html`<${Money} amount=${invoice.reduction} currency=${currency} />`],
        ["Attempts", String(invoice.attemptCount)],
        ["Due", invoice.dueAt],
        ["Paid", invoice.paidAt],
        invoice.voidedAt && ["Voided", invoice.voidedAt],
        ["Metadata", invoice.metadata],
      ]} />
    <//>
    <${Card} title="Lines">
      <div class="scroll" tabindex="0" role="region" aria-label="Lines"><table class="lines">
        <thead><tr><th scope="col">What</th><th scope="col">Price</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Amount</th><th scope="col">Period</th></tr></thead>
        <tbody>${invoice.lines.map((line) => html`<tr>
          <td>${line.description}</td><td><${Id} id=${line.price} /></td><td class="number">${line.quantity}</td>
          <td class="number"><${Money} amount=${line.amount} currency=${currency} /></td>
          <td>${line.periodStart ? html`<${When} at=${line.periodStart} isShort /> – <${When} at=${line.periodEnd} isShort />` : html`<span class="soft">once</span>`}</td>
        </tr>`)}</tbody>
      </table></div>
    <//>
    <${Raw} of=${invoice} />
  <//>`;
}
