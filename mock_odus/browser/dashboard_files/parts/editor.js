// A text to be edited, with the numbers of its lines, and with what is wrong with it: a press leads to the place.

import { html, useRef } from "../vendor/htm-preact.js";

/** `problems` are `{line, column, message}`; `change(text)` hears what is typed. */
export function Editor({ label, text, change, problems = [] }) {
  const area = useRef();
  const numbers = useRef();
  const wrong = new Set(problems.map((one) => one.line));
  const scroll = () => (numbers.current.scrollTop = area.current.scrollTop);

  function lead({ line, column }) {
    const place = text.split("\n").slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
    area.current.focus();
    area.current.setSelectionRange(place, place);
    area.current.scrollTop = (line - 4) * parseFloat(getComputedStyle(area.current).lineHeight);
  }

  return html`<div class="editor">
    <div class="numbers" ref=${numbers}
      aria-hidden="true">${text.split("\n").map((_, place) =>
        html`<span class=${wrong.has(place + 1) ? "wrong" : ""}>${place + 1}</span>`)}</div>
    <textarea ref=${area} aria-label=${label} aria-invalid=${problems.length ? "true" : null}
      spellcheck="false" autocapitalize="off" value=${text}
      onScroll=${scroll} onInput=${(event) => change(event.target.value)}></textarea>
  </div>
  ${problems.length > 0 && html`<ul class="problems plain">
    ${problems.map((one) =>
      html`<li>${one.line
        ? html`<button type="button" class="quiet" onClick=${() => lead(one)}>${one.line}:${one.column}</button>`
          : ""} ${one.message}</li>`)}
  </ul>`}`;
}
