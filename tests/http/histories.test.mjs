// @ts-check
// The simulation's histories, smaller, over HTTP: the real worker in two isolates of workerd, whose KV lags, loses, repeats
// and fails, whose ledgers fail and answer late, and whose server is killed between commits and their answers. Everything
// follows from a seed except what workerd does first of several things at once; the verdict has to be the same whatever
// that is. `SEED=7` runs one seed, `SEEDS=100` so many.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checker } from "../../scripts/checker.mjs";
import { eventually } from "./client.mjs";
import { randomFrom } from "./faulty.mjs";
import { check, deployment } from "./history.mjs";
import { digestOf } from "./mint.mjs";

/** How many seeds are run if nobody says otherwise. */
const SEEDS = 2;
/** How many clients there are, what each does between two moments at which time passes, and how often that is so. */
const [CLIENTS, STEPS, ROUNDS] = [4, 8, 4];

const ORGANIZATIONS = ["acme", "zeta"];
/** How old answers may be, in seconds; undefined for a question that does not say. The last is above every ceiling. */
const BOUNDS = [0, 0, 1, 30, 30, undefined, 300, 3600];
const DEFAULT_BOUND = 30;
const SCOPES = [["orders:read"], ["orders:read", "orders:write"], ["keys:verify"], ["*"], []];
/** For how long nobody asks for anything, in milliseconds. */
const PAUSES = [0, 700, 2_000, 6_000, 14_000, 31_000, 61_000, 700_000];
/** How often something goes wrong, of a thousand times. */
const RATES = [0, 60, 60, 250];

/** @typedef {{ token: string, digest: string, id: string, owner: string, verifies: boolean }} Known a key that some client has got the text of */
/** @typedef {ReturnType<typeof randomFrom>} Random */
/** @typedef {import("./history.mjs").Deployment} Deployment */
/** @typedef {{ method: string, path: string, body?: any, of: string, change: object | null, idempotencyKey?: string, owner?: string }} Change */

/** The clients of a deployment. @param {Deployment} world @param {Random} random @param {() => import("./faulty.mjs").Faults} draw */
function clients(world, random, draw) {
  /** @type {Known[]} */
  const keys = [];
  let titles = 0;
  const counts = { finished: 0 };
  const isolate = () => random.pick(/** @type {const} */ (["first", "second"]));

  /**
   * Sends a request until it is answered, a few times at most, as the operator. The first may be held back until the server ends.
   * @param {Change} change @param {boolean} [hold]
   */
  async function request({ method, path, body, idempotencyKey }, hold = false) {
    for (let tries = 0; tries < 5; tries += 1) {
      const faults = hold && tries === 0 ? { ask: /** @type {const} */ ("held") } : draw();
      const isLost = random.chance(50);
      const how = { isolate: isolate(), faults, idempotencyKey };
      const answer = await world.send(world.rootKey, method, path, body, how);
      if (answer && !isLost && answer.status !== 503) return answer;
    }
    return undefined;
  }

  /** @param {Change} change @param {boolean} [hold] */
  async function make({ of, change, owner, ...rest }, hold) {
    const answer = await request({ of, change, ...rest }, hold);
    counts.finished += 1;
    if (!answer || answer.status >= 300) return;
    const { began, ended, body } = answer;
    const { line, by } = { line: "change", by: body?.effective?.by ?? null };
    if (owner) {
      const digest = digestOf(body.token);
      world.lines.push({ line, of: digest, change: { what: "made" }, began, ended, by: null });
      const verifies = body.scopes.some((/** @type {string} */ scope) =>
        ["keys:verify", "*"].includes(scope),
      );
      if (keys.every((key) => key.digest !== digest))
        keys.push({ token: body.token, digest, id: body.id, owner, verifies });
    }
    // What a change takes away does not end the key, or not for good.
    const isEnd = method(rest) !== "PATCH";
    if (change) world.lines.push({ line, of, change, began, ended, by: isEnd ? by : null });
  }
  const method = (/** @type {{ method: string }} */ { method }) => method;

  /** @param {string} owner @param {string[]} scopes @returns {Change} */
  const creation = (owner, scopes) => {
    titles += 1;
    const title = `creation-${String(titles).padStart(8, "0")}`;
    const path = `/v1/${owner}/keys`;
    return {
      method: "POST",
      path,
      body: { title, scopes },
      of: "",
      change: null,
      idempotencyKey: title,
      owner,
    };
  };

  /** @param {string} organization @param {string} user @param {string | null} role @returns {Change} */
  const membership = (organization, user, role) => ({
    method: role === null ? "DELETE" : "PUT",
    path: `/v1/organizations/${organization}/members/${user}`,
    body: role === null ? undefined : { role },
    of: `${organization}/${user}`,
    change: { what: "member", role },
  });

  /** One thing or another that becomes of a key, of members or of an organization. @returns {Change} */
  function anyChange() {
    const { id, owner, digest } = random.pick(keys);
    const path = `/v1/${owner}/keys/${id}`;
    const update = (/** @type {object} */ settings) => ({
      method: "PATCH",
      path,
      body: settings,
      of: digest,
      change: { what: "updated", settings },
    });
    const revocation = (/** @type {object | undefined} */ body) => ({
      method: "POST",
      path: `${path}/revoke`,
      body,
      of: digest,
      change: { what: "revoked" },
    });
    switch (random.below(18)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return creation(
          random.pick(["organizations/acme", "organizations/zeta", "users/bob", "users/cat"]),
          random.pick(SCOPES),
        );
      case 4:
      case 5:
        return update({ scopes: random.pick(SCOPES) });
      case 6:
      case 7: {
        const expiry = new Date(world.now() + 500 + random.below(90_000)).toISOString();
        return update({ expires_at: random.chance(700) ? expiry : null });
      }
      case 8:
        return update({ consistency: random.pick(["strong", "fast"]) });
      case 9:
        return revocation(undefined);
      case 10:
        return revocation({ revoke_in: random.pick([1, 5, 30, 600]) });
      case 11:
      case 12: {
        const body = { grace: random.pick([0, 5, 60]) };
        const idempotencyKey = `roll-${id}`;
        return {
          method: "POST",
          path: `${path}/roll`,
          body,
          of: digest,
          change: null,
          idempotencyKey,
          owner,
        };
      }
      case 13:
        return { method: "DELETE", path: `${path}?revoke=true`, of: digest, change: { what: "deleted" } };
      case 14:
      case 15:
      case 16:
        return membership(
          random.pick(ORGANIZATIONS),
          random.pick(["bob", "cat"]),
          random.pick(["member", "admin", "owner", null]),
        );
      default: {
        const path = `/v1/organizations/${random.pick(ORGANIZATIONS)}`;
        const body = {
          max_staleness_seconds: random.pick([5, 30, 300, 3600]),
          on_outage_max_seconds: random.pick([0, 600]),
        };
        return { method: "PATCH", path, body, of: "", change: null };
      }
    }
  }

  /** Verifies a key as somebody who may, or may have been allowed to. @param {Known} known @param {boolean} [healed] */
  async function verify(known, healed = false) {
    const bound = random.pick(BOUNDS);
    const verifiers = keys.filter(({ verifies }) => verifies).slice(-5);
    const verifier = random.pick(verifiers);
    const isOperator = random.chance(500);
    const isPersonal = !isOperator && verifier.owner.startsWith("users/");
    const organization =
      random.pick([isPersonal ? "acme" : null, null, "acme", "zeta"]) ?? (isPersonal ? "zeta" : null);
    const scopes = random.chance(300) ? ["orders:read"] : [];
    const stale = random.chance(100);
    const body = {
      key: known.token,
      scopes,
      organization,
      ...(bound === 0 && random.chance(500) ? { consistency: "strong" } : { max_staleness_seconds: bound }),
      ...(stale ? { on_outage: "stale" } : {}),
    };
    const token = isOperator ? world.rootKey : verifier.token;
    const how = { isolate: isolate(), faults: healed ? {} : draw() };
    const answer = await world.send(token, "POST", "/v1/verify", body, how);
    counts.finished += 1;
    if (!answer) return;
    const { status, began, ended } = answer;
    const type = isPersonal ? "member" : "organization";
    world.lines.push({
      line: "verify",
      caller: isOperator ? { type: "operator" } : { type, key: verifier.digest },
      question: {
        key: known.digest,
        organization,
        scopes,
        max_staleness_seconds: bound ?? DEFAULT_BOUND,
        stale_on_outage: stale,
      },
      began,
      ended,
      status,
      body: answer.body,
      healed,
      how,
    });
  }

  return {
    counts,
    /** What there is in the beginning. */
    async setUp() {
      for (const id of ORGANIZATIONS)
        await request({
          method: "POST",
          path: "/v1/organizations",
          body: { id, name: id, owner: "ada" },
          of: "",
          change: null,
        });
      for (const [organization, user] of [
        ["acme", "bob"],
        ["acme", "cat"],
        ["zeta", "bob"],
      ])
        await make(membership(organization, user, "member"));
      await make(creation("organizations/acme", ["keys:verify"]));
      await make(creation("organizations/zeta", ["*"]));
      await make(creation("organizations/acme", ["orders:read"]));
      await make(creation("users/bob", ["keys:verify"]));
      await make(creation("users/cat", ["orders:read"]));
      assert.equal(keys.length, 5);
    },
    /** One client, for a while. @param {boolean} [hold] whether its first change is held back until the server ends */
    async act(hold = false) {
      if (hold) await make(anyChange(), true);
      for (let step = 0; step < STEPS; step += 1) {
        // Those that are new are wanted most.
        const known = keys[keys.length - 1 - Math.min(random.below(keys.length), random.below(keys.length))];
        if (random.chance(250)) await make(anyChange());
        for (let n = random.below(3); n >= 0; n -= 1) await verify(known);
      }
    },
    /** Verifies every key in both isolates, some times. */
    async verifyAll() {
      for (let n = 0; n < 3; n += 1) for (const known of keys) await verify(known, true);
    },
  };
}

/** Plays a seed; returns the history. @param {number} seed */
async function play(seed) {
  const random = randomFrom(seed);
  const rate = () => random.pick(RATES);
  const rates = { writes: rate(), ledgers: rate() };
  const [reads, behind, asks] = [rate(), rate() + rate(), rate()];
  const skews = random.pick([0, 5_000]);
  const world = await deployment(seed, rates, () => random.below(2 * skews + 1) - skews);
  const draw = () => {
    /** @type {import("./faulty.mjs").Faults} */
    const faults = {};
    if (random.chance(behind))
      faults.read = random.pick([
        { values: 1 },
        { values: 2 },
        { seconds: 5 },
        { seconds: 60 },
        { seconds: 600 },
      ]);
    if (random.chance(reads)) faults.read = random.pick(["fails", "fails", "hangs"]);
    if (random.chance(asks)) faults.ask = random.pick(["lost", "unanswered", "late"]);
    return faults;
  };
  try {
    const all = clients(world, random, draw);
    await all.setUp();
    await world.rest();
    await world.heal(false);
    for (let round = 0; round < ROUNDS; round += 1) {
      // The server ends while changes were committed and not answered, or in the middle of whatever happens.
      const ending = [undefined, "held", undefined, "under way"][round % 4];
      all.counts.finished = 0;
      const acting = Array.from({ length: CLIENTS }, () => all.act(ending === "held"));
      if (ending) {
        const enough = ending === "held" ? CLIENTS : 20;
        await eventually(
          async () => all.counts.finished + (ending === "held" ? await world.held() : 0),
          (count) => count >= enough,
        );
        await world.kill();
      }
      await Promise.all(acting);
      await world.pass(random.pick(PAUSES));
    }
    await world.heal(true);
    await world.rest();
    await all.verifyAll();
    await world.finish();
    return { lines: world.lines, kills: world.lives() - 1 };
  } finally {
    await world.end();
  }
}

const { SEED, SEEDS: count = SEED ? 1 : SEEDS } = process.env;
const first = Number(SEED ?? 1);
const program = await checker();

for (let seed = first; seed < first + Number(count); seed += 1) {
  test(`every answer is as the ledgers were at its as_of, whatever fails and is killed: seed ${seed}`, async (t) => {
    const { lines, kills } = await play(seed);
    const { code, output, seen } = await check(program, lines);
    assert.equal(code, 0, `SEED=${seed}: ${output}`);
    assert.ok(kills >= 2 && seen.verdicts > 100 && seen.changes > 10, JSON.stringify(seen));
    t.diagnostic(JSON.stringify({ seed, kills, ...seen }));
  });
}
