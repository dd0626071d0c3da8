// Gateway profiles: the accounts at gateways that charges go to. Credentials are written and never shown again.

import { html } from "../vendor/htm-preact.js";
import { Copies } from "../parts/copy.js";
import { Act, Edit } from "../parts/dialog.js";
import { back, Found } from "../parts/found.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Table } from "../parts/table.js";
import { Id, Money, short, Status, When } from "../parts/values.js";
import { go, href } from "../router.js";

const LIST = ["gateway-profiles", "Gateway profiles"];
const INTEGRATIONS = ["stripe", "adyen", "checkout", "paypal"];
const CREDENTIALS = "stripe and checkout: publicKey, secretKey; adyen: merchantAccount, apiKey; paypal: clientId, clientSecret. One key=value a line";

export default ({ id, query }) => (id ? html`<${Profile} key=${id} id=${id} />` : html`<${Profiles} query=${query} />`);

const details = (one) => [
  { name: "title", label: "Title", isRequired: true, value: one?.title },
  ...(one ? [] : [{ name: "integration", label: "Integration", kind: "choice", isRequired: true, options: INTEGRATIONS, value: "stripe" }]),
  { name: "environment", label: "Environment", kind: "choice", isRequired: true, options: ["test", "live"], value: one?.environment ?? "test", help: "A live one is simulated like any other: no real gateway is ever asked" },
  { name: "credentials", label: "Credentials", kind: "keys", rows: 3, help: CREDENTIALS },
  { name: "webhookVerificationKey", label: "Webhook verification key" },
];

const New = () => html`<${Act} label="New gateway profile" path="/gateway-profiles" fields=${details()} then=${(made) => go(href(`gateway-profiles/${made.id}`))} />`;

const Profiles = ({ query }) => html`<${Page} title="Gateway profiles" actions=${html`<${New} />`}>
  <${Table} path="/gateway-profiles" query=${query} topics=${[]} label="Gateway profiles" open=${({ id }) => `gateway-profiles/${id}`}
    columns=${[
      { title: "Title", sortBy: "title", show: ({ title }) => title },
      { title: "Integration", sortBy: "integration", show: ({ integration }) => integration },
      { title: "Environment", show: ({ environment }) => html`<${Status} is=${environment} mood=${environment === "live" ? "wait" : "plain"} />` },
      { title: "Gateway profile", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
      { title: "Created", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
    ]}
    filters=${[{ name: "integration[eq]", label: "Integration", options: INTEGRATIONS }]}
    empty=${{ title: "No gateway profiles yet", text: "Without one nothing can be charged. Make one, and a cascade that leads to it.", children: html`<${New} />` }} />
<//>`;

const Profile = ({ id }) => html`<${Found} path=${`/gateway-profiles/${id}`} list=${LIST} topics=${[]} show=${(one, again) => html`<${Shown} profile=${one} again=${again} />`} />`;

function Shown({ profile, again }) {
  const { id } = profile;
  const path = `/gateway-profiles/${id}`;
  return html`<${Page} title=${profile.title} back=${back(LIST)} about=${html`${profile.integration} <code>${id}</code>`}
    actions=${html`
      <${Edit} title="Edit the gateway profile" path=${path} then=${again} fields=${details(profile)} text="Credentials are replaced when they are given." />
      <${Act} label="Delete" title="Delete the gateway profile" isGrave method="DELETE" path=${path} then=${() => go(href("gateway-profiles"))} text="Refused once it has been charged through, or where it is a default." />
      <${Copies} request=${{ path }} />`}>
    <${Card} title="Gateway profile">
      <${Fields} of=${[
        ["Integration", profile.integration],
        ["Environment", profile.environment],
        ...Object.entries(profile.credentials ?? {}),
        ["Webhook URL", profile.webhookUrl],
        ["Created", profile.createdAt],
        ["Metadata", profile.metadata],
      ]} />
    <//>
    <h2>What it was asked</h2>
    <${Table} path="/transactions" always=${{ "gatewayProfile[eq]": id }} topics=${["attempt"]} label="Transactions"
      columns=${[
        { title: "Payment", show: ({ payment }) => html`<${Id} id=${payment} />` },
        { title: "Type", show: ({ type }) => type },
        { title: "Amount", isNumber: true, show: (one) => html`<${Money} ...${one} />` },
        { title: "Outcome", show: ({ outcome }) => html`<${Status} is=${outcome.errorCode ?? outcome.specialCode ?? outcome.status} mood=${outcome.status === "failure" ? "bad" : undefined} />` },
        { title: "At", show: ({ createdAt }) => html`<${When} at=${createdAt} />` },
      ]}
      empty=${{ title: "Nothing yet", text: "Charges through this gateway profile will stand here." }} />
    <${Raw} of=${profile} />
  <//>`;
}
