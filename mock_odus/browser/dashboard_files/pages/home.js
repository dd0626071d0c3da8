// Home: what was earned and given back, what was sold, and what will be billed. What is shown stands in the address.

import { html } from "../vendor/htm-preact.js";
import { sandbox, written } from "../api.js";
import { useAsked } from "../asked.js";
import { Chart } from "../parts/chart.js";
import { Copies } from "../parts/copy.js";
import { Card, Page } from "../parts/page.js";
import { Rebills } from "../parts/rebills.js";
import { Empty, Loading, Trouble } from "../parts/states.js";
import { Id, instant, money, Money } from "../parts/values.js";
import { asked, RANGES, USUAL } from "../ranges.js";
import { go } from "../router.js";
import { zones } from "../settings.js";

const AT = "/_mock/analytics/";
const TOPICS = ["payment.", "subscription.", "invoice.", "clock"];
const PIECES = ["hour", "day", "week", "month"];
const NOTHING = `Money counts when it is captured. Pay in the demo shop, call POST /payments from your application, or
  look at a longer time.`;

export default function Home({ query }) {
  const { timezone, currency, granularity, month } = query;
  const calendar = useAsked(`${AT}rebills`, { month, timezone, currency }, TOPICS);
  const today = calendar.data?.today;
  const range = today && { ...asked(query, today), timezone, currency };
  const revenue = useAsked(today && `${AT}revenue`, { ...range, granularity }, TOPICS);
  const products = useAsked(today && `${AT}products`, range, TOPICS);
  const change = (more) => go(location.pathname + written({ ...query, ...more }), true);
  const error = calendar.error ?? revenue.error ?? products.error;
  const again = () => [calendar, revenue, products].forEach((one) => one.again());

  return html`<${Page} title="Home" about=${revenue.data && span(revenue.data)}
    actions=${html`<${Copies} request=${{ path: `${AT}revenue${written({ ...range, granularity })}` }} />`}>
    <${Choices} query=${query} of=${revenue.data} change=${change} />
    <${Trouble} error=${error} again=${again} />
    ${!error && !(revenue.data && products.data) && html`<${Loading} />`}
    ${!error && revenue.data && products.data && html`<${Sales} revenue=${revenue.data} products=${products.data} change=${change} />`}
    ${!calendar.error && calendar.data && html`<${Rebills} of=${calendar.data} show=${(to) => change({ month: to })} />`}
  <//>`;
}

/** The first and the last day of what is shown, and by whose calendar. */
function span({ from, to, timezone }) {
  const days = [from, new Date(Date.parse(to) - 1).toISOString()].map((at) => instant(at, timezone).slice(0, 10));
  return `${[...new Set(days)].join(" to ")}, by the calendar of ${timezone}`;
}

/** Everything that can be chosen. Two dates take the place of a range. */
function Choices({ query, of, change }) {
  const isOwn = Boolean(query.from || query.to);
  const choose = (name) => (event) => change({ [name]: event.target.value });
  const dated = (name) => (event) => change({ range: "", [name]: event.target.value });
  return html`<div class="choices">
    <div class="ranges" role="group" aria-label="Range">
      ${Object.entries(RANGES).map(([name, text]) => html`<button type="button" aria-pressed=${String(!isOwn && (query.range ?? USUAL) === name)}
        onClick=${() => change({ range: name === USUAL ? "" : name, from: "", to: "" })}>${text}</button>`)}
    </div>
    <div class="filters">
      <label>From <input type="date" value=${query.from ?? ""} onChange=${dated("from")} /></label>
      <label>to <input type="date" value=${query.to ?? ""} onChange=${dated("to")} /></label>
      <label>By <select onChange=${choose("granularity")}>
        <option value="">${of && !query.granularity ? `fitting: ${of.granularity}` : "fitting"}</option>
        ${PIECES.map((name) => html`<option value=${name} selected=${name === query.granularity}>${name}</option>`)}
      </select></label>
      <${Zone} chosen=${query.timezone} choose=${choose("timezone")} />
      ${of && of.currencies.length > 1 && html`<label>Currency <select onChange=${choose("currency")}>
        ${[...new Set([...of.currencies, of.currency])].map((name) => html`
          <option value=${name} selected=${name === of.currency}>${name.toUpperCase()}</option>`)}
      </select></label>`}
    </div>
  </div>`;
}

function Zone({ chosen, choose }) {
  const { data } = useAsked("/merchant-configs");
  const merchants = data?.data[0]?.timezone;
  const near = [...new Set([...zones(merchants), ...(chosen ? [chosen] : [])])].filter((name) => name !== merchants);
  const far = Intl.supportedValuesOf("timeZone").filter((name) => name !== merchants && !near.includes(name));
  return html`<label>Timezone <select onChange=${choose}>
    <option value="">${merchants ? `${merchants} (merchant's)` : "the merchant's"}</option>
    ${near.map((name) => html`<option value=${name} selected=${name === chosen}>${name}</option>`)}
    <optgroup label="All">${far.map((name) => html`<option value=${name}>${name}</option>`)}</optgroup>
  </select></label>`;
}

function Sales({ revenue, products, change }) {
  const { totals, currency } = revenue;
  if (!totals.payments && !totals.refunds) {
    return html`<${Empty} title="Nothing was earned in this time" text=${NOTHING}>
      <button type="button" onClick=${() => change({ range: "all", from: "", to: "" })}>Show everything</button>
      <a class="button" href=${`/shop/${sandbox().name}`} target="_blank">Open the demo shop</a>
    <//>`;
  }
  return html`
    <${Charts} of=${revenue} />
    <${Products} rows=${products.products} currency=${currency} />
    <${Figures} of=${revenue} />
  `;
}

const count = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
const percent = (value) => (value === null ? "–" : `${value.toLocaleString("en")} %`);

function Charts({ of: { buckets, totals, currency, granularity, timezone } }) {
  const names = buckets.map((bucket) => [label(bucket, granularity, timezone), spanOf(bucket, granularity, timezone)]);
  const points = (field) => buckets.map((bucket, at) => ({ label: names[at][0], span: names[at][1], value: bucket[field] }));
  const amounts = (field) => ({
    points: points(field),
    total: money(totals[field], currency),
    say: (value) => money(value, currency),
    scale: (value) => brief(value, currency),
  });
  return html`<div class="charts">
    <${Chart} title="Gross revenue" look="gross" about=${count(totals.payments, "payment")} ...${amounts("grossAmount")} />
    <${Chart} title="Net revenue" look="net" about="after refunds" ...${amounts("netAmount")} />
    <${Chart} title="Refunds" look="refunds" about=${count(totals.refunds, "refund")} ...${amounts("refundedAmount")} />
    <${Chart} title="Refund rate" look="rate" about="of gross revenue" total=${percent(totals.refundRate)} isLine
      points=${points("refundRate")} say=${percent} scale=${(value) => `${value} %`} />
  </div>`;
}

/** An amount at the edge of a chart: `1.2K`. */
function brief(amount, currency) {
  const { maximumFractionDigits: digits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(amount / 10 ** digits);
}

const inWords = (shape, timezone) => new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: timezone });
const SHAPES = {
  hour: { hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
  week: { day: "numeric", month: "short" },
  month: { month: "short", year: "numeric" },
};

const label = ({ start }, granularity, timezone) => inWords(SHAPES[granularity], timezone).format(new Date(start));

/** The whole piece in words: `5 Jan 2026, 14:00`, `5 to 11 Jan 2026`. */
function spanOf({ start, end }, granularity, timezone) {
  if (granularity === "month") return label({ start }, granularity, timezone);
  const day = { day: "numeric", month: "short", year: "numeric" };
  if (granularity === "hour") return inWords({ ...day, ...SHAPES.hour }, timezone).format(new Date(start));
  return inWords(day, timezone).formatRange(new Date(start), new Date(Date.parse(end) - 1));
}

function Products({ rows, currency }) {
  const most = Math.max(...rows.map((row) => row.grossAmount), 1);
  return html`<section class="list sales">
    <header class="filters"><h2>Product sales</h2></header>
    <div class="scroll" tabindex="0" role="region" aria-label="Product sales"><table>
      <thead><tr>
        <th scope="col">Product</th>
        ${["Pieces", "Revenue", "Refunds", "Net"].map((name) => html`<th scope="col" class="number">${name}</th>`)}
        <td></td>
      </tr></thead>
      <tbody>${rows.map((row) => html`<tr key=${row.product}>
        <td class="wrap">
          ${row.product ? html`<${Id} id=${row.product} text=${row.name} />` : html`<span class="soft">Without a product</span>`}
        </td>
        <td class="number">${row.product ? row.quantity.toLocaleString("en") : "–"}</td>
        <${Amounts} of=${row} currency=${currency} />
        <td class="share" aria-hidden="true"><div style=${{ width: `${(100 * row.grossAmount) / most}%` }}></div></td>
      </tr>`)}</tbody>
    </table></div>
  </section>`;
}

const Amounts = ({ of, currency }) => ["grossAmount", "refundedAmount", "netAmount"].map((field) => html`
  <td class="number"><${Money} amount=${of[field]} currency=${currency} /></td>`);

/** What the charts show, to be read and copied. */
const Figures = ({ of: { buckets, currency, granularity, timezone } }) => html`<details class="raw figures">
  <summary>All figures as a table</summary>
  <div class="scroll" tabindex="0" role="region" aria-label="All figures"><table>
    <thead><tr>
      <th scope="col">${granularity}</th>
      ${["Payments", "Gross", "Refunds", "Net", "Refund rate"].map((name) => html`<th scope="col" class="number">${name}</th>`)}
    </tr></thead>
    <tbody>${buckets.map((bucket) => html`<tr key=${bucket.start}>
      <td><time datetime=${bucket.start}>${spanOf(bucket, granularity, timezone)}</time></td>
      <td class="number">${bucket.payments}</td>
      <${Amounts} of=${bucket} currency=${currency} />
      <td class="number">${percent(bucket.refundRate)}</td>
    </tr>`)}</tbody>
  </table></div>
</details>`;
