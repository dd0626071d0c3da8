// A field that is a list of small records: a cascade's rules, the steps of a retry policy, the cycles of a price.

import { html } from "../vendor/htm-preact.js";

/**
 * `field.of` are the fields of one row (see form.js: text, number, choice, flag; `isWide` ones have long options), `value` the rows as they are typed.
 * A row that is added begins with each field's `value`, and with the next position.
 */
export function Rows({ id, field, value, problems, change }) {
  const rows = value || [];
  const set = (place, name, typed) => change(rows.map((row, index) => (index === place ? { ...row, [name]: typed } : row)));
  const add = () => change([...rows, { ...Object.fromEntries(field.of.map((one) => [one.name, one.value ?? ""])), position: String(rows.length + 1) }]);
  return html`<fieldset class="field rows" aria-describedby=${problems.length ? `${id}-told` : null}>
    <legend>${field.label}</legend>
    ${rows.map((row, place) => html`<div class="row" role="group" aria-label=${`${field.label} ${place + 1}`}>
      ${field.of.map((one) => html`<${Cell} key=${one.name} id=${`${id}-${place}-${one.name}`} field=${one} value=${row[one.name] ?? ""} change=${(typed) => set(place, one.name, typed)} />`)}
      <button type="button" class="quiet" aria-label=${`Remove ${place + 1}`} onClick=${() => change(rows.filter((_, index) => index !== place))}>✕</button>
    </div>`)}
    <div><button type="button" onClick=${add}>Add another</button></div>
    <div id=${`${id}-told`}>${problems.map((problem) => html`<p class="problem">${problem}</p>`)}</div>
  </fieldset>`;
}

function Cell({ id, field, value, change }) {
  const type = (event) => change(event.target.value);
  return html`<label for=${id} class=${field.isWide ? "wide" : ""}>${field.label}
    ${field.kind === "flag"
      ? html`<input id=${id} type="checkbox" checked=${Boolean(value)} onChange=${(event) => change(event.target.checked)} />`
      : field.kind === "choice"
        ? html`<select id=${id} onChange=${type}>
            <option value="">–</option>
            ${field.options.map((one) => [one].flat()).map(([key, text = key]) => html`<option value=${key} selected=${key === value}>${text}</option>`)}
          </select>`
        : html`<input id=${id} type="text" inputmode=${field.kind === "number" ? "numeric" : null} autocomplete="off" value=${value} onInput=${type} />`}
  </label>`;
}
