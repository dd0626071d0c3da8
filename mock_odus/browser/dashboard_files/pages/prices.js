// Prices: what a product is sold at, once or again and again.

import { html } from "../vendor/htm-preact.js";
import { Copies } from "../parts/copy.js";
import { Act, Edit } from "../parts/dialog.js";
import { back, Found } from "../parts/found.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Table } from "../parts/table.js";
import { Id, Money, money, short, Status, When } from "../parts/values.js";
import { go, href } from "../router.js";

const LIST = ["prices", "Prices"];
const UNITS = ["minute", "hour", "day", "week", "month", "year"];

export default ({ id, query }) => (id ? html`<${Price} key=${id} id=${id} />` : html`<${Prices} query=${query} />`);

/** A cycle for people: `29.99 USD a month`, `0.00 USD for 2 weeks`. */
const cycle = ({ amount, intervalUnit, intervalValue }, currency, isLast) =>
  `${money(amount, currency)} ${intervalValue === 1 ? (isLast ? `a ${intervalUnit}` : `for a ${intervalUnit}`) : `${isLast ? "every" : "for"} ${intervalValue} ${intervalUnit}s`}`;

/** A price for people: `Monthly: 29.99 USD a month`. */
export function told({ name, type, amount, currency, billingSchedule }) {
  const cycles = [...(billingSchedule?.cycleDefinitions ?? [])].sort((one, other) => one.position - other.position);
  const text = type === "one_time" ? money(amount, currency) : cycles.map((one, place) => cycle(one, currency, place === cycles.length - 1)).join(", then ");
  return name ? `${name}: ${text}` : text;
}

export const PRICE_COLUMNS = [
  { title: "Price", show: (one) => told(one) },
  { title: "Type", sortBy: "type", show: ({ type }) => type.replace("_", " ") },
  { title: "Sold", sortBy: "isActive", show: ({ isActive }) => html`<${Status} is=${isActive ? "active" : "inactive"} />` },
  { title: "Id", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
];

const Prices = ({ query }) => html`<${Page} title="Prices" about="New ones are made on the page of their product.">
  <${Table} path="/prices" query=${query} topics=${["price."]} label="Prices" open=${({ id }) => `prices/${id}`}
    columns=${[
      ...PRICE_COLUMNS,
      { title: "Product", show: ({ product }) => html`<${Id} id=${product} />` },
      { title: "Created", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
    ]}
    filters=${[
      { name: "type[eq]", label: "Type", options: ["one_time", "recurring"] },
      { name: "isActive[eq]", label: "Sold", options: [["true", "yes"], ["false", "no"]] },
      { name: "currency[eq]", label: "Currency", hint: "usd" },
    ]}
    empty=${{ title: "No prices yet", text: "Make a product first; its page makes the prices.", children: html`<a class="button" href=${href("products")}>Products</a>` }} />
<//>`;

const CYCLES = {
  name: "cycles", label: "Cycles", kind: "rows",
  value: [{ position: "1", amount: "2999", intervalUnit: "month", intervalValue: "1" }],
  of: [
    { name: "position", label: "Position", kind: "number" },
    { name: "amount", label: "Amount", kind: "number" },
    { name: "intervalValue", label: "Every", kind: "number", value: "1" },
    { name: "intervalUnit", label: "Unit", kind: "choice", options: UNITS, value: "month" },
  ],
};
const COMMON = [
  { name: "name", label: "Name" },
  { name: "currency", label: "Currency", isRequired: true, value: "usd" },
];

/** Two buttons: what is sold once, and what is charged again and again. */
export const NewPrice = ({ product }) => html`
  <${Act} label="New one-time price" path="/prices" body=${(values) => ({ product, type: "one_time", ...values })}
    fields=${[...COMMON, { name: "amount", label: "Amount in minor units", kind: "number", isRequired: true }]} />
  <${Act} label="New recurring price" path="/prices" text="Cycles run in the order of their positions; the last one repeats for ever. A cycle of 0 is a free trial."
    body=${({ cycles, ...values }) => ({ product, type: "recurring", ...values, billingSchedule: { cycleDefinitions: cycles } })}
    fields=${[...COMMON, { name: "amount", label: "Setup fee in minor units", kind: "number" }, { ...CYCLES, path: "billingSchedule" }]} />
`;

const Price = ({ id }) => html`<${Found} path=${`/prices/${id}`} list=${LIST} topics=${["price."]} show=${(one, again) => html`<${Shown} price=${one} again=${again} />`} />`;

function Shown({ price, again }) {
  const { id, isActive, currency } = price;
  const path = `/prices/${id}`;
  return html`<${Page} title=${told(price)} back=${back(LIST)} about=${html`<${Status} is=${isActive ? "active" : "inactive"} /> <code>${id}</code>`}
    actions=${html`
      <${Edit} title="Edit the price" path=${path} then=${again} text="Currency, type, amounts and cycles are fixed: make another price for others."
        fields=${[{ name: "name", label: "Name", value: price.name, empty: null }, { name: "isActive", label: "Is sold", kind: "flag", value: isActive }]} />
      <${Act} label="Delete" title="Delete the price" isGrave method="DELETE" path=${path} then=${() => go(href(`products/${price.product}`))} text="A price that a cart holds is made inactive instead." />
      <${Copies} request=${{ path }} />`}>
    <${Card} title="Price">
      <${Fields} of=${[
        ["Product", price.product],
        ["Type", price.type.replace("_", " ")],
        ["Currency", currency],
        [price.type === "recurring" ? "Setup fee" : "Amount", html`<${Money} amount=${price.amount ?? 0} currency=${currency} />`],
        price.billingSchedule && ["Cycles", told({ ...price, name: null })],
        ["Created", price.createdAt],
        ["Metadata", price.metadata],
      ]} />
    <//>
    <${Raw} of=${price} />
  <//>`;
}
