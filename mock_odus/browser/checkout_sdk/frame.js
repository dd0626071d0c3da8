// What runs in a frame: it is told its settings once by the page around it, and shows the checkout or one field.

import { form } from "./form.js";
import { lone } from "./lone.js";
import { speak } from "./texts.js";

const COLORS = ["accent", "accentText", "background", "field", "text", "muted", "border", "danger"];

/** The shop's looks. Set as properties, so that no value of them can become a rule of its own. */
function dress({ theme = "light", colors = {}, fontFamily, fontSize, radius, layout = "compact" } = {}) {
  const root = document.documentElement;
  const set = (name, value) => value && root.style.setProperty(name, value);
  const isDark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.classList.add(isDark ? "dark" : "light", layout === "stacked" ? "stacked" : "compact");
  for (const name of COLORS) set(`--${name}`, colors[name]);
  set("--font", fontFamily);
  set("--size", fontSize);
  set("--radius", radius);
}

function start({ kind, settings }, port) {
  const tell = (type, detail) => port.postMessage({ type, detail, title: document.title });
  const text = speak(settings.locale, settings.appearance?.labels);
  const place = document.getElementById("place");
  document.documentElement.lang = text.language;
  dress(settings.appearance);
  new ResizeObserver(() => tell("resize", Math.ceil(place.getBoundingClientRect().height))).observe(place);
  if (kind === "checkout") form(place, settings, text, tell);
  else lone(place, kind, settings, text, tell, port);
}

addEventListener("message", function first(event) {
  if (event.source !== parent || event.data?.odus !== "start" || event.ports.length !== 1) return;
  removeEventListener("message", first);
  start(event.data, event.ports[0]);
});
