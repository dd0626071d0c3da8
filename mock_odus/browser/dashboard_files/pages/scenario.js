// The scenario panel: pick one, edit it while it is checked, load it; its rules with their hits.

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { ask, get, sandbox } from "../api.js";
import { useAction, useAsked } from "../asked.js";
import { Copies } from "../parts/copy.js";
import { Editor } from "../parts/editor.js";
import { Card, Page } from "../parts/page.js";
import { Fields } from "../parts/record.js";
import { NextCharge, Rules } from "../parts/rules.js";
import { Loading, Trouble } from "../parts/states.js";
import { go, href } from "../router.js";

const TYPING_MS = 400;
const YAML = "application/yaml";
const drafts = new Map(); // what was typed, by sandbox and scenario: it outlives a look at another page

export default function Scenario({ query, changed }) {
  const running = useAsked("/_mock/scenario", null, ["reset"]);
  const known = useAsked("/_mock/scenarios");
  if (running.error ?? known.error) return html`<${Trouble} error=${running.error ?? known.error} />`;
  if (!running.data || !known.data) return html`<${Loading} />`;
  const spelt = running.data.name?.toLowerCase().replaceAll(" ", "_");
  const picked = query.name ?? known.data.find((one) => one.name === spelt)?.name ?? known.data[0].name;
  return html`<${Page} title="Scenario" about="What there is to begin with, and the rules by which gateways answer.">
    <div class="panel">
      <${Picked} key=${`${sandbox().name} ${picked}`} name=${picked} known=${known.data}
        loaded=${() => (running.again(), changed())} />
      <div class="page">
        <${Running} of=${running.data} />
        <${Rules} />
        <${NextCharge} />
      </div>
    </div>
  <//>`;
}

const Running = ({ of: { name, about, rules, unmatched, world } }) =>
  html`<${Card} title=${name ? `Running: ${name}` : "No scenario is running"}>
  ${about && html`<p class="soft">${about}</p>`}
  <${Fields} of=${[["Rules", String(rules)], ["Other charges", unmatched]]} />
  <details class="raw"><summary>Ids of what it names</summary>
    <${Fields} of=${Object.values(world).flatMap(Object.entries)} />
  </details>
<//>`;

function Picked({ name, known, loaded }) {
  const key = `${sandbox().name}/${name}`;
  const [written, write] = useState(null);
  const [text, type] = useState(drafts.get(key) ?? null);
  const [keeps, keep] = useState(false);
  const [trouble, tell] = useState(null);
  const [run, { isBusy, error, done }] = useAction(loaded);
  const query = keeps ? "?keepWorld=true" : "";
  const { problems, isChecked } = useChecked(text, query);
  const isEdited = written !== null && text !== written;

  useEffect(() => {
    get(`/_mock/scenarios/${name}`).then(({ document }) => (write(document), type((was) => was ?? document)), tell);
  }, []);
  const change = (typed) => (drafts.set(key, typed), type(typed));
  const revert = () => (drafts.delete(key), type(written));
  const body = isEdited ? text : { name };
  const load = () => run("PUT", `/_mock/scenario${query}`, body, isEdited ? { type: YAML } : {});

  return html`<${Card} class="written">
    <div class="filters">
      <label>Scenario
        <select onChange=${(event) => go(`${href("scenario")}?name=${event.target.value}`, true)}>
          ${known.map((one) => html`<option value=${one.name} selected=${one.name === name}>${one.name}</option>`)}
        </select>
      </label>
      ${isEdited
        && html`<span class="status wait">edited</span><button type="button" class="quiet"
          onClick=${revert}>Back to how it was</button>`}
    </div>
    <p class="soft">${known.find((one) => one.name === name)?.about}</p>
    <${Trouble} error=${trouble} />
    ${text !== null
      && html`<${Editor} label=${`The scenario ${name}`} text=${text} change=${change} problems=${problems} />`}
    <${Trouble} error=${error} />
    <div class="ends">
      <span role="status" class=${problems.length ? "problem" : "soft"}>${told(problems, isChecked, done)}</span>
      <span class="buttons">
        <label class="toggle"><input type="checkbox" checked=${keeps} onChange=${(event) => keep(event.target.checked)}
          /> Keep the world that is there</label>
        <button type="button" class="main" disabled=${isBusy || problems.length > 0 || text === null}
          onClick=${load}>Load</button>
      </span>
    </div>
    <div class="buttons end"><${Copies} request=${{ method: "PUT", path: `/_mock/scenario${query}`, body }}
      pytest=${asTest(name, isEdited && text)} /></div>
  <//>`;
}

const asTest = (name, text) => (text ? `odus.scenario(yaml.safe_load("""\n${text}"""))`
  : `@pytest.mark.odus(scenario="${name}")`);

function told(problems, isChecked, done) {
  if (!isChecked) return "Checking…";
  if (problems.length) return problems.length === 1 ? "One problem" : `${problems.length} problems`;
  return done ? `Loaded: ${done.name}` : "Nothing is wrong with it";
}

/** What the mock finds wrong with a text, asked once the typing rests. */
function useChecked(text, query) {
  const [found, set] = useState({ problems: [], text: null });
  useEffect(() => {
    if (text === null) return;
    const own = new AbortController();
    const due = setTimeout(async () => {
      try {
        const { problems } = await ask("POST", `/_mock/scenario/check${query}`, text,
          { type: YAML, signal: own.signal });
        set({ problems, text });
      } catch (error) {
        if (!own.signal.aborted) set({ problems: [{ line: null, message: error.message }], text });
      }
    }, TYPING_MS);
    return () => (clearTimeout(due), own.abort());
  }, [text, query]);
  return { problems: found.problems, isChecked: found.text === text };
}
