// Every page of the dashboard, in the order of the navigation. A page is a file in pages/ and a line here.

/** `at` is its path and its file, `group` where the navigation shows it, `owns` the prefix of the ids that lead to it. */
const page = (at, title, group, owns) => ({ at, title, group, owns, load: () => import(`./pages/${at}.js`) });

export const PAGES = [
  page("home", "Home", "Odus"),
  page("timeline", "Timeline", "Mock"),
  page("scenario", "Scenario", "Mock"),
  page("sandboxes", "Sandboxes", "Mock"),
  page("payments", "Payments", "Odus", "pay"),
  page("customers", "Customers", "Odus", "cus"),
  page("subscriptions", "Subscriptions", "Odus", "sub"),
  page("invoices", "Invoices", "Odus", "inv"),
  page("products", "Products", "Odus", "prod"),
  page("prices", "Prices", "Odus", "price"),
  page("cascades", "Cascades", "Routing", "cas"),
  page("gateway-profiles", "Gateway profiles", "Routing", "gwp"),
  page("retry-policies", "Retry policies", "Routing", "rp"),
  page("webhooks", "Webhooks", "Account", "whs"),
  page("keys", "Access keys", "Account"),
  page("users", "Users", "Account", "usr"),
  page("blacklist", "Blacklist", "Account"),
  page("request-logs", "Request logs", "Account", "req"),
  page("merchant", "Settings", "Account", "mcf"),
  page("find", "Find", null),
];

const BY_PREFIX = Object.fromEntries(PAGES.filter((one) => one.owns).map((one) => [one.owns, one.at]));
const SHOWN_ELSEWHERE = ["txn", "pm"]; // by the page of what they belong to, which pages/find.js finds

/** The path of the page that shows what has this id; nothing where no page does. */
export function pathOf(id) {
  const prefix = /^([a-z]+)_\w+$/.exec(id ?? "")?.[1];
  if (BY_PREFIX[prefix]) return `${BY_PREFIX[prefix]}/${id}`;
  return SHOWN_ELSEWHERE.includes(prefix) ? `find/${id}` : null;
}
