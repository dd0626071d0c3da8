// What a person has chosen for this browser: the timezone in which instants are shown.

import { useEffect, useReducer } from "./vendor/htm-preact.js";

const KEY = "mock_odus.timezone";
const CHANGED = "settingschanged";

/** The timezones to choose from: UTC, as the API answers, the merchant's, and this browser's. */
export const zones = (merchant) => [
  ...new Set(["UTC", ...(merchant ? [merchant] : []), Intl.DateTimeFormat().resolvedOptions().timeZone]),
];

let chosen = kept() ?? "UTC";

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a browser may keep nothing for anybody
  }
}

export function chooseTimezone(name) {
  chosen = name;
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // then it holds for no longer than this page
  }
  dispatchEvent(new Event(CHANGED));
}

/** The timezone, told anew when it changes. */
export function useTimezone() {
  const [, look] = useReducer((count) => count + 1, 0);
  useEffect(() => (addEventListener(CHANGED, look), () => removeEventListener(CHANGED, look)), []);
  return chosen;
}
