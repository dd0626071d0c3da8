// Sandboxes, each an account of its own, and the snapshots of this one.

import { html } from "../vendor/htm-preact.js";
import { sandbox } from "../api.js";
import { useAction, useAsked } from "../asked.js";
import { Copies, Copy } from "../parts/copy.js";
import { Act } from "../parts/dialog.js";
import { Card, Page } from "../parts/page.js";
import { Loading, Trouble } from "../parts/states.js";
import { counted, When } from "../parts/values.js";
import { go } from "../router.js";

const DEFAULT = "mock"; // cannot be deleted
const NAME = { name: "name", label: "Name", help: "1 to 64 of a-z, 0-9 and -" };

export default ({ sandboxes, changed }) =>
  html`<${Page} title="Sandboxes" about="Each is an account of its own, with its keys, its time and its scenario."
    actions=${html`<${Make} changed=${changed} />`}>
  <${Snapshots} />
  <${Card} title="All sandboxes">
    <ul class="plain rows">${sandboxes.map((one) =>
      html`<${Sandbox} key=${one.name} of=${one} changed=${changed} />`)}</ul>
  <//>
<//>`;

function Make({ changed }) {
  const { data } = useAsked("/_mock/scenarios");
  const scenarios = (data ?? []).map((one) => [one.name, one.name]);
  const made = async ({ name }) => {
    await changed();
    go(`/dashboard/${name}/sandboxes`);
  };
  return html`<${Act} label="New sandbox" path="/_mock/sandboxes" then=${made} fields=${[
    NAME,
    { name: "scenario", label: "Scenario", kind: "choice", options: scenarios, value: "starter",
      help: "Without one it is empty" },
    { name: "seed", label: "Seed", kind: "number", help: "Ids and made-up data come from it; 0 when left empty" },
    { name: "clock.start", label: "Begins at", help: "2026-01-01T00:00:00Z when left empty" },
    { name: "clock.mode", label: "Its clock", kind: "choice",
      options: [["frozen", "stands until it is moved"], ["ticking", "ticks with the real one"]] },
  ]} />`;
}

function Sandbox({ of: { name, secretKey, publishableKey, now, scenario, counts }, changed }) {
  const isThis = name === sandbox().name;
  const gone = async () => {
    if (isThis) go(`/dashboard/${DEFAULT}/sandboxes`);
    await changed();
  };
  const records = ["customer", "payment", "subscription"].map((kind) => counted(counts[`${kind}s`] ?? 0, kind));
  return html`<li>
    <div class="ends">
      <span class="buttons">
        <a href=${`/dashboard/${name}/sandboxes`}><strong>${name}</strong></a>
        ${isThis && html`<span class="status good">this one</span>`}
        <span class="soft"><${When} at=${now} isShort /> · ${scenario ?? "no scenario"}</span>
      </span>
      <span class="buttons">
        <${Copy} label="Copy keys" text=${() =>
          `ODUS_BASE_URL=${location.origin}\nODUS_SECRET_KEY=${secretKey}\nODUS_PUBLISHABLE_KEY=${publishableKey}`} />
        <${Act} label="Reset" title=${`Reset ${name}`} path=${`/_mock/sandboxes/${name}/reset`} isGrave then=${changed}
          text="Everything in it becomes as it was when it was made: its scenario’s world, its time, no keys made by API." />
        ${name !== DEFAULT
          && html`<${Act} label="Delete" title=${`Delete ${name}`} method="DELETE" path=${`/_mock/sandboxes/${name}`}
            isGrave then=${gone} text="It is gone with everything in it, its snapshots as well." />`}
      </span>
    </div>
    <p class="soft small">${records.join(", ")}</p>
  </li>`;
}

function Snapshots() {
  const { data, error, again } = useAsked("/_mock/snapshots", null, ["reset"]);
  const [run, { isBusy, error: refused, done }] = useAction(again);
  const save = html`<${Act} label="Save a snapshot" path="/_mock/snapshots" then=${again}
    fields=${[{ ...NAME, isRequired: true, value: "before" }]} text="The same name again replaces it." />`;
  if (error) return html`<${Trouble} error=${error} again=${again} />`;
  if (!data) return html`<${Loading} />`;
  return html`<${Card} title=${`Snapshots of ${sandbox().name}`} actions=${save}>
    <${Trouble} error=${refused} />
    ${data.length ? ""
      : html`<p class="soft">None yet. Save one before you try something: restoring it brings everything back, the time as well.</p>`}
    ${done?.now && html`<p role="status" class="soft">Restored: it is <${When} at=${done.now} /> again.</p>`}
    <ul class="plain rows">${data.map(({ name, at, counts }) => html`<li key=${name}>
      <div class="ends">
        <span><strong>${name}</strong> <span class="soft">of <${When} at=${at}
          /> · ${counted(counts.payments ?? 0, "payment")}</span></span>
        <span class="buttons">
          <button type="button" disabled=${isBusy}
            onClick=${() => run("POST", `/_mock/snapshots/${name}/restore`)}>Restore</button>
          <${Copies} request=${{ method: "POST", path: `/_mock/snapshots/${name}/restore` }}
            pytest=${`odus.restore("${name}")`} />
          <${Act} label="Delete" title=${`Delete the snapshot ${name}`} method="DELETE"
            path=${`/_mock/snapshots/${name}`} isGrave then=${again} />
        </span>
      </div>
    </li>`)}</ul>
  <//>`;
}
