// Finds what has an id but no page of its own, and customers by a part of their email or name.

import { html, useEffect } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { pathOf } from "../pages.js";
import { Card, Page } from "../parts/page.js";
import { Empty, Loading, Trouble } from "../parts/states.js";
import { Id } from "../parts/values.js";
import { go, href } from "../router.js";

const OWNER = { txn: ["/transactions/", "payment"], pm: ["/payment-methods/", "customer"] };

export default function Find({ id: text }) {
  const [path, owner] = OWNER[/^(txn|pm)_\w+$/.exec(text)?.[1]] ?? [];
  return path ? html`<${Owner} path=${path + text} owner=${owner} />` : html`<${Customers} text=${text} />`;
}

/** Goes on to the page of what a transaction or a payment method belongs to. */
function Owner({ path, owner }) {
  const { data, error } = useAsked(path);
  const to = data && pathOf(data[owner]);
  useEffect(() => void (to && go(href(to), true)), [to]);
  if (error) return html`<${Page} title="Nothing found"><${Trouble} error=${error} /><//>`;
  return data && !to ? html`<${Page} title=${data.id}><pre>${JSON.stringify(data, null, 2)}</pre><//>`
    : html`<${Loading} />`;
}

function Customers({ text }) {
  const byEmail = useAsked("/customers", { "email[like]": text, pageSize: 50 });
  const byName = useAsked("/customers", { "name[like]": text, pageSize: 50 });
  if (byEmail.error) return html`<${Trouble} error=${byEmail.error} />`;
  if (!byEmail.data || !byName.data) return html`<${Loading} />`;
  const found = new Map([...byEmail.data.data, ...byName.data.data].map((one) => [one.id, one]));
  return html`<${Page} title="Found" about=${`Customers whose email or name holds “${text}”`}>
    ${found.size
      ? html`<${Card}><ul class="plain">${[...found.values()].map((one) =>
        html`<li><${Id} id=${one.id} text=${one.email} /> <span class="soft">${one.name}</span></li>`)}</ul><//>`
      : html`<${Empty} title="Nobody"
        text="Search by an id, such as pay_…, or by a part of a customer's email or name." />`}
  <//>`;
}
