// Copies what a page shows as something to run: a curl line, or a line of a pytest test.

import { html, useState } from "../vendor/htm-preact.js";
import { sandbox } from "../api.js";

const TOLD_MS = 1500;

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The request as a line for a shell. */
export function asCurl({ method = "GET", path, body }) {
  const parts = ["curl", ...(method === "GET" ? [] : ["-X", method]), shell(location.origin + path)];
  parts.push("-H", shell(`Authorization: Bearer ${sandbox().secretKey}`));
  if (path.includes("[")) parts.splice(1, 0, "-g"); // its brackets are no pattern
  if (body !== undefined) parts.push("-H", shell("Content-Type: application/json"), "-d", shell(JSON.stringify(body)));
  return parts.join(" ");
}

/** The request as a line of a test with the `odus` fixture. */
export function asPytest({ method = "GET", path, body }) {
  const given = body === undefined ? "" : `, ${python(body)}`;
  return `answer = odus.${{ GET: "get", POST: "post", DELETE: "delete" }[method]}(${JSON.stringify(path)}${given})`;
}

/** A value as Python writes it. */
export function python(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([key, one]) =>
    `${JSON.stringify(key)}: ${python(one)}`).join(", ")}}`;
  return JSON.stringify(value);
}

/** Two buttons for a request `{method, path, body}`; `pytest` is the text for a test where there is a better one. */
export const Copies = ({ request, pytest }) => html`
  <${Copy} label="Copy as curl" text=${() => asCurl(request)} />
  <${Copy} label="Copy as pytest" text=${() => pytest ?? asPytest(request)} />
`;

/** A button that copies what `text()` answers. Where a browser does not let it, the text is there to be copied by hand. */
export function Copy({ label, text }) {
  const [state, set] = useState("");
  const [shown, show] = useState(null);
  async function copy() {
    const wanted = text();
    try {
      await navigator.clipboard.writeText(wanted);
      set("Copied");
      setTimeout(() => set(""), TOLD_MS);
    } catch {
      show(wanted);
    }
  }
  return html`<button type="button" class="quiet" onClick=${copy}>${state || label}</button>
    ${shown && html`<textarea readonly aria-label=${label} rows="3"
      onFocus=${(event) => event.target.select()}>${shown}</textarea>`}`;
}
