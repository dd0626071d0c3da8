// The browser part of the demo shop: it hands the payment to the checkout, and reacts to what comes of it.

import { OdusCheckout } from "@odus/checkout";

const place = document.querySelector("[data-options]");
if (place) start(JSON.parse(place.dataset.options));

function start(options) {
  const message = document.getElementById("message");
  const button = place.querySelector("button");
  const callbacks = {
    onPaymentSucceeded: ({ payment }) => location.assign(`${new URL(options.returnUrl).pathname}?payment=${payment}`),
    // The drop-in checkout shows by itself what went wrong; separate fields leave that to the shop.
    onPaymentFailed: (failure) => message && (message.textContent = failure.message),
    onLoadingStateChange: (isLoading) => button && (button.disabled = isLoading),
  };
  const checkout = new OdusCheckout({ ...options, callbacks });
  if (place.id === "checkout") return checkout.mount(place);

  const elements = checkout.elements();
  elements.create("cardNumber", { label: "Card number" }).mount("#number");
  elements.create("cardExpiry", { label: "Expiry date" }).mount("#expiry");
  elements.create("cardCvc", { label: "Security code" }).mount("#cvc");
  elements.create("cardholderName", { label: "Name on card" }).mount("#holder");
  place.addEventListener("submit", (event) => {
    event.preventDefault();
    message.textContent = "";
    elements.submit();
  });
}
