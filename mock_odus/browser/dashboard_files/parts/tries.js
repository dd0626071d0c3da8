// From the lines of a payment's story and the journal of its attempts to what a picture needs: tries, gateway by gateway.

/**
 * Tries `{at, title, stops, end}` in their order. A stop is a gateway `{name, place, said, rule, mood, challenge}`, or one
 * of the cascade that was not asked, without `said`. `end` is how the payment stood afterwards. `titles` are the gateway
 * profiles' by id, `cascades` by id. Attempts that a scenario says were made before it began have no lines.
 */
export function tries(lines, attempts, titles, cascades) {
  const found = [];
  const left = [...attempts];
  let current = null;
  let last = null; // the try that a challenge belongs to
  const untold = attempts.slice(0, attempts.length - lines.filter((line) => line.kind === "attempt").length);
  for (const line of [...untold.map(({ at, operation }) => ({ kind: "attempt", at, what: operation })), ...lines]) {
    if (line.kind === "attempt") {
      const attempt = left.shift();
      if (!attempt) continue;
      const goesOn = current?.operation === line.what && current.at === line.at;
      if (!goesOn) found.push((current = last = begun(line, attempt)));
      current.stops.push(stop(line, attempt, titles));
    } else if (line.kind === "challenge" && last) {
      last.stops.at(-1).challenge = { text: line.text, mood: line.mood };
      current = null;
    } else if (line.kind === "event" && line.what.startsWith("payment.")) {
      if (last) last.end = { text: standing(line.text), mood: line.mood };
      current = null;
    }
  }
  for (const one of found) one.stops.push(...notAsked(one, titles, cascades));
  return found;
}

const begun = (line, attempt) =>
  ({ at: line.at, operation: line.what, title: titled(attempt), cascade: attempt.cascade, stops: [], end: null });

function titled({ operation, retry, cycle, initiator }) {
  if (operation !== "authorize") return { capture: "Capture", refund: "Refund", void: "Void" }[operation];
  if (retry > 0) return `Step ${retry} of the retry policy`;
  if (retry === 0) return `Renewal, cycle ${cycle}`;
  return initiator === "customer" ? "The customer pays" : "The merchant charges";
}

function stop(line, attempt, titles) {
  const { outcome } = attempt;
  const wasChallenged = line.mood === "wait" || outcome.status === "partial";
  const said = wasChallenged ? "asks for a challenge" : outcome.status === "success" ? "approves" : outcome.errorCode;
  return {
    profile: attempt.gatewayProfile,
    name: line.gateway ?? titles[attempt.gatewayProfile] ?? "no gateway",
    place: attempt.position,
    said,
    rule: attempt.rule,
    latency: attempt.latencyMs,
    mood: line.mood ?? { success: "good", failure: "bad", partial: "wait" }[outcome.status],
  };
}

/** The gateways of the cascade behind the last one that was asked. */
function notAsked({ operation, cascade, stops }, titles, cascades) {
  if (operation !== "authorize") return [];
  const rules = (cascades[cascade]?.rules ?? []).toSorted((one, other) => one.position - other.position);
  const asked = new Set(stops.map((one) => one.profile));
  return rules.filter((rule) => !asked.has(rule.gatewayProfile)).map((rule) =>
    ({ name: titles[rule.gatewayProfile] ?? rule.gatewayProfile, place: rule.position }));
}

/** Of "open → succeeded, shown as succeeded" what it is now. */
const standing = (text) => /shown as (\w+)/.exec(text)?.[1].replaceAll("_", " ") ?? text.split(" is ").at(-1);
