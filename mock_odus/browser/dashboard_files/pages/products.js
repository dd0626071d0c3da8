// Products: the list, and one of them with its prices.

import { html } from "../vendor/htm-preact.js";
import { Copies } from "../parts/copy.js";
import { Act, Edit } from "../parts/dialog.js";
import { back, Found } from "../parts/found.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Table } from "../parts/table.js";
import { short, Status, When } from "../parts/values.js";
import { go, href } from "../router.js";
import { NewPrice, PRICE_COLUMNS } from "./prices.js";

const LIST = ["products", "Products"];

export default ({ id, query }) => (id ? html`<${Product} key=${id} id=${id} />` : html`<${Products} query=${query} />`);

const details = (one = {}) => [
  { name: "name", label: "Name", isRequired: true, value: one.name },
  { name: "description", label: "Description", value: one.description, empty: one.description ? null : undefined },
  { name: "statementDescriptor", label: "Statement descriptor", value: one.statementDescriptor, empty: one.statementDescriptor ? null : undefined, help: "At most 22 characters" },
  { name: "isActive", label: "Is sold", kind: "flag", value: one.isActive ?? true },
];

const New = () => html`<${Act} label="New product" path="/products" fields=${details()} then=${(made) => go(href(`products/${made.id}`))} />`;

const Products = ({ query }) => html`<${Page} title="Products" actions=${html`<${New} />`}>
  <${Table} path="/products" query=${query} topics=${["product."]} label="Products" open=${({ id }) => `products/${id}`}
    columns=${[
      { title: "Name", sortBy: "name", show: ({ name }) => name },
      { title: "Sold", sortBy: "isActive", show: ({ isActive }) => html`<${Status} is=${isActive ? "active" : "inactive"} />` },
      { title: "Statement", show: ({ statementDescriptor }) => statementDescriptor ?? html`<span class="soft">–</span>` },
      { title: "Product", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
      { title: "Created", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
    ]}
    filters=${[
      { name: "name[like]", label: "Name has" },
      { name: "isActive[eq]", label: "Sold", options: [["true", "yes"], ["false", "no"]] },
    ]}
    empty=${{ title: "No products yet", text: "Make one here, or call POST /products. A product is sold at its prices.", children: html`<${New} />` }} />
<//>`;

const Product = ({ id }) => html`<${Found} path=${`/products/${id}`} list=${LIST} topics=${["product."]} show=${(one, again) => html`<${Shown} product=${one} again=${again} />`} />`;

function Shown({ product, again }) {
  const { id, isActive } = product;
  const path = `/products/${id}`;
  return html`<${Page} title=${product.name} back=${back(LIST)} about=${html`<${Status} is=${isActive ? "active" : "inactive"} /> <code>${id}</code>`}
    actions=${html`
      <${NewPrice} product=${id} />
      <${Edit} title="Edit the product" path=${path} then=${again} fields=${details(product)} />
      <${Act} label="Delete" title="Delete the product" isGrave method="DELETE" path=${path} then=${() => go(href("products"))} text="A product that has prices is made inactive instead." />
      <${Copies} request=${{ path }} />`}>
    <${Card} title="Product">
      <${Fields} of=${[
        ["Description", product.description],
        ["Statement descriptor", product.statementDescriptor],
        ["Created", product.createdAt],
        ["Metadata", product.metadata],
      ]} />
    <//>
    <h2>Prices</h2>
    <${Table} path="/prices" always=${{ "product[eq]": id }} topics=${["price."]} label="Prices" open=${(one) => `prices/${one.id}`} columns=${PRICE_COLUMNS}
      empty=${{ title: "No prices", text: "A product without a price cannot be sold.", children: html`<${NewPrice} product=${id} />` }} />
    <${Raw} of=${product} />
  <//>`;
}
