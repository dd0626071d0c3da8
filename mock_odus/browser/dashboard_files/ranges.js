// Ranges of days, counted from the sandbox's own today; all dates are those of the chosen timezone.

const DAY_MS = 86_400_000;
const FIRST = { today: 0, "7d": 6, "30d": 29 };

export const RANGES = {
  today: "Today",
  "7d": "7 days",
  "30d": "30 days",
  month: "Month",
  quarter: "Quarter",
  year: "Year",
  all: "All",
};
export const USUAL = "30d";

/** What the API is asked for by the address: `{from, to}`, of which nothing means everything. */
export function asked({ range = USUAL, from, to }, today) {
  if (from || to) return { from, to };
  return range === "all" ? {} : { from: first(range, today), to: today };
}

function first(range, today) {
  const [year, month] = today.split("-");
  if (range === "year") return `${year}-01-01`;
  if (range === "quarter") return `${year}-${String(month - ((month - 1) % 3)).padStart(2, "0")}-01`;
  if (range === "month") return `${year}-${month}-01`;
  return shown(Date.parse(today) - (FIRST[range] ?? FIRST[USUAL]) * DAY_MS);
}

/** The month so many months away from one such as `2026-02`. */
export const monthAway = (month, count) => shown(Date.UTC(month.slice(0, 4), month.slice(5) - 1 + count)).slice(0, 7);

/** On which day of the week a date falls: 0 is Monday. */
export const weekday = (date) => (new Date(date).getUTCDay() + 6) % 7;

const shown = (moment) => new Date(moment).toISOString().slice(0, 10);
