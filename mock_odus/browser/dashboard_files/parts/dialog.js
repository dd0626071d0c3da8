// A dialog, the browser's own: it holds the keyboard, Escape closes it, and focus goes back to where it was.

import { html, useLayoutEffect, useRef, useState } from "../vendor/htm-preact.js";
import { useAction } from "../asked.js";
import { Form } from "./form.js";
import { Trouble } from "./states.js";

let count = 0;

/**
 * Open as long as it is rendered, and before it is painted: a key that comes at once is the dialog's. The keyboard begins
 * in the first field. `close` is called when the person is done with it. The browser tells that it closed afterwards: by
 * then it may be gone, and the next one open.
 */
export function Dialog({ title, close, children }) {
  const own = useRef();
  const [id] = useState(() => `dialog-${++count}`);
  useLayoutEffect(() => {
    const dialog = own.current;
    dialog.showModal();
    dialog.querySelector("input, select, textarea")?.focus(); // not on the cross, where Enter would close it
    return () => dialog.close(); // which gives the focus back
  }, []);
  return html`<dialog ref=${own} aria-labelledby=${id} onClose=${() => own.current && close()} onCancel=${(event) => event.target === own.current && close()}>
    <header>
      <h2 id=${id}>${title}</h2>
      <button type="button" class="quiet" aria-label="Close" onClick=${close}>✕</button>
    </header>
    ${children}
  </dialog>`;
}

/**
 * A button, and the dialog that it opens: a form of `fields` (see form.js) that sends `method` to `path`. `text` says
 * what will happen, `submit` is the word for doing it; without fields it asks for a yes. `body` makes the body of what
 * was typed. `then` hears the answer.
 */
export function Act({ label, title = label, submit = label, text, fields = [], method = "POST", path, body, then, isGrave, isQuiet }) {
  const [isOpen, open] = useState(false);
  return html`
    <button type="button" class=${isGrave ? "grave" : isQuiet ? "quiet" : ""} onClick=${() => open(true)}>${label}</button>
    ${isOpen && html`<${Asking} ...${{ submit, title, text, fields, method, path, body, then, isGrave }} close=${() => open(false)} />`}
  `;
}

/** The action that changes a record's fields. */
export const Edit = (act) => html`<${Act} label="Edit" submit="Save" ...${act} />`;

function Asking({ submit, title, text, fields, method, path, body = (values) => values, then, isGrave, close }) {
  const [run, { isBusy, error }] = useAction((answer) => (close(), then?.(answer)));
  const send = (values) => run(method, path, method === "DELETE" ? undefined : body(values));
  return html`<${Dialog} title=${title} close=${close}>
    ${text && html`<p>${text}</p>`}
    ${fields.length
      ? html`<${Form} ...${{ fields, error, isBusy, send, isGrave }} label=${submit} cancel=${close}
          request=${(values) => ({ method, path, body: body(values) })} />`
      : html`<${Trouble} error=${error} />
          <div class="buttons end">
            <button type="button" class="quiet" onClick=${close}>Keep it as it is</button>
            <button type="button" class=${isGrave ? "grave" : "main"} disabled=${isBusy} onClick=${() => send({})}>${submit}</button>
          </div>`}
  <//>`;
}
