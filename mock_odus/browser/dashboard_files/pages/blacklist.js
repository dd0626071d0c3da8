// The blacklist: emails that may not pay.

import { html } from "../vendor/htm-preact.js";
import { Act } from "../parts/dialog.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { When } from "../parts/values.js";

export default ({ query }) => html`<${Page} title="Blacklist" about="No customer with one of these emails can pay, and none of their renewals is charged." actions=${html`<${New} />`}>
  <${Table} path="/blacklist" query=${query} topics=${[]} label="Blacklist"
    columns=${[
      { title: "Email", sortBy: "email", show: ({ email }) => email },
      { title: "Reason", show: ({ reason }) => reason ?? html`<span class="soft">–</span>` },
      { title: "Since", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
      { title: "Change", show: ({ id, email }) => html`<${Act} label="Take off" title="Take off the blacklist" method="DELETE" path=${`/blacklist/${id}`} text=${`${email} may pay again.`} />` },
    ]}
    filters=${[{ name: "email[like]", label: "Email has" }]}
    empty=${{ title: "Nobody is blacklisted", text: "Put an email here, or record a chargeback that blacklists its customer.", children: html`<${New} />` }} />
<//>`;

const New = () => html`<${Act} label="Blacklist an email" path="/blacklist" fields=${[
  { name: "email", label: "Email", isRequired: true },
  { name: "reason", label: "Reason" },
]} />`;
