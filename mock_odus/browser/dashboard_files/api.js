// Speaks HTTP to the mock, as any client does: the public API and /_mock, with the secret key of the chosen sandbox.

import { acting } from "./acting.js";

let chosen = null;

/** The sandbox that everything is asked of: `{name, secretKey, …}` as GET /_mock/sandboxes tells it. */
export const sandbox = () => chosen;
export const choose = (one) => (chosen = one);

/** What the mock refused: `problems` are its own sentences, one each. */
export class Refusal extends Error {
  constructor(status, problems) {
    super(problems.join("; "));
    this.status = status;
    this.problems = problems;
  }
}

/**
 * The decoded answer. `body` is sent as JSON, or as it is when it is text of another `type`; what is asked of the whole
 * mock goes without a key. The mock itself is driven by its owner, whoever acts. Refusal.
 */
export async function ask(method, path, body, { signal, type = "application/json", isKeyless } = {}) {
  const user = chosen && !path.startsWith("/_mock") ? acting(chosen.name) : null;
  const headers = chosen && !isKeyless ? { Authorization: `Bearer ${user ? user.key : chosen.secretKey}` } : {};
  if (body !== undefined) headers["Content-Type"] = type;
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: sent, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, ["The mock does not answer. Is it still running?"]);
  }
  const text = await answer.text();
  const value = answer.headers.get("content-type")?.includes("json") && text ? JSON.parse(text) : text;
  if (!answer.ok) throw new Refusal(answer.status, [value?.message ?? text ?? answer.statusText].flat());
  return value;
}

export const get = (path, query, how) => ask("GET", path + written(query), undefined, how);
export const post = (path, body = {}, how) => ask("POST", path, body, how);
export const put = (path, body, how) => ask("PUT", path, body, how);
export const remove = (path) => ask("DELETE", path);

/** A query as it stands in an address, the brackets of filters readable; empty values are left out. */
export function written(query) {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== "" && value != null);
  if (!pairs.length) return "";
  const name = (text) => encodeURIComponent(text).replaceAll("%5B", "[").replaceAll("%5D", "]");
  return "?" + pairs.map(([key, value]) => `${name(key)}=${encodeURIComponent(value)}`).join("&");
}
