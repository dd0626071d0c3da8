// One record of the API: asked for, and asked again when something happens to it.

import { html } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { href } from "../router.js";
import { Page } from "./page.js";
import { Loading, Trouble } from "./states.js";

/** `show(record, again)` as soon as GET `path` has answered; else what is wrong. `list` is `[page, title]` of the way back. */
export function Found({ path, topics, list: [at, title], show }) {
  const { data, error, again } = useAsked(path, null, topics);
  if (data) return show(data, again);
  return error ? html`<${Page} title=${title} back=${back([at, title])}><${Trouble} error=${error} again=${again} /><//>` : html`<${Loading} />`;
}

/** The way back to a list, as Page takes it. */
export const back = ([at, title]) => [href(at), title];

/** The records of a list, as a choice offers them: the first hundred, `name(record)` for each. */
export function useChoices(path, name, query) {
  const { data } = useAsked(path, { pageSize: 100, ...query });
  return data?.data.map((one) => [one.id, name(one)]) ?? [];
}
