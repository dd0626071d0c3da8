// The calls to the API: reading the payment, and paying. Both with the checkout key, straight to the mock.

async function ask(settings, method, verb = "", body = undefined) {
  const answer = await fetch(`${location.origin}/payments/${encodeURIComponent(settings.paymentId)}${verb}`, {
    method,
    headers: { Authorization: `Bearer ${settings.checkoutKey}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
    cache: "no-store",
  });
  const record = await answer.json();
  if (answer.ok) return { payment: record, now: answer.headers.get("x-mock-now") };
  throw new Refused([record.message].flat().join("; "));
}

class Refused extends Error {}

export const read = (settings) => ask(settings, "GET");

/** What came of a payment, as the shop's page is told. */
export function told(payment) {
  const detail = { payment: payment.id, status: payment.status };
  if (payment.status === "succeeded") return ["succeeded", detail];
  if (payment.action) return ["action", { ...detail, redirectUrl: payment.action.redirectUrl }];
  const outcome = payment.transactions.at(-1)?.outcome;
  const message = outcome?.safeErrorMessage ?? "";
  return ["failed", { ...detail, message, retryStrategy: outcome?.retryStrategy ?? null }];
}

export async function pay(settings, text, body) {
  const failed = (message) => {
    const detail = { payment: settings.paymentId, status: "open", message, retryStrategy: null };
    return ["failed", detail];
  };
  try {
    const { payment } = await ask(settings, "POST", "/authorize", { ...body, returnUrl: settings.returnUrl });
    return told(payment);
  } catch (error) {
    if (error instanceof Refused) return failed(error.message);
    return recover(settings, failed(text.offline));
  }
}

/** The answer was lost, not always the payment: what is known of it counts. */
async function recover(settings, otherwise) {
  try {
    const { payment } = await read(settings);
    return payment.status === "open" ? otherwise : told(payment);
  } catch {
    return otherwise;
  }
}
