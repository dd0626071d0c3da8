// What a component shows is what the mock answered, asked again when something happened that may have changed it.

import { useEffect, useReducer, useState } from "./vendor/htm-preact.js";
import { ask, get, written } from "./api.js";
import { tell, useLive } from "./live.js";

/**
 * Asks GET `path`, nothing while it is empty. Answers `{data, error, isLoading, again}`; what was answered before stays
 * until the next answer is there. `topics` of the stream (see live.js) after which it is asked again.
 */
export function useAsked(path, query, topics) {
  const address = path && path + written(query);
  const [state, set] = useState({});
  const [turn, again] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    if (!address) return;
    const own = new AbortController();
    get(address, null, { signal: own.signal }).then(
      (data) => own.signal.aborted || set({ address, data }),
      (error) => own.signal.aborted || set((was) => ({ ...(was.address === address && was), address, error })),
    );
    return () => own.abort();
  }, [address, turn]);
  useLive(topics, again);
  const isLoading = Boolean(address) && state.address !== address;
  return { data: state.data, error: isLoading ? null : state.error, isLoading, again };
}

/**
 * Does something once at a time: `[run, {isBusy, error, done}]`. `run(method, path, body)` answers what the mock
 * answered, or undefined when it refused; then `error` says why.
 */
export function useAction(then) {
  const [state, set] = useState({});
  async function run(method, path, body, how) {
    set({ isBusy: true });
    try {
      const answer = await ask(method, path, body, how);
      set({ done: answer });
      then?.(answer);
      tell("own");
      return answer;
    } catch (error) {
      set({ error });
      return undefined;
    }
  }
  return [run, state, () => set({})];
}
