// What stands where there is nothing to show: nothing yet, nothing at all, or a refusal in the mock's own words.

import { html } from "../vendor/htm-preact.js";

export const Loading = () => html`<p class="loading" role="status">Loading…</p>`;

/** Nothing is here: `title` says so, `text` what to do; children are the buttons to do it with. */
export const Empty = ({ title, text, children }) => html`<div class="empty">
  <h2>${title}</h2>
  <p>${text}</p>
  <div class="buttons">${children}</div>
</div>`;

/** What went wrong, told as the mock told it. `again` is offered when it is given. */
export const Trouble = ({ error, again }) =>
  error &&
  html`<div class="trouble" role="alert">
    ${(error.problems ?? [String(error.message ?? error)]).map((problem) => html`<p>${problem}</p>`)}
    ${again && html`<button type="button" onClick=${() => again()}>Try again</button>`}
  </div>`;
