// @ts-check
// A clock that the test sets: a module around the worker, so that no test waits for time to pass or has to be in time.

/**
 * Source for a module that imports the worker's `Ledger` as `Inner`: what it then has to export as its `Ledger`, and
 * `clock`, which answers the test's requests about the time and nothing else.
 */
export const CLOCK = `
  const real = {
    now: Date.now,
    wait: setTimeout.bind(globalThis),
    timeout: AbortSignal.timeout.bind(AbortSignal),
  };
  const time = { ahead: 0, frozen: null, patience: 1 };
  Date.now = () => (time.frozen ?? real.now()) + time.ahead;
  globalThis.setTimeout = (act, ms, ...more) => real.wait(act, ms * time.patience, ...more);
  AbortSignal.timeout = (ms) => real.timeout(ms * time.patience);
  async function clock(request) {
    if (new URL(request.url).pathname !== "/v1/clock") return;
    const { pass, freeze, patience } = await request.json();
    if (freeze !== undefined) {
      const now = Date.now();
      time.frozen = freeze ? real.now() : null;
      time.ahead += now - Date.now();
    }
    time.ahead += pass ?? 0;
    time.patience = patience ?? time.patience;
    return Response.json({ now: Date.now() });
  }
  // Alarms ring by the true time, as far ahead as they are by this clock.
  class Ledger extends Inner {
    constructor(state, env) {
      const { storage } = state;
      const { setAlarm } = storage;
      storage.setAlarm = (at) => setAlarm.call(storage, real.now() + Math.max(0, at - Date.now()));
      super(state, env);
    }
  }`;

/** The module for servers that need a clock and nothing else. */
export const TIMED = `
  import Worker, { Ledger as Inner } from "./index.js";
  ${CLOCK}
  export { Ledger };
  export default {
    fetch: async (request, env, context) => (await clock(request)) ?? Worker.fetch(request, env, context),
  };`;

/** The clock of a server that was started with such a module. @param {(path: string, init?: RequestInit) => Promise<Response>} fetch */
export function clockOf(fetch) {
  let lead = 0;
  /** @param {{ pass?: number, freeze?: boolean, patience?: number }} change */
  const set = async (change) => {
    const answer = await fetch("/v1/clock", { method: "POST", body: JSON.stringify(change) });
    lead = (await answer.json()).now - Date.now();
  };
  /** Lets time pass. @param {number} milliseconds */
  const pass = (milliseconds) => set({ pass: milliseconds });
  return {
    pass,
    /** An instant some milliseconds ahead, as it is sent. @param {number} milliseconds */
    ahead: (milliseconds) => new Date(Date.now() + lead + milliseconds).toISOString(),
    /** Lets time pass until an instant has come. @param {string} instant */
    reach: (instant) => pass(Math.max(0, Date.parse(instant) - Date.now() - lead) + 1000),
    /** Stops the clock until `thaw`, however long the test takes. */
    freeze: () => set({ freeze: true }),
    thaw: () => set({ freeze: false }),
    /** The worker waits for so many times as long before it gives up. @param {number} times */
    patience: (times) => set({ patience: times }),
  };
}
