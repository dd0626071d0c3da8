// Begins the dashboard: finds the sandbox of the address, and shows the page that the address names.

import { html, render, useEffect, useErrorBoundary, useState } from "./vendor/htm-preact.js";
import { useActing } from "./acting.js";
import { choose, get } from "./api.js";
import { follow, listen, restart } from "./live.js";
import { PAGES } from "./pages.js";
import { Frame } from "./parts/frame.js";
import { Empty, Loading, Trouble } from "./parts/states.js";
import { go, href, usePlace } from "./router.js";

function Dashboard() {
  const at = usePlace();
  const acting = useActing(at.sandbox);
  const [sandboxes, set] = useState(null);
  const [trouble, tellTrouble] = useState(null);
  const known = sandboxes?.find((one) => one.name === at.sandbox);

  async function look() {
    try {
      set(await get("/_mock/sandboxes", null, { isKeyless: true }));
      tellTrouble(null);
    } catch (error) {
      tellTrouble(error);
    }
  }
  useEffect(() => void look(), []);
  useEffect(() => listen((topic) => topic === "reset" && look()), []);
  useEffect(() => {
    if (sandboxes && !at.sandbox) go(`/dashboard/${sandboxes[0].name}/`, true);
    else if (sandboxes && !at.at && known) go(`/dashboard/${at.sandbox}/${PAGES[0].at}`, true);
  });
  useEffect(() => void (known && restart()), [known?.secretKey]);

  if (trouble) return html`<main class="lone"><${Trouble} error=${trouble} again=${look} /></main>`;
  if (!sandboxes) return html`<main class="lone"><${Loading} /></main>`;
  if (!known) return at.sandbox ? html`<${NoSandbox} name=${at.sandbox} sandboxes=${sandboxes} />` : null;
  choose(known);
  return html`<${Frame} key=${known.name} place=${at} sandboxes=${sandboxes} changed=${look}>
    <${Page} key=${at.at + (acting?.key ?? "")} ...${at} sandboxes=${sandboxes} changed=${look} />
  <//>`;
}

/** The page's own file is fetched when it is first shown. What goes wrong in one page leaves the others alone. */
function Page(props) {
  const [Shown, set] = useState(null);
  const [fault, retry] = useErrorBoundary();
  const entry = PAGES.find((one) => one.at === props.at);
  useEffect(() => {
    entry?.load().then((file) => set(() => file.default), (error) => set(() => () => html`<${Trouble} error=${error} />`));
  }, []);
  if (fault) return html`<${Trouble} error=${fault} again=${retry} />`;
  if (!props.at) return null;
  if (!entry) {
    return html`<${Empty} title="There is no page here" text=${`Nothing is called “${props.at}”. The navigation lists what there is.`}>
      <a class="button" href=${href()}>Go to the first page</a>
    <//>`;
  }
  return Shown ? html`<${Shown} ...${props} />` : html`<${Loading} />`;
}

function NoSandbox({ name, sandboxes }) {
  return html`<main class="lone">
    <${Empty} title="No such sandbox" text=${`No sandbox is named “${name}”: it was deleted, or the mock began anew. These are there:`}>
      ${sandboxes.map((one) => html`<a class="button" href=${`/dashboard/${one.name}/`}>${one.name}</a>`)}
    <//>
  </main>`;
}

follow();
const home = document.getElementById("app");
home.replaceChildren();
render(html`<${Dashboard} />`, home);
