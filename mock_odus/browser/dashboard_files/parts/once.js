// What the mock tells once and never again: shown until the person has taken it.

import { html, useState } from "../vendor/htm-preact.js";
import { Copy } from "./copy.js";
import { Act, Dialog } from "./dialog.js";

/** An action whose answer holds a secret: `secret(answer)` is shown once it is done, under `about`; then `then` hears. */
export function Once({ secret, about, then, ...act }) {
  const [answer, set] = useState(null);
  const close = () => (set(null), then?.(answer));
  return html`<${Act} ...${act} then=${set} />
    ${answer && html`<${Dialog} title="Take this now" close=${close}>
      <div class="secret"><p>${about}</p><code>${secret(answer)}</code></div>
      <div class="buttons end"><${Copy} label="Copy" text=${() => secret(answer)} /><button type="button" class="main" onClick=${close}>I have it</button></div>
    <//>`}`;
}
