// A page: its heading with what can be done, and cards. Every page is made of these.

import { html, useEffect } from "../vendor/htm-preact.js";
import { sandbox } from "../api.js";

/** `title` is text and the browser's own title; `about` stands below, `actions` beside it. `back` is `[address, text]`. */
export function Page({ title, about, actions, back, children }) {
  useEffect(() => void (document.title = `${title} · ${sandbox()?.name ?? ""} · mock_odus`), [title]);
  return html`<div class="page">
    <header class="heading">
      <div>
        ${back && html`<a class="back" href=${back[0]}>← ${back[1]}</a>`}
        <h1>${title}</h1>
        ${about && html`<p class="soft">${about}</p>`}
      </div>
      <div class="buttons">${actions}</div>
    </header>
    ${children}
  </div>`;
}

/** A box with a heading of its own. */
export const Card = ({ title, actions, children, class: more = "" }) => html`<section class=${`card ${more}`}>
  ${(title || actions) && html`<header><h2>${title}</h2><div class="buttons">${actions}</div></header>`}
  ${children}
</section>`;
