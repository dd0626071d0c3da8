// Retry policies: when a declined renewal is tried again, where, and for how much.

import { html } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { Copies } from "../parts/copy.js";
import { Act, Edit } from "../parts/dialog.js";
import { back, Found, useChoices } from "../parts/found.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Table } from "../parts/table.js";
import { Id, short, Status, When } from "../parts/values.js";
import { go, href } from "../router.js";

const LIST = ["retry-policies", "Retry policies"];
const TEXT = "Each step waits its days since the attempt before. It asks the initial gateway unless a gateway profile is chosen; a reduction is taken off the amount of that step only.";

export default ({ id, query }) => (id ? html`<${Policy} key=${id} id=${id} />` : html`<${Policies} query=${query} />`);

function useFields(one) {
  const profiles = useChoices("/gateway-profiles", ({ title, integration }) => `${title} (${integration})`);
  return [
    { name: "title", label: "Title", isRequired: true, value: one?.title },
    { name: "isEnabled", label: "Is enabled", kind: "flag", value: one?.isEnabled ?? true },
    {
      name: "steps", label: "Steps", kind: "rows", value: one?.steps ?? [{ position: "1", retryDelay: "3" }],
      of: [
        { name: "position", label: "Position", kind: "number" },
        { name: "retryDelay", label: "Days", kind: "number", value: "3" },
        { name: "gatewayProfile", label: "Gateway profile", kind: "choice", options: profiles, isWide: true },
        { name: "priceReductionPercentage", label: "% off", kind: "number" },
      ],
    },
  ];
}

const body = ({ steps, ...rest }) => ({ ...rest, steps: steps.map((step) => ({ ...step, useInitialGateway: !step.gatewayProfile })) });

const New = () => html`<${Act} label="New retry policy" path="/retry-policies" text=${TEXT} fields=${useFields()} body=${body} then=${(made) => go(href(`retry-policies/${made.id}`))} />`;

function Policies({ query }) {
  const { data: usual } = useAsked("/retry-policies/default", null, []);
  return html`<${Page} title="Retry policies" actions=${html`<${New} />`}>
    <${Table} path="/retry-policies" query=${query} topics=${[]} label="Retry policies" open=${({ id }) => `retry-policies/${id}`}
      columns=${[
        { title: "Title", sortBy: "title", show: ({ title }) => title },
        { title: "Steps", show: ({ steps }) => steps.map((step) => `${step.retryDelay} d`).join(", ") },
        { title: "Enabled", sortBy: "isEnabled", show: ({ isEnabled }) => html`<${Status} is=${isEnabled ? "enabled" : "disabled"} />` },
        { title: "Default", show: ({ id }) => (usual?.id === id ? html`<${Status} is="default" mood="good" />` : html`<span class="soft">no</span>`) },
        { title: "Retry policy", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
        { title: "Created", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
      ]}
      empty=${{ title: "No retry policies", text: "Without one a declined renewal is never tried again.", children: html`<${New} />` }} />
  <//>`;
}

const Policy = ({ id }) => html`<${Found} path=${`/retry-policies/${id}`} list=${LIST} topics=${[]} show=${(one, again) => html`<${Shown} policy=${one} again=${again} />`} />`;

function Shown({ policy, again }) {
  const { id, isEnabled } = policy;
  const path = `/retry-policies/${id}`;
  return html`<${Page} title=${policy.title} back=${back(LIST)} about=${html`<${Status} is=${isEnabled ? "enabled" : "disabled"} /> <code>${id}</code>`}
    actions=${html`
      <${Edit} title="Edit the retry policy" path=${path} then=${again} text=${TEXT} fields=${useFields(policy)} body=${body} />
      <${Act} label="Delete" title="Delete the retry policy" isGrave method="DELETE" path=${path} then=${() => go(href("retry-policies"))} text="Refused while it is the default or a subscription's own." />
      <${Copies} request=${{ path }} />`}>
    <${Card} title="Steps">
      <div class="scroll" tabindex="0" role="region" aria-label="Steps"><table class="lines">
        <thead><tr><th scope="col">Position</th><th scope="col">After</th><th scope="col">Gateway</th><th scope="col" class="number">Off</th></tr></thead>
        <tbody>${[...policy.steps].sort((one, other) => one.position - other.position).map((step) => html`<tr>
          <td>${step.position}</td><td>${step.retryDelay} day${step.retryDelay === 1 ? "" : "s"}</td>
          <td>${step.gatewayProfile ? html`<${Id} id=${step.gatewayProfile} />` : "the initial one"}</td>
          <td class="number">${step.priceReductionPercentage ? `${step.priceReductionPercentage} %` : html`<span class="soft">–</span>`}</td>
        </tr>`)}</tbody>
      </table></div>
    <//>
    <${Card} title="Retry policy"><${Fields} of=${[["Created", policy.createdAt], ["Changed", policy.updatedAt], ["Metadata", policy.metadata]]} /><//>
    <${Raw} of=${policy} />
  <//>`;
}
