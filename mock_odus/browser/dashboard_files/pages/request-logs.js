// Request logs: what an application asked of the API to change something, with what it sent and got.

import { html } from "../vendor/htm-preact.js";
import { Copies } from "../parts/copy.js";
import { back, Found } from "../parts/found.js";
import { Card, Page } from "../parts/page.js";
import { Fields } from "../parts/record.js";
import { Table } from "../parts/table.js";
import { short, Status, When } from "../parts/values.js";

const LIST = ["request-logs", "Request logs"];
const KINDS = ["secretKey", "publishableKey", "checkoutKey", "sessionKey"];

export default ({ id, query }) => (id ? html`<${Log} key=${id} id=${id} />` : html`<${Logs} query=${query} />`);

const Code = ({ of: status }) => html`<${Status} is=${status} mood=${status < 400 ? "good" : status < 500 ? "wait" : "bad"} />`;

const Logs = ({ query }) => html`<${Page} title="Request logs" about="Calls that could change something. Card data and secrets are struck out.">
  <${Table} path="/request-logs" query=${query} topics=${[]} label="Request logs" open=${({ id }) => `request-logs/${id}`}
    columns=${[
      { title: "Endpoint", sortBy: "endpoint", show: ({ endpoint }) => html`<code>${endpoint}</code>` },
      { title: "Method", sortBy: "method", show: ({ method }) => method },
      { title: "Status", sortBy: "statusCode", show: ({ statusCode }) => html`<${Code} of=${statusCode} />` },
      { title: "Initiator", show: ({ initiator }) => initiator ?? html`<span class="soft">no key</span>` },
      { title: "Request", show: ({ requestId }) => html`<code class="id" title=${requestId}>${short(requestId)}</code>` },
      { title: "At", sortBy: "createdAt", show: ({ createdAt }) => html`<${When} at=${createdAt} />` },
    ]}
    filters=${[
      { name: "method[eq]", label: "Method", options: ["POST", "DELETE"] },
      { name: "statusCode[eq]", label: "Status", hint: "400" },
      { name: "endpoint[like]", label: "Endpoint has", hint: "/payments" },
      { name: "requestId[eq]", label: "Request", hint: "req_…" },
      { name: "initiator[eq]", label: "Initiator", options: KINDS },
    ]}
    empty=${{ title: "Nothing was asked yet", text: "POST and DELETE requests of your application will stand here, with their bodies." }} />
<//>`;

const Log = ({ id }) => html`<${Found} path=${`/request-logs/${id}`} list=${LIST} show=${(log) => html`<${Page} title=${`${log.method} ${log.endpoint}`} back=${back(LIST)}
  about=${html`<${Code} of=${log.statusCode} /> <code>${log.requestId}</code>`} actions=${html`<${Copies} request=${{ path: `/request-logs/${id}` }} />`}>
  <${Card} title="Request">
    <${Fields} of=${[["At", log.createdAt], ["Initiator", log.initiator], ["Client", log.clientIp], ["User agent", log.userAgent]]} />
  <//>
  <${Card} title="Sent"><${Body} of=${log.requestBody} /><//>
  <${Card} title="Answered"><${Body} of=${log.responseBody} /><//>
<//>`} />`;

function Body({ of: text }) {
  if (!text) return html`<p class="soft">nothing</p>`;
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Kept as it was: a long one is only its length.
  }
  return html`<pre tabindex="0">${shown}</pre>`;
}
