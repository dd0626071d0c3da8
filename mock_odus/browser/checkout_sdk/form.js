// The whole checkout: wallets, saved cards, the card form, and what is shown while it works and when it is over.

import { body } from "./card.js";
import { field } from "./field.js";
import { make } from "./make.js";
import { pay, read, told } from "./payment.js";

const KNOWN = ["card", "paypal", "applePay"];
const FIELDS = ["cardNumber", "cardExpiry", "cardCvc", "cardholderName"];

export async function form(place, settings, text, tell) {
  let now = "";
  document.title = text.title;
  // A page that the back button brings again may show what is no longer true.
  addEventListener("pageshow", (event) => event.persisted && load());
  await load();

  async function load() {
    place.replaceChildren(make("p", { className: "loading", role: "status" }, text.loading));
    tell("loading", true);
    try {
      const answer = await read(settings);
      now = answer.now;
      show(answer.payment);
    } catch (error) {
      place.replaceChildren(make("p", { className: "message", role: "alert" }, error.message || text.offline));
    }
    tell("loading", false);
  }

  function show(payment) {
    const over = { succeeded: text.paid, cancelled: text.cancelled }[payment.status];
    if (over) return place.replaceChildren(make("p", { className: "over", role: "status" }, over));
    if (payment.action) return wait(payment);
    return ask(payment);
  }

  /** The customer has been sent away and is here again. */
  function wait(payment) {
    const go = make("button", { type: "button", className: "pay" }, text.goOn);
    go.addEventListener("click", () => tell(...told(payment)));
    place.replaceChildren(make("p", { className: "over" }, text.waiting), go);
  }

  function ask(payment) {
    const options = payment.paymentMethodOptions;
    const wanted = settings.appearance?.paymentMethods ?? KNOWN;
    const methods = wanted.filter((type) => KNOWN.includes(type) && options[type]);
    const message = make("p", { className: "message", role: "alert" });
    const wallets = methods.filter((type) => type !== "card").map((type) => wallet(type));
    const amount = money(payment, text.language);
    const card = methods.includes("card") ? cardForm(payment, text.pay.replace("{amount}", amount), submit) : null;
    const all = make("fieldset", { className: "all" });
    all.append(make("legend", { className: "hidden" }, text.title));
    if (wallets.length) all.append(make("div", { className: "wallets" }, ...wallets));
    if (wallets.length && card) all.append(make("p", { className: "or" }, text.or));
    all.append(message, ...(card ? [card] : []));
    place.replaceChildren(all, make("p", { className: "note" }, text.simulated));

    function wallet(type) {
      const name = type === "paypal" ? "PayPal" : "Apple Pay";
      const button = make("button", { type: "button", className: `wallet ${type}` }, text.wallet.replace("{name}", name));
      button.addEventListener("click", () => submit(type === "paypal" ? { type } : { type, token: token() }, button));
      return button;
    }

    async function submit(given, button) {
      message.textContent = "";
      all.disabled = true;
      button.classList.add("busy");
      button.setAttribute("aria-busy", "true");
      tell("loading", true);
      const [type, detail] = await pay(settings, text, given);
      tell("loading", false);
      all.disabled = false;
      button.classList.remove("busy");
      button.removeAttribute("aria-busy");
      if (type === "failed") {
        detail.message ||= text.declined;
        message.textContent = detail.message;
        button.focus();
      } else show({ ...payment, status: detail.status, action: type === "action" ? detail : null });
      tell(type, detail);
    }
  }

  function cardForm(payment, label, submit) {
    const fields = FIELDS.map((kind) => field(kind, text, () => now));
    const typed = make("div", { className: "typed" }, ...fields.map((one) => one.root));
    const button = make("button", { type: "submit", className: "pay" }, label);
    const saved = savedOnes(payment);
    const choices = [...saved, ["", text.newCard]].map(([id, name], place) => choice(id, name, place === 0));
    const inputs = choices.map(({ input }) => input);
    const chosen = () => inputs.find((input) => input.checked).value;
    const follow = () => (typed.hidden = chosen() !== "");
    inputs.forEach((input) => input.addEventListener("change", follow));
    follow();
    const list = saved.length ? make("div", { className: "saved", role: "radiogroup", "aria-label": text.savedOnes }) : null;
    list?.append(...choices.map(({ root }) => root));
    const element = make("form", { noValidate: true }, list, typed, button);
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      if (chosen()) return submit({ paymentMethod: chosen() }, button);
      fields.forEach((one) => one.check());
      const wrong = fields.find(({ input }) => !input.validity.valid);
      if (wrong) return wrong.input.focus();
      return submit(body(Object.fromEntries(fields.map(({ input }) => [input.name, input.value]))), button);
    });
    return element;
  }

  /** Those that the shop tells of; else that of the payment, of which a browser knows no more than its id. */
  function savedOnes(payment) {
    const given = (settings.savedMethods ?? []).filter(({ type, card }) => type === "card" && card);
    const named = given.map(({ id, card }) => [id, `${capital(card.brand)} •••• ${card.lastFour}`]);
    const own = payment.paymentMethod;
    return own && !given.some(({ id }) => id === own) ? [[own, text.saved], ...named] : named;
  }

  function choice(id, name, checked) {
    const input = make("input", { type: "radio", name: "method", value: id, checked });
    return { input, root: make("label", {}, input, make("span", {}, name)) };
  }
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);

function money({ amount, currency }, language) {
  const style = new Intl.NumberFormat(language, { style: "currency", currency });
  return style.format(amount / 10 ** style.resolvedOptions().maximumFractionDigits);
}

/** What a phone would hand over. */
function token() {
  return `simulated-${Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join("")}`;
}
