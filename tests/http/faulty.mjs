// @ts-check
// A module around the worker that stands between it and its KV and ledgers, and makes them fail; and that records what
// ledgers commit, in their own databases, so that no end of the server can part the two.
import { CLOCK } from "./clock.mjs";

/**
 * Numbers that follow from a seed. Each choice is one of several, or whether something happens that does so of a thousand
 * times so often.
 * @param {number} seed
 */
export function randomFrom(seed) {
  let state = seed | 0;
  // Mulberry32.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let n = Math.imul(state ^ (state >>> 15), 1 | state);
    n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n;
    return (n ^ (n >>> 14)) >>> 0;
  };
  const below = (/** @type {number} */ end) => next() % end;
  return {
    next,
    below,
    /** @template T @param {readonly T[]} all */
    pick: (all) => all[below(all.length)],
    chance: (/** @type {number} */ ofThousand) => below(1000) < ofThousand,
  };
}

/**
 * What goes wrong with a request, as its header `x-faults` says. `read`: reads of KV fail, hang, or show what was so many
 * values or seconds ago. `ask`: a request to a ledger is lost, its answer is lost, late, or held back until the server ends.
 * @typedef {{ read?: "fails" | "hangs" | { values: number } | { seconds: number }, ask?: "lost" | "unanswered" | "late" | "held" }} Faults
 */

/**
 * What is so in one life of a server. `ahead` is how far its clock is ahead of the true one; `skew` how much farther that of
 * its second isolate is, both in milliseconds. `rates` says how often something goes wrong with what ledgers do, of a
 * thousand times.
 * @typedef {{ seed: number, ahead: number, skew: number, isHealed: boolean, rates: { writes: number, ledgers: number } }} Life
 */

/**
 * The module. Its pages:
 * `/v1/faults` sets whether nothing goes wrong any more; `/v1/pass` lets time pass, if no ledger is being asked;
 * `/v1/held` says how many answers are held back; `/v1/copies` gives what KV holds; `/v1/recorded` what a ledger has
 * committed and still has to tell, and `/v1/ring` rings its alarm.
 * @param {Life} life
 */
export const faulty = (life) => `
  import Worker, { Ledger as Inner } from "./index.js";
  ${CLOCK}
  ${randomFrom}
  const life = ${JSON.stringify(life)};
  let { isHealed } = life;
  let [held, asking] = [0, 0];
  let isSecond = false;
  const random = randomFrom(life.seed);
  const goesWrong = (ofThousand) => !isHealed && random.chance(ofThousand);
  const soon = () => new Promise((resolve) => real.wait(resolve, 20 + random.below(100)));
  // What was written late is given up before; requests to ledgers are given up in a twentieth of the time.
  const setPatience = () => { time.patience = isHealed ? 1 : 0.05; };
  const later = () => new Promise((resolve) => real.wait(resolve, 800));
  time.ahead = life.ahead;
  setPatience();

  // Beside each value in KV there are all that there have been, with their times.
  const write = async ({ KEYS }, place, value, options) => {
    const all = (await KEYS.get("values/" + place, "json")) ?? [];
    all.push({ value, at: Date.now() });
    await KEYS.put("values/" + place, JSON.stringify(all));
    await KEYS.put(place, value, options);
  };
  const writer = (env) => {
    // One after the other.
    let last = Promise.resolve();
    return {
      async put(...about) {
        if (goesWrong(life.rates.writes)) throw new Error("KV PUT failed: 429");
        if (goesWrong(life.rates.writes / 4)) await later();
        const own = () => write(env, ...about);
        last = last.then(own, own);
        await last;
        if (goesWrong(life.rates.writes)) throw new Error("KV PUT failed: 500");
      },
    };
  };
  const reader = (env, read) => ({
    async get(place, options) {
      if (read === "fails") throw new Error("KV GET failed: 503");
      if (read === "hangs") return new Promise(() => {});
      if (read === undefined) return env.KEYS.get(place, options);
      const all = (await env.KEYS.get("values/" + place, "json")) ?? [];
      const seen = read.seconds === undefined
        ? all.slice(0, -read.values)
        : all.filter(({ at }) => at <= Date.now() - read.seconds * 1000);
      return seen.at(-1)?.value ?? null;
    },
  });
  const asker = (env, choose) => ({
    getByName: (name) => ({
      async fetch(...request) {
        const ask = choose();
        if (ask === "lost") throw new Error("Network connection lost.");
        asking += 1;
        try {
          const answer = await env.LEDGER.getByName(name).fetch(...request);
          if (ask === "unanswered") throw new Error("Network connection lost.");
          if (ask === "late") await soon();
          if (ask === "held") {
            held += 1;
            // With nothing to wait for, workerd would end the request.
            await new Promise((resolve) => real.wait(resolve, 600_000));
          }
          return answer;
        } finally {
          asking -= 1;
        }
      },
    }),
  });

  const AT = "CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)";
  const KEPT = [
    ["keys", "NEW.digest", "OLD.digest"],
    ["members", "NEW.organization || '/' || NEW.user", "OLD.organization || '/' || OLD.user"],
    ["organizations", "NEW.id", "OLD.id"],
  ];
  class Recorded extends Ledger {
    constructor(state, env) {
      const between = () => (goesWrong(life.rates.ledgers) ? random.pick(["lost", "unanswered", "late"]) : undefined);
      super(state, { ...env, KEYS: writer(env), LEDGER: asker(env, between) });
    }
    #all(sql) {
      return [...this.ctx.storage.sql.exec(sql)];
    }
    // From now on; of what there is already, when the ledger's clock says that it was written last.
    #record() {
      const names = this.#all("SELECT name FROM sqlite_master").map(({ name }) => name);
      if (names.includes("seen") || !names.includes("keys")) return;
      this.#all("CREATE TABLE seen (seq INTEGER PRIMARY KEY, of TEXT, name TEXT, body TEXT, instant INTEGER, at INTEGER)");
      for (const [of, now, before] of KEPT) {
        const row = now.replaceAll("NEW.", "");
        this.#all("INSERT INTO seen (of, name, body, instant, at) SELECT '" + of + "', " + row + ", body, clock, NULL FROM " + of + ", ledger");
        for (const [event, name, body] of [["INSERT", now, "NEW.body"], ["UPDATE OF body", now, "NEW.body"], ["DELETE", before, "NULL"]])
          this.#all(
            "CREATE TRIGGER seen_" + of + event.slice(0, 6) + " AFTER " + event + " ON " + of +
            " BEGIN INSERT INTO seen (of, name, body, at) VALUES ('" + of + "', " + name + ", " + body + ", " + AT + "); END",
          );
      }
      this.#all("CREATE TRIGGER seen_clock AFTER UPDATE OF clock ON ledger BEGIN UPDATE seen SET instant = NEW.clock WHERE instant IS NULL; END");
    }
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/v1/ring") return Response.json(await this.ctx.storage.setAlarm(Date.now()) ?? null);
      if (pathname === "/v1/recorded")
        return Response.json({
          rows: this.#all("SELECT of, name, body, instant, at FROM seen ORDER BY seq"),
          waiting: this.#all("SELECT 1 FROM outbox WHERE not_before IS NOT NULL").length,
        });
      const answer = await super.fetch(request);
      this.#record();
      return answer;
    }
  }
  export { Recorded as Ledger };

  const ledgerPage = (request, env) =>
    env.LEDGER.getByName(new URL(request.url).searchParams.get("ledger")).fetch(request);
  const pages = {
    async "/v1/faults"(request) {
      ({ isHealed } = await request.json());
      setPatience();
      return Response.json(isHealed);
    },
    async "/v1/pass"(request) {
      const milliseconds = await request.json();
      if (asking > 0) return Response.json(null);
      time.ahead += milliseconds;
      return Response.json(real.now());
    },
    "/v1/held": () => Response.json(held),
    async "/v1/copies"(_, env) {
      const copies = [];
      for (const prefix of ["key/", "member/"])
        for (const { name: place } of (await env.KEYS.list({ prefix })).keys)
          copies.push({ place, stored: await env.KEYS.get(place) });
      return Response.json(copies);
    },
    "/v1/recorded": ledgerPage,
    "/v1/ring": ledgerPage,
  };
  export default {
    async fetch(request, env, context) {
      if (request.headers.get("x-isolate") === "second" && env.SECOND) return env.SECOND.fetch(request);
      if (!env.SECOND && !isSecond) {
        isSecond = true;
        time.ahead += life.skew;
      }
      const page = pages[new URL(request.url).pathname];
      if (page) return page(request, env);
      const { read, ask } = isHealed ? {} : JSON.parse(request.headers.get("x-faults") ?? "{}");
      return Worker.fetch(request, { ...env, KEYS: reader(env, read), LEDGER: asker(env, () => ask) }, context);
    },
  };`;
