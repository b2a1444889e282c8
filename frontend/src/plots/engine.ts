/** Plotly's code, which is most of the page's: it is loaded once the first lines are on the screen, so that none waits for it. */

export type Engine = typeof import("./plotly");

/** Milliseconds that a busy page may put it off. */
const LATEST = 1000;

let loaded: Engine | null = null;
let loading: Promise<Engine> | null = null;

/** Null until it was loaded. */
export const engine = (): Engine | null => loaded;

/**
 * @throws TypeError it could not be fetched; whoever asks again tries again
 */
export function loadEngine(): Promise<Engine> {
  loading ??= import("./plotly").then(
    (code) => (loaded = code),
    (error: unknown) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}

/** The same when the page has nothing better to do. */
export const loadEngineSoon = (): Promise<Engine> => whenIdle().then(loadEngine);

function whenIdle(): Promise<void> {
  // Safari does not tell when it is idle.
  if (typeof requestIdleCallback !== "function") return new Promise((done) => setTimeout(done, 200));
  return new Promise((done) => requestIdleCallback(() => done(), { timeout: LATEST }));
}
