// A record: its fields that matter, and all of it as the API answers it.

import { html } from "../vendor/htm-preact.js";
import { Value } from "./values.js";

/** Pairs of a label and what to show; a pair without a label is left out, so that a field can depend on something. */
export const Fields = ({ of: pairs }) => html`<dl class="fields">
  ${pairs.filter((pair) => pair?.[0]).map(([label, value]) =>
    html`<div><dt>${label}</dt><dd>${isNode(value) ? value : html`<${Value} of=${value} />`}</dd></div>`)}
</dl>`;

/** The whole record as JSON, folded up. */
export const Raw = ({ of: record, title = "All fields as JSON" }) => html`<details class="raw">
  <summary>${title}</summary>
  <pre tabindex="0">${JSON.stringify(record, null, 2)}</pre>
</details>`;

const isNode = (value) => Array.isArray(value) || Boolean(value && typeof value === "object" && "props" in value);
