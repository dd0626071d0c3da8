// A field by itself. That of the number also pays: it reads its neighbours where they stand, in frames of one origin.
// So nothing that was typed is ever sent from frame to frame.

import { body } from "./card.js";
import { field } from "./field.js";
import { pay, read } from "./payment.js";

export function lone(place, kind, settings, text, tell, port) {
  let now = "";
  const { root } = field(kind, text, () => now, settings);
  place.append(root);
  document.title = text[kind];
  read(settings).then((answer) => (now = answer.now), () => {});
  if (kind !== "cardNumber") return;

  async function submit() {
    const inputs = neighbours(settings.group);
    inputs.forEach((one) => one.dispatchEvent(new Event("check")));
    const wrong = inputs.find((one) => !one.validity.valid);
    if (wrong) return wrong.focus();
    const values = Object.fromEntries(inputs.map((one) => [one.name, one.value]));
    tell("loading", true);
    const [type, detail] = await pay(settings, text, body(values));
    tell("loading", false);
    tell(type, detail.message === "" ? { ...detail, message: text.declined } : detail);
  }

  let isBusy = false;
  port.onmessage = async ({ data }) => {
    if (data.type !== "submit" || isBusy) return;
    isBusy = true;
    await submit().finally(() => (isBusy = false));
    tell("over");
  };
}

/** The inputs of the group, this one among them. Frames of other origins cannot be looked into, and are none of it. */
function neighbours(group) {
  const found = [];
  for (let place = 0; place < parent.length; place++) {
    try {
      found.push(...parent[place].document.querySelectorAll(`input[data-group="${CSS.escape(group)}"]`));
    } catch {
      continue;
    }
  }
  return found;
}
