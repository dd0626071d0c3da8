// As whom the Odus API is asked: as the owner of the sandbox, by its secret key, or as a user who has logged in.

import { useEffect, useReducer } from "./vendor/htm-preact.js";

const KEY = "mock_odus.acting";
const CHANGED = "actingchanged";

let session; // undefined until it was looked for: a page that is loaded anew goes on as the same user

/** The user who acts in a sandbox: `{sandbox, key, email, role}`, or null. */
export function acting(sandbox) {
  if (session === undefined) {
    try {
      session = JSON.parse(sessionStorage.getItem(KEY));
    } catch {
      session = null; // a browser may keep nothing for anybody
    }
  }
  return session?.sandbox === sandbox ? session : null;
}

/** Acts as a user from now on, or with null as the owner again. */
export function actAs(user) {
  session = user;
  try {
    if (user) sessionStorage.setItem(KEY, JSON.stringify(user));
    else sessionStorage.removeItem(KEY);
  } catch {
    // then it holds for no longer than this page
  }
  dispatchEvent(new Event(CHANGED));
}

/** The same, told anew when it changes. */
export function useActing(sandbox) {
  const [, look] = useReducer((count) => count + 1, 0);
  useEffect(() => (addEventListener(CHANGED, look), () => removeEventListener(CHANGED, look)), []);
  return acting(sandbox);
}
