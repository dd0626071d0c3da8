// A form made of a list of fields. What the mock finds wrong with a field stands at that field, in its own words.

import { html, useState } from "../vendor/htm-preact.js";
import { asCurl, asPytest, Copy } from "./copy.js";
import { Rows } from "./rows.js";

let count = 0;

/**
 * Fields are `{name, label, kind, options, value, help, isRequired, empty}`. Kinds: `text` (the default), `number`, `password`,
 * `choice` (`options` are texts or `[value, text]`), `several` (of such options), `flag`, `lines` (several lines), `json`,
 * `keys` (`a=b` lines: metadata), `rows` (a list of small records: see rows.js). `name` may lead into the body:
 * `card.number`; `path` is where the mock's problems have it when the body is made otherwise. What is left empty is not
 * sent, unless `empty` says what is: null where that takes away what was there. `send(values)` gets the body. A form that
 * `isWide` has fields beside each other where there is room. `request(values)` is what will be asked, to be copied.
 */
export function Form({ fields, label, error, isBusy, send, cancel, isGrave, isWide, request }) {
  const [id] = useState(() => `form-${++count}`);
  const [typed, set] = useState(() => Object.fromEntries(fields.map((field) => [field.name, field.value ?? ""])));
  const [own, tell] = useState({});
  const [atField, rest] = sorted(fields, error);

  function submit(event) {
    event.preventDefault();
    const [body, wrong] = bodyOf(fields, typed);
    tell(wrong);
    if (!Object.keys(wrong).length) send(body);
  }
  const asked = () => request(bodyOf(fields, typed)[0]);

  return html`<form class=${isWide ? "form wide" : "form"} onSubmit=${submit} noValidate>
    ${rest.length > 0 && html`<div class="trouble" role="alert">${rest.map((line) => html`<p>${line}</p>`)}</div>`}
    ${fields.map((field) => html`<${Field} key=${field.name} id=${`${id}-${field.name}`} field=${field} value=${typed[field.name]}
      problems=${own[field.name] ?? atField[field.name] ?? []} change=${(value) => set({ ...typed, [field.name]: value })} />`)}
    <div class="buttons end">
      ${request && html`<span class="buttons copies">
        <${Copy} label="Copy as curl" text=${() => asCurl(asked())} /><${Copy} label="Copy as pytest" text=${() => asPytest(asked())} />
      </span>`}
      ${cancel && html`<button type="button" class="quiet" onClick=${cancel}>Cancel</button>`}
      <button class=${isGrave ? "grave" : "main"} disabled=${isBusy}>${label}</button>
    </div>
  </form>`;
}

function Field({ id, field, value, problems, change }) {
  const told = problems.length || field.help ? `${id}-told` : null;
  const common = { id, name: field.name, "aria-describedby": told, "aria-invalid": problems.length ? "true" : null };
  const note = html`<p id=${told} class=${problems.length ? "problem" : "soft small"}>${problems.length ? problems.join("; ") : field.help}</p>`;
  if (field.kind === "flag") {
    return html`<div class="field flag">
      <input type="checkbox" ...${common} checked=${Boolean(value)} onChange=${(event) => change(event.target.checked)} />
      <label for=${id}>${field.label}</label>${told && note}
    </div>`;
  }
  if (field.kind === "rows") return html`<${Rows} ...${{ id, field, value, problems, change }} />`;
  if (field.kind === "several") return html`<${Several} ...${{ id, field, value, problems, change }} />`;
  const type = (event) => change(event.target.value);
  return html`<div class="field">
    <label for=${id}>${field.label}${!field.isRequired && html` <span class="soft">optional</span>`}</label>
    ${field.kind === "choice"
      ? html`<select ...${common} onChange=${type}>
          ${!field.isRequired && html`<option value="">–</option>`}
          ${field.options.map((one) => [one].flat()).map(([key, text = key]) => html`<option value=${key} selected=${key === value}>${text}</option>`)}
        </select>`
      : ["lines", "json", "keys"].includes(field.kind)
        ? html`<textarea ...${common} rows=${field.rows ?? 4} spellcheck="false" value=${value} onInput=${type}></textarea>`
        : html`<input type=${field.kind === "password" ? "password" : "text"} inputmode=${field.kind === "number" ? "numeric" : null} autocomplete=${field.kind === "password" ? "new-password" : "off"} ...${common} value=${value} onInput=${type} />`}
    ${told && note}
  </div>`;
}

/** The body that was typed, and by field what cannot be. */
function bodyOf(fields, typed) {
  const [body, wrong] = [{}, {}];
  for (const field of fields) {
    try {
      put(body, field.name.split("."), read(field, typed[field.name]));
    } catch (fault) {
      wrong[field.name] = [fault.message];
    }
  }
  return [body, wrong];
}

/** Boxes to tick; the value is a list. */
function Several({ id, field, value, problems, change }) {
  const ticked = new Set(value || []);
  const tick = (one, is) => change(field.options.filter((option) => (option === one ? is : ticked.has(option))));
  return html`<fieldset class="field several" aria-describedby=${`${id}-told`}>
    <legend>${field.label}</legend>
    <div class="boxes">${field.options.map((one) => html`<label><input type="checkbox" checked=${ticked.has(one)} onChange=${(event) => tick(one, event.target.checked)} /> ${one}</label>`)}</div>
    <div id=${`${id}-told`}>${problems.map((problem) => html`<p class="problem">${problem}</p>`)}</div>
  </fieldset>`;
}

/** The value that was typed; undefined when nothing was. Error says what cannot be. */
function read(field, text) {
  if (field.kind === "flag") return Boolean(text);
  if (field.kind === "several") return text || [];
  if (field.kind === "rows") return (text || []).map((row) => Object.fromEntries(field.of.map((one) => [one.name, read(one, row[one.name] ?? "")])));
  if (text === "") {
    if (field.isRequired) throw new Error(`${field.label} is required`);
    return field.empty;
  }
  if (field.kind === "number") {
    if (!/^-?\d+$/.test(String(text).trim())) throw new Error(`must be a whole number, found “${text}”`);
    return Number(text);
  }
  if (field.kind === "json") {
    try {
      return JSON.parse(text);
    } catch {
      throw new Error("must be JSON");
    }
  }
  if (field.kind === "keys") {
    const lines = text.split("\n").filter((line) => line.trim());
    if (lines.some((line) => !line.includes("="))) throw new Error("each line must be key=value");
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).map((part) => part.trim())));
  }
  return text;
}

function put(body, [name, ...rest], value) {
  if (value === undefined) return;
  if (rest.length) put((body[name] ??= {}), rest, value);
  else body[name] = value;
}

/** The mock's problems begin with the path of a field: those of fields that are shown, and the rest. */
function sorted(fields, error) {
  const atField = {};
  const rest = [];
  for (const problem of error?.problems ?? (error ? [String(error.message)] : [])) {
    const found = fields.find(({ name, path = name }) => new RegExp(`^${path.replaceAll(".", "\\.")}\\b`).test(problem));
    if (found) (atField[found.name] ??= []).push(problem);
    else rest.push(problem);
  }
  return [atField, rest];
}
