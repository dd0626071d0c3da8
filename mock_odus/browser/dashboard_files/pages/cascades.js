// Cascades: in which order gateway profiles are asked.

import { html } from "../vendor/htm-preact.js";
import { Copies } from "../parts/copy.js";
import { Act, Edit } from "../parts/dialog.js";
import { back, Found, useChoices } from "../parts/found.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Table } from "../parts/table.js";
import { Id, short, When } from "../parts/values.js";
import { go, href } from "../router.js";

const LIST = ["cascades", "Cascades"];
const ALGORITHMS = [
  ["priority_queue", "Priority queue: the lowest position first"],
  ["round_robin", "Round robin: in turn"],
  ["weighted_round_robin", "Weighted round robin: by weight"],
];
const PERIODS = ["day", "week", "month"];

export default ({ id, query }) => (id ? html`<${Cascade} key=${id} id=${id} />` : html`<${Cascades} query=${query} />`);

const words = (text) => text.replaceAll("_", " ");

function useFields(one) {
  const profiles = useChoices("/gateway-profiles", ({ title, integration }) => `${title} (${integration})`);
  return [
    { name: "title", label: "Title", isRequired: true, value: one?.title },
    { name: "description", label: "Description", value: one?.description, empty: one?.description ? null : undefined },
    { name: "algorithm", label: "Algorithm", kind: "choice", isRequired: true, options: ALGORITHMS, value: one?.algorithm ?? "priority_queue" },
    {
      name: "rules", label: "Rules", kind: "rows", value: one?.rules ?? [{ position: "1" }],
      of: [
        { name: "position", label: "Position", kind: "number" },
        { name: "gatewayProfile", label: "Gateway profile", kind: "choice", options: profiles, isWide: true },
        { name: "weight", label: "Weight", kind: "number" },
        { name: "transactionLimit", label: "Limit", kind: "number" },
        { name: "limitPeriod", label: "a", kind: "choice", options: PERIODS },
        { name: "transactionCap", label: "Cap", kind: "number" },
        { name: "capPeriod", label: "a", kind: "choice", options: PERIODS },
      ],
    },
  ];
}

const TEXT = "Weights are for a weighted round robin. Limits (payments) and caps (minor units) are for a priority queue, which has exactly one rule with neither.";

const New = () => html`<${Act} label="New cascade" path="/cascades" text=${TEXT} fields=${useFields()} then=${(made) => go(href(`cascades/${made.id}`))} />`;

const Cascades = ({ query }) => html`<${Page} title="Cascades" actions=${html`<${New} />`}>
  <${Table} path="/cascades" query=${query} topics=${[]} label="Cascades" open=${({ id }) => `cascades/${id}`}
    columns=${[
      { title: "Title", sortBy: "title", show: ({ title }) => title },
      { title: "Algorithm", sortBy: "algorithm", show: ({ algorithm }) => words(algorithm) },
      { title: "Rules", isNumber: true, show: ({ rules }) => rules.length },
      { title: "Cascade", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
      { title: "Created", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} isShort />` },
    ]}
    filters=${[{ name: "algorithm[eq]", label: "Algorithm", options: ALGORITHMS.map(([name]) => name) }]}
    empty=${{ title: "No cascades yet", text: "A cascade says which gateway is asked first, and which next when it declines.", children: html`<${New} />` }} />
<//>`;

const Cascade = ({ id }) => html`<${Found} path=${`/cascades/${id}`} list=${LIST} topics=${[]} show=${(one, again) => html`<${Shown} cascade=${one} again=${again} />`} />`;

function Shown({ cascade, again }) {
  const { id, rules } = cascade;
  const path = `/cascades/${id}`;
  const profiles = Object.fromEntries(useChoices("/gateway-profiles", ({ title }) => title));
  const limit = (most, period) => (most == null ? html`<span class="soft">none</span>` : `${most.toLocaleString("en")} a ${period}`);
  return html`<${Page} title=${cascade.title} back=${back(LIST)} about=${html`${words(cascade.algorithm)} <code>${id}</code>`}
    actions=${html`
      <${Edit} title="Edit the cascade" path=${path} then=${again} text=${`${TEXT} Other rules begin their turns anew.`} fields=${useFields(cascade)} />
      <${Act} label="Delete" title="Delete the cascade" isGrave method="DELETE" path=${path} then=${() => go(href("cascades"))} text="Refused while the merchant's defaults use it." />
      <${Copies} request=${{ path }} />`}>
    <${Card} title="Rules">
      <div class="scroll" tabindex="0" role="region" aria-label="Rules"><table class="lines">
        <thead><tr><th scope="col">Position</th><th scope="col">Gateway profile</th><th scope="col" class="number">Weight</th><th scope="col">Limit</th><th scope="col">Cap</th></tr></thead>
        <tbody>${[...rules].sort((one, other) => one.position - other.position).map((rule) => html`<tr>
          <td>${rule.position}</td><td><${Id} id=${rule.gatewayProfile} text=${profiles[rule.gatewayProfile]} /></td>
          <td class="number">${rule.weight ?? html`<span class="soft">–</span>`}</td>
          <td>${limit(rule.transactionLimit, rule.limitPeriod)}</td><td>${limit(rule.transactionCap, rule.capPeriod)}</td>
        </tr>`)}</tbody>
      </table></div>
    <//>
    <${Card} title="Cascade">
      <${Fields} of=${[
        ["Description", cascade.description],
        ["Created", cascade.createdAt],
        ["Changed", cascade.updatedAt],
        ["Metadata", cascade.metadata],
      ]} />
    <//>
    <${Raw} of=${cascade} />
  <//>`;
}
