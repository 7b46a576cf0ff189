// The stand-in's JSON API, and the page's own address: #as=U…&view=D…|C…|home&thread=ts.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

const RETRY_MS = 1500;

async function fetchJson(path, options) {
  const answer = await fetch(path, options);
  if (!answer.ok && answer.headers.get("content-type")?.includes("json") !== true)
    throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

const post = (path, body) =>
  fetchJson(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** `next` with every part that equals its counterpart in `previous` replaced by it, so that unchanged things stay identical. */
function share(previous, next) {
  if (previous === next || typeof previous !== "object" || typeof next !== "object" || !previous || !next) return next;
  if (Array.isArray(previous) !== Array.isArray(next)) return next;
  const keys = Object.keys(next);
  let same = keys.length === Object.keys(previous).length;
  for (const key of keys) {
    next[key] = share(previous[key], next[key]);
    same &&= next[key] === previous[key] && key in previous;
  }
  return same ? previous : next;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * The workspace as `as` sees it, kept up to date by long polling.
 * Returns {state, problem, reachable, act(what, fields), control(name)}; both acts resolve to the stand-in's answer,
 * `problem` is its sentence when it doesn't know the person.
 */
export function useServer(as) {
  const [state, setState] = useState(null);
  const [problem, setProblem] = useState(null);
  const [reachable, setReachable] = useState(true);
  const asked = useRef(0);
  const shown = useRef(0);
  const whose = useRef(as);
  whose.current = as;

  const load = useCallback(
    async (signal) => {
      const turn = ++asked.current;
      const next = await fetchJson(`/playground/state?as=${encodeURIComponent(as)}`, { signal });
      setProblem(next.ok === false ? next.error : null);
      if (next.ok === false) throw new Error(next.error);
      // An answer that was overtaken by a later one is dropped, and so is what somebody sees whom nobody is any more.
      if (turn > shown.current && whose.current === as && !signal?.aborted) {
        shown.current = turn;
        setState((previous) => share(previous, next));
      }
      return next.version;
    },
    [as],
  );

  useEffect(() => {
    const stop = new AbortController();
    (async () => {
      let version = null;
      while (!stop.signal.aborted) {
        try {
          if (version !== null)
            await fetchJson(`/playground/changes?since=${version}&as=${encodeURIComponent(as)}`, {
              signal: stop.signal,
            });
          version = await load(stop.signal);
          setReachable(true);
        } catch {
          if (stop.signal.aborted) return;
          setReachable(false);
          version = null;
          await pause(RETRY_MS);
        }
      }
    })();
    return () => stop.abort();
  }, [as, load]);

  const tell = useCallback(
    async (path, body) => {
      try {
        const answer = await post(path, body);
        await load();
        return answer;
      } catch {
        return { ok: false, error: "The playground doesn't answer. Is it still running?" };
      }
    },
    [load],
  );

  return {
    state,
    problem,
    reachable,
    act: useCallback((what, fields) => tell("/playground/do", { as, what, ...fields }), [as, tell]),
    control: useCallback((name) => tell(`/playground/control/${name}`, { as }), [as, tell]),
  };
}

function readHash() {
  const params = new URLSearchParams(location.hash.slice(1));
  return { as: params.get("as"), view: params.get("view"), thread: params.get("thread") };
}

/** What the address says, and `go(changes)` to say something else. Going adds to the browser's history. */
export function useAddress() {
  const [address, setAddress] = useState(readHash);
  useEffect(() => {
    const follow = () => setAddress(readHash());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const go = useCallback((changes) => {
    const next = Object.entries({ ...readHash(), ...changes }).filter(([, value]) => value);
    location.hash = new URLSearchParams(next).toString();
  }, []);
  return [address, go];
}
