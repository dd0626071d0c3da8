// Addresses: /dashboard/<sandbox>/<page>/<id>?<query>. The query of a list is the query that the API is asked.

import { useEffect, useReducer } from "./vendor/htm-preact.js";
import { sandbox } from "./api.js";

const ROOT = "/dashboard/";
const CHANGED = "placechanged";

/** Where the browser is: `{sandbox, at, id, query}`, texts and an object of texts. */
export function place() {
  const [name, at, ...id] = location.pathname.slice(ROOT.length).split("/").map(plain);
  return { sandbox: name, at: at ?? "", id: id.join("/"),
    query: Object.fromEntries(new URLSearchParams(location.search)) };
}

/** A part of an address as text; one that nobody could have written stays as it is. */
function plain(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a page of the chosen sandbox: `href("payments/pay_…")`. */
export const href = (path = "") => `${ROOT}${sandbox()?.name ?? "mock"}/${path}`;

/** Goes to an address of the dashboard; `isSame` replaces the one that is shown, as another filter does. */
export function go(address, isSame = false) {
  if (address === location.pathname + location.search) return;
  history[isSame ? "replaceState" : "pushState"](null, "", address);
  dispatchEvent(new Event(CHANGED));
  if (!isSame) scrollTo(0, 0);
}

/** Where the browser is, told anew whenever it goes somewhere. */
export function usePlace() {
  const [, look] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    for (const name of [CHANGED, "popstate"]) addEventListener(name, look);
    document.addEventListener("click", follow);
    return () => {
      for (const name of [CHANGED, "popstate"]) removeEventListener(name, look);
      document.removeEventListener("click", follow);
    };
  }, []);
  return place();
}

/** A link into the dashboard is followed without loading the page anew; with a modifier the browser does as it likes. */
function follow(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (link.origin !== location.origin || !link.pathname.startsWith(ROOT) || link.target || link.hash) return;
  event.preventDefault();
  go(link.pathname + link.search);
}
