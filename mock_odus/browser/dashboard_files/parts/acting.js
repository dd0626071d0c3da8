// Says above every page that somebody else than the owner looks at it, and whose eyes these are.

import { html } from "../vendor/htm-preact.js";
import { actAs, useActing } from "../acting.js";
import { Status } from "./values.js";

export function Acting({ sandbox }) {
  const user = useActing(sandbox);
  return user && html`<div class="acting" role="status">
    <span>
      You act as <strong>${user.email}</strong> <${Status} is=${user.role} mood="plain" />. Odus answers as it would answer
      them; the clock and the rest of the mock stay yours.
    </span>
    <button type="button" onClick=${() => actAs(null)}>Stop acting</button>
  </div>`;
}
