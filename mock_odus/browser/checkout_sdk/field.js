// One field of a card: its label, its input, and what is wrong with it.

import { brand, digits, format, problem } from "./card.js";
import { make } from "./make.js";

const AUTOCOMPLETE = {
  cardNumber: "cc-number",
  cardExpiry: "cc-exp",
  cardCvc: "cc-csc",
  cardholderName: "cc-name",
};
const PLACEHOLDERS = { cardNumber: "1234 1234 1234 1234", cardExpiry: "MM / YY", cardCvc: "123" };

/** `now` tells the sandbox's time. With `group` it can be found from the other fields of that group. */
export function field(kind, text, now, { label, placeholder, group } = {}) {
  const shown = label ?? (group ? "" : text[kind]);
  const input = make("input", {
    id: kind,
    name: kind,
    type: "text",
    inputMode: kind === "cardholderName" ? "text" : "numeric",
    autocomplete: AUTOCOMPLETE[kind],
    placeholder: placeholder ?? PLACEHOLDERS[kind] ?? "",
    spellcheck: false,
    "aria-describedby": `${kind}-problem`,
    "aria-label": shown ? null : text[kind],
    "data-group": group,
  });
  const mark = kind === "cardNumber" ? make("span", { className: "brand", "aria-hidden": "true" }) : null;
  const note = make("p", { className: "problem", id: `${kind}-problem` });
  const root = make(
    "div",
    { className: `field ${kind}` },
    shown ? make("label", { htmlFor: kind }, shown) : null,
    make("div", { className: "input" }, input, mark ?? ""),
    note,
  );

  function show(found) {
    input.setCustomValidity(found);
    input.setAttribute("aria-invalid", String(Boolean(found)));
    note.textContent = found ? text[found] : "";
  }
  const check = () => show(problem[kind](input.value, now()));

  input.addEventListener("input", () => {
    const before = kind === "cardholderName" ? 0 : digits(input.value.slice(0, input.selectionStart)).length;
    const atEnd = input.selectionStart === input.value.length;
    const formatted = format[kind](input.value);
    if (formatted !== input.value) {
      input.value = formatted;
      if (!atEnd) input.setSelectionRange(...Array(2).fill(placeAfter(formatted, before)));
    }
    if (mark) mark.className = `brand ${brand(digits(formatted)).name}`;
    if (input.getAttribute("aria-invalid") === "true") check();
  });
  // Somebody who only passes by is not told that something is missing.
  input.addEventListener("change", () => input.value && check());
  input.addEventListener("check", check);
  return { root, input, check };
}

/** Where the caret stands behind so many digits. */
function placeAfter(text, count) {
  let place = 0;
  for (let seen = 0; seen < count && place < text.length; place++) if (/\d/.test(text[place])) seen++;
  return place;
}
