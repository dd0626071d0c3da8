// The checkout module of Odus, simulated by mock_odus: the part that runs in the shop's own page.
// What is typed stays in frames of the mock's origin, and so does the call that pays: this file never sees a card.

const HOME = new URL(".", import.meta.url);
const REQUIRED = ["paymentId", "checkoutKey", "returnUrl"];
const FIELDS = ["cardNumber", "cardExpiry", "cardCvc", "cardholderName"];

/** A frame of the mock. It is told its settings once, and talks through a channel that only the two of us hold. */
class Frame {
  #element = document.createElement("iframe");
  #channel = new MessageChannel();

  constructor(place, kind, settings, hear) {
    const target = typeof place === "string" ? document.querySelector(place) : place;
    if (!target) throw new TypeError(`OdusCheckout: nothing on the page matches ${place}`);
    const frame = this.#element;
    frame.src = new URL("frame.html", HOME).href;
    frame.title = kind === "checkout" ? "Checkout" : kind;
    frame.referrerPolicy = "no-referrer";
    Object.assign(frame.style, { display: "block", width: "100%", height: "0", border: "0", colorScheme: "normal" });
    this.#channel.port1.onmessage = ({ data }) => {
      if (data.type !== "resize") return hear(data);
      frame.style.height = `${data.detail}px`;
      frame.title = data.title;
    };
    const start = { odus: "start", kind, settings };
    // Should another page have come into the frame, the browser keeps the message from it: the origin is named.
    frame.onload = () => {
      frame.onload = null;
      frame.contentWindow.postMessage(start, HOME.origin, [this.#channel.port2]);
    };
    target.append(frame);
  }

  tell(type) {
    this.#channel.port1.postMessage({ type });
  }

  remove() {
    this.#channel.port1.close();
    this.#element.remove();
  }
}

/** What a frame has to say, told to the shop: a callback, or the way to the bank. */
function answer({ type, detail }, { callbacks = {}, manualActionHandling }) {
  if (type === "loading") callbacks.onLoadingStateChange?.(detail);
  if (type === "succeeded") callbacks.onPaymentSucceeded?.(detail);
  if (type === "failed") callbacks.onPaymentFailed?.(detail);
  if (type !== "action") return;
  if (manualActionHandling) callbacks.onActionRequired?.(detail);
  else if (/^https?:/.test(detail.redirectUrl)) location.assign(detail.redirectUrl);
}

/** What a frame needs to know. Functions stay here, they cannot travel. */
function settingsOf({ paymentId, checkoutKey, returnUrl, locale, appearance, savedMethods }) {
  return { paymentId, checkoutKey, returnUrl, locale, appearance, savedMethods };
}

/** Two levels of looks: what the inner one leaves out, the outer one says. */
function merged(outer = {}, inner = {}) {
  const colors = { ...outer.colors, ...inner.colors };
  return { ...outer, ...inner, colors, labels: { ...outer.labels, ...inner.labels } };
}

export class OdusCheckout {
  #options;
  #frame = null;

  constructor(options) {
    const missing = REQUIRED.filter((name) => !options?.[name]);
    if (missing.length) throw new TypeError(`OdusCheckout: required: ${missing.join(", ")}`);
    this.#options = options;
  }

  /** Shows the whole checkout inside that element. */
  mount(place) {
    this.unmount();
    const hear = (message) => answer(message, this.#options);
    this.#frame = new Frame(place, "checkout", settingsOf(this.#options), hear);
  }

  unmount() {
    this.#frame?.remove();
    this.#frame = null;
  }

  /** Separate fields; what is said here of `appearance` and `locale` holds for all of them. */
  elements(group = {}) {
    const { appearance, locale = this.#options.locale } = group;
    return new Elements({ ...this.#options, locale, appearance: merged(this.#options.appearance, appearance) });
  }
}

class Elements {
  #options;
  #group = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16)).join("");
  #frames = new Map();
  #over = null;

  constructor(options) {
    this.#options = options;
  }

  /** One field. Its own options win over the group's. */
  create(kind, { placeholder, label, appearance } = {}) {
    if (!FIELDS.includes(kind)) throw new TypeError(`OdusCheckout: ${kind} is none of ${FIELDS.join(", ")}`);
    const looks = merged(this.#options.appearance, appearance);
    const own = { placeholder, label, group: this.#group, appearance: looks };
    const unmount = () => {
      this.#frames.get(kind)?.remove();
      this.#frames.delete(kind);
    };
    const mount = (place) => {
      unmount();
      const settings = { ...settingsOf(this.#options), ...own };
      this.#frames.set(kind, new Frame(place, kind, settings, (message) => this.#hear(message)));
    };
    return { mount, unmount };
  }

  /** Pays with what stands in the fields. Fulfilled when that is over, whatever came of it. */
  submit() {
    const missing = FIELDS.slice(0, 3).filter((kind) => !this.#frames.has(kind));
    if (missing.length) return Promise.reject(new TypeError(`OdusCheckout: not mounted: ${missing.join(", ")}`));
    return new Promise((fulfil) => {
      this.#over = fulfil;
      this.#frames.get("cardNumber").tell("submit");
    });
  }

  #hear(message) {
    if (message.type === "over") this.#over?.();
    else answer(message, this.#options);
  }
}
