// Moves the clock in slices, so that a long way can tell how far it is and can be stopped.

import { get, post } from "./api.js";

const SLICE = 500; // jobs in one request: a fraction of a second

/**
 * Goes `{by}`, `{to}` or `{until}`; `watch({now, jobs, part})` is told how far it is, `part` from 0 to 1 where the end
 * is known. Answers `{from, to, jobs, attempts, events, hint, isStopped}`. A clock that ticks stands meanwhile. Refusal.
 */
export async function travel(where, watch, signal) {
  const clock = await get("/_mock/clock");
  const ticks = clock.mode === "ticking";
  if (ticks) await post("/_mock/clock/freeze");
  try {
    return await slices(where, watch, signal);
  } finally {
    if (ticks) await post("/_mock/clock/tick", { rate: clock.rate });
  }
}

async function slices(where, watch, signal) {
  const whole = { jobs: 0, attempts: 0, events: 0 };
  for (let next = where; ; ) {
    const report = await post("/_mock/clock/advance", { ...next, maxSteps: SLICE });
    whole.from ??= report.from;
    whole.jobs += report.jobs;
    whole.attempts += report.attempts;
    whole.events += Object.values(report.events).reduce((sum, count) => sum + count, 0);
    Object.assign(whole, { to: report.to, hint: report.hint, isStopped: report.stoppedEarly });
    if (!report.stoppedEarly || signal.aborted) return whole;
    const [from, now, end] = [whole.from, report.to, report.target].map((at) => at && Date.parse(at));
    watch({ now: report.to, jobs: whole.jobs, part: end > from ? (now - from) / (end - from) : null });
    next = report.target ? { to: report.target } : where;
  }
}
