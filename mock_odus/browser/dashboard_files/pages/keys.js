// Access keys: secret ones with their permissions, publishable ones for browsers.

import { html } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { Act, Edit } from "../parts/dialog.js";
import { Once } from "../parts/once.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { short, When } from "../parts/values.js";

const ONCE = "The key. It is not told again; the mock keeps it masked.";
const value = (answer) => answer.value;
const note = { name: "note", label: "Note" };

/** The names of all permissions, as the API's own document lists them. */
function usePermissions() {
  const { data } = useAsked("/openapi.json");
  return data?.components.schemas.CreateSecretKey.properties.permissions.items.enum ?? [];
}

export default function Keys({ query }) {
  const permissions = usePermissions();
  const grants = (one) => ({ name: "permissions", label: "Permissions", kind: "several", options: permissions, value: one?.permissions ?? [] });
  const add = html`<${Once} label="New secret key" path="/secret-keys" fields=${[{ ...note, isRequired: false }, grants()]} secret=${value} about=${ONCE} />`;
  return html`<${Page} title="Access keys" about="The sandbox's own two keys, with which every sandbox begins, are not listed: they may do everything, and cannot be revoked."
    actions=${html`${add}<${Act} label="New publishable key" path="/publishable-keys" fields=${[note]} />`}>
    <h2>Secret keys</h2>
    <${Table} path="/secret-keys" query=${query} topics=${[]} label="Secret keys"
      columns=${[
        { title: "Note", sortBy: "note", show: (one) => one.note ?? html`<span class="soft">no note</span>` },
        { title: "Value", show: (one) => html`<code>${one.value}</code>` },
        { title: "May", show: (one) => (one.permissions.length === permissions.length ? "everything" : one.permissions.length > 2 ? `${one.permissions.length} things` : one.permissions.join(", ") || "nothing") },
        { title: "Id", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
        { title: "Created", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
        { title: "Change", show: (one) => html`<div class="buttons">
          <${Edit} title="Edit the key" isQuiet path=${`/secret-keys/${one.id}`} fields=${[{ ...note, value: one.note, empty: null }, grants(one)]} />
          <${Once} label="Rotate" title="Rotate the key" isQuiet path=${`/secret-keys/${one.id}/rotate`} text="The old value is worth nothing at once." secret=${value} about=${ONCE} />
          <${Act} label="Revoke" title="Revoke the key" isGrave method="DELETE" path=${`/secret-keys/${one.id}`} text="It is worth nothing at once." />
        </div>` },
      ]}
      empty=${{ title: "No secret keys made", text: "Make one with the permissions your application needs, to see it refused what it does not have.", children: add }} />
    <h2>Publishable keys</h2>
    <${Table} path="/publishable-keys" topics=${[]} label="Publishable keys"
      columns=${[
        { title: "Note", show: (one) => one.note ?? html`<span class="soft">no note</span>` },
        { title: "Value", show: (one) => html`<code>${one.value}</code>` },
        { title: "Created", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
        { title: "Change", show: (one) => html`<div class="buttons">
          <${Edit} title="Edit the key" isQuiet path=${`/publishable-keys/${one.id}`} fields=${[{ ...note, value: one.note, empty: null }]} />
          <${Act} label="Revoke" title="Revoke the key" isGrave method="DELETE" path=${`/publishable-keys/${one.id}`} text="It is worth nothing at once." />
        </div>` },
      ]}
      empty=${{ title: "No publishable keys made", text: "A browser may use one to read a payment, prices and products." }} />
  <//>`;
}
