// What can be done with a payment in its state; anything else the mock would refuse.

import { html } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { Act } from "../parts/dialog.js";

const CARDS = [
  ["4242424242424242", "Visa, approved"],
  ["5555555555554444", "Mastercard, approved"],
  ["4000000000003220", "Visa, asks for a challenge"],
  ["4000000000000002", "Visa, declined"],
  ["4000000000009995", "Visa, insufficient funds"],
  ["4000000000000069", "Visa, expired card"],
  ["4000000000000119", "Visa, processor error"],
  ["4100000000000019", "Visa, fraud suspected"],
  ["4000008400001629", "Visa, challenged and then declined"],
  ["4000000000000341", "Visa, approved now and declined later"],
];
const EXPIRES = { expMonth: "12", expYear: "2099", cvv: "100" }; // whatever the sandbox's clock says, it has not yet

const part = { name: "amount", label: "Amount in minor units", kind: "number" };
const returnUrl = { name: "returnUrl", label: "Return URL", help: "Where a challenge sends the customer back to", isRequired: true };

export function Actions({ payment, then }) {
  const { id, status, amount, amountCaptured, amountReversed, isCaptured, isChargebacked, offSessionType } = payment;
  const path = `/payments/${id}`;
  const isPaid = status === "succeeded" && amount > 0;
  return html`
    ${status === "open" && offSessionType !== "recurring" && html`<${Charge} payment=${payment} then=${then} />`}
    ${isPaid && !isCaptured && html`<${Act} label="Capture" path=${`${path}/capture`} then=${then}
      fields=${[{ ...part, help: `All ${amount} when left empty; what is not captured is released` }]} />`}
    ${isPaid && !isCaptured && html`<${Act} label="Void" title="Void the authorization" isGrave path=${`${path}/reverse`} then=${then} text="The hold is released, and the payment is cancelled." />`}
    ${isPaid && isCaptured && amountReversed < amountCaptured && html`<${Act} label="Refund" path=${`${path}/reverse`} then=${then}
      fields=${[
        { ...part, help: `What is left, ${amountCaptured - amountReversed}, when left empty` },
        { name: "isExternal", label: "It was given back elsewhere: no gateway is asked", kind: "flag" },
      ]} />`}
    ${["open", "requires_action"].includes(status) && html`<${Act} label="Cancel" title="Cancel the payment" isGrave path=${`${path}/cancel`} then=${then} text="A cancelled payment cannot be opened again." />`}
    ${isPaid && !isChargebacked && html`<${Act} label="Chargeback" title="Record a chargeback" isGrave path=${`${path}/record-chargeback`} then=${then}
      text="As if the customer had asked their bank for the money." fields=${payment.customer ? BLOCKS : []} body=${chargeback} />`}
  `;
}

const BLOCKS = [
  { name: "blacklistCustomer", label: "Blacklist the customer's email", kind: "flag" },
  { name: "restrictCit", label: "Block what the customer begins", kind: "flag" },
  { name: "restrictMit", label: "Block what the merchant begins, renewals included", kind: "flag" },
];

function chargeback({ blacklistCustomer, restrictCit, restrictMit }) {
  const customerRestrictions = { ...(restrictCit && { restrictCit }), ...(restrictMit && { restrictMit }) };
  return { ...(blacklistCustomer && { blacklistCustomer }), ...((restrictCit || restrictMit) && { customerRestrictions }) };
}

/** Authorize, with a saved method of the customer or with a test card. */
function Charge({ payment, then }) {
  const { data } = useAsked(payment.customer && "/payment-methods", { "customer[eq]": payment.customer, pageSize: 100 });
  const saved = data?.data.map((one) => [one.id, one.card ? `Saved: ${one.card.brand} ${one.card.lastFour}` : `Saved: ${one.type}`]) ?? [];
  const other = [["paypal", "PayPal"], ["applePay", "Apple Pay"]];
  const body = ({ means, ...rest }) => {
    if (means.startsWith("pm_")) return { paymentMethod: means, ...rest };
    if (means === "paypal") return { type: means, ...rest };
    if (means === "applePay") return { type: means, token: "dashboard", ...rest };
    return { type: "card", card: { number: means, ...EXPIRES }, ...rest };
  };
  const fields = [
    { name: "means", label: "Pay with", kind: "choice", isRequired: true, value: saved[0]?.[0] ?? CARDS[0][0], options: [...saved, ...CARDS, ...other] },
    ...(payment.initiator === "customer" ? [{ ...returnUrl, value: payment.returnUrl ?? location.href }] : []),
  ];
  return html`<${Act} label="Authorize" title="Authorize the payment" path=${`/payments/${payment.id}/authorize`} then=${then} fields=${fields} body=${body} />`;
}
