// The merchant's settings.

import { html } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { Copies } from "../parts/copy.js";
import { Act, Edit } from "../parts/dialog.js";
import { useChoices } from "../parts/found.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Loading, Trouble } from "../parts/states.js";
import { Id } from "../parts/values.js";

const TITLE = "Settings";
const CAPTURE = ["automatic", "manual", "automaticDelayed"];
const METHODS = [["card", "Cards"], ["paypal", "PayPal"], ["applePay", "Apple Pay"]];

export default function Merchant() {
  const { data, error, again } = useAsked("/merchant-configs", null, []);
  if (!data) return error ? html`<${Page} title=${TITLE}><${Trouble} error=${error} again=${again} /><//>` : html`<${Loading} />`;
  return html`<${Shown} config=${data.data[0]} again=${again} />`;
}

function Shown({ config, again }) {
  const path = `/merchant-configs/${config.id}`;
  const policies = useChoices("/retry-policies", ({ title }) => title);
  const cascades = useChoices("/cascades", ({ title }) => `Cascade: ${title}`);
  const profiles = useChoices("/gateway-profiles", ({ title, integration }) => `Gateway: ${title} (${integration})`);
  const named = Object.fromEntries([...policies, ...cascades, ...profiles]);
  const delay = { kind: "number", empty: null };
  return html`<${Page} title=${TITLE} about=${html`<code>${config.id}</code>`}
    actions=${html`
      <${Edit} title="Edit the settings" path=${path} then=${again} fields=${[
        { name: "displayCurrency", label: "Display currency", isRequired: true, value: config.displayCurrency },
        { name: "timezone", label: "Timezone", isRequired: true, value: config.timezone, help: "An IANA name such as Europe/Paris: renewals, limits and delays follow its calendar" },
        { name: "captureMethod", label: "Capture", kind: "choice", isRequired: true, options: CAPTURE, value: config.captureMethod },
        { ...delay, name: "captureDelay", label: "Capture delay in days", value: config.captureDelay, help: "1 to 5, for automaticDelayed" },
        { name: "recurringCaptureMethod", label: "Capture of renewals", kind: "choice", options: CAPTURE, value: config.recurringCaptureMethod, empty: null, help: "As at sign-up when none is chosen" },
        { name: "enableRecurringPaymentBundling", label: "Renewals of a customer that are due together are one payment", kind: "flag", value: config.enableRecurringPaymentBundling },
        { name: "defaultRetryPolicy", label: "Default retry policy", kind: "choice", isRequired: true, options: policies, value: config.defaultRetryPolicy },
      ]} />
      <${Ways} ...${{ config, path, again, choices: [...cascades, ...profiles] }} />
      <${Copies} request=${{ path }} />`}>
    <${Card} title="Account">
      <${Fields} of=${[
        ["Display currency", config.displayCurrency],
        ["Timezone", config.timezone],
        ["Capture", config.captureDelay ? `${config.captureMethod}, ${config.captureDelay} days` : config.captureMethod],
        ["Capture of renewals", config.recurringCaptureMethod ?? "as at sign-up"],
        ["Bundling", config.enableRecurringPaymentBundling],
        ["Default retry policy", html`<${Id} id=${config.defaultRetryPolicy} text=${named[config.defaultRetryPolicy]} />`],
        ["Metadata", config.metadata],
      ]} />
    <//>
    <${Card} title="Where charges go unless a payment says otherwise">
      <${Fields} of=${METHODS.map(([method, title]) => {
        const way = config.paymentMethodOptions?.[method];
        const id = way?.cascade ?? way?.gatewayProfile;
        return [title, id ? html`<${Id} id=${id} text=${named[id]} />` : html`<span class="soft">not available</span>`];
      })} />
    <//>
    <${Raw} of=${config} />
  <//>`;
}

/** Where each method type goes by default: a cascade, a gateway profile, or nowhere. */
function Ways({ config, path, again, choices }) {
  const given = config.paymentMethodOptions ?? {};
  const way = (id, was) => {
    if (!id) return null;
    const own = id.startsWith("cas_") ? { mode: "cascade", cascade: id } : { mode: "gatewayProfile", gatewayProfile: id };
    return was?.captureMethod ? { ...own, captureMethod: was.captureMethod } : own;
  };
  const body = (values) => {
    const options = { captureMethod: given.captureMethod, captureDelay: given.captureDelay };
    for (const [method] of METHODS) options[method] = way(values[method], given[method]);
    return { paymentMethodOptions: Object.fromEntries(Object.entries(options).filter(([, value]) => value != null)) };
  };
  return html`<${Act} label="Routing" title="Where charges go" path=${path} then=${again} body=${body} text="PayPal goes to paypal gateways, the others to any but those."
    fields=${METHODS.map(([method, label]) => ({ name: method, path: `paymentMethodOptions.${method}`, label, kind: "choice", options: choices, value: given[method]?.cascade ?? given[method]?.gatewayProfile }))} />`;
}
