// The payments that wait for their customer, and the buttons that answer in the customer's place.

import { html } from "../vendor/htm-preact.js";
import { useAction, useAsked } from "../asked.js";
import { Card } from "./page.js";
import { Trouble } from "./states.js";
import { Id, Money, When } from "./values.js";

const ANSWERS = [["passed", "Pass"], ["failed", "Fail"], ["cancelled", "Cancel"]];

/** All that are open, or that of one payment; nothing when nobody waits. */
export function Challenges({ payment }) {
  const { data, error, again } = useAsked("/_mock/challenges", null, ["payment.", "challenge"]);
  const open = (data ?? []).filter((one) => !payment || one.payment === payment);
  if (error) return html`<${Trouble} error=${error} again=${again} />`;
  if (!open.length) return null;
  return html`<${Card} title=${open.length === 1 ? "A customer is asked to prove who they are"
    : `${open.length} customers are asked to prove who they are`} class="waiting">
    <ul class="plain rows">${open.map((one) =>
      html`<${Challenge} key=${one.payment} of=${one} isAlone=${Boolean(payment)} then=${again} />`)}</ul>
  <//>`;
}

function Challenge({ of: { payment, amount, currency, redirectUrl, lapsesAt }, isAlone, then }) {
  const [run, { isBusy, error }] = useAction(then);
  const answer = (result) => run("POST", `/_mock/challenges/${payment}/complete`, { result });
  return html`<li>
    <div class="ends">
      <span>${!isAlone && html`<${Id} id=${payment} /> `}<${Money} amount=${amount} currency=${currency} /> <span
        class="soft">until <${When} at=${lapsesAt} isShort /></span></span>
      <span class="buttons">
        ${ANSWERS.map(([result, label]) =>
          html`<button type="button" disabled=${isBusy} onClick=${() => answer(result)}>${label}</button>`)}
        ${redirectUrl && html`<a class="button" href=${redirectUrl} target="_blank" rel="noopener">Open its page</a>`}
      </span>
    </div>
    <${Trouble} error=${error} />
  </li>`;
}
