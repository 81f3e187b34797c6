// @ts-check
// The entrypoint `Verifier`: what workers of the same account are bound to. It answers as `POST /v1/verify` does, and its
// binding's props say who calls.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bound } from "./bound.mjs";
import { eventually, ok, serve } from "./client.mjs";
import { CLOCK, clockOf } from "./clock.mjs";
import { kvKeyOf, mint } from "./mint.mjs";

const ACME = { organization: "acme" };
const { worker, asking } = await bound({
  ACME,
  OPERATOR: { operator: true },
  NOBODY: undefined,
});
const server = await serve({
  beside: [worker],
  // The ledgers can be made to fail, and what KV holds to stay as it was.
  entry: `
    import Worker, { Ledger as Inner, Verifier } from "./index.js";
    ${CLOCK}
    let isDown = false;
    class Failing extends Ledger {
      fetch(request) {
        if (isDown) throw new Error("down");
        return super.fetch(request);
      }
    }
    export { Failing as Ledger, Verifier };
    export default {
      async fetch(request, env, context) {
        const { pathname } = new URL(request.url);
        if (pathname === "/v1/down") isDown = (await request.text()) === "yes";
        else return (await clock(request)) ?? Worker.fetch(request, env, context);
        return new Response();
      },
    };`,
});
const { root, as, kv, mf, logs, key, sealKeys } = server;
const { reach, ahead } = clockOf(server.fetch);
const down = (/** @type {string} */ word) => server.fetch("/v1/down", { method: "POST", body: word });

await ok(root.post("/v1/organizations", { id: "acme", name: "Acme" }), 201);
await ok(root.post("/v1/organizations", { id: "globex", name: "Globex" }), 201);
await ok(root.put("/v1/organizations/acme/members/ada", { role: "member" }), 201);
const acme = asking({ mf }, "ACME");
const operator = asking({ mf }, "OPERATOR");
const strong = { consistency: "strong" };
const ofAcme = (/** @type {object} */ fields = {}) => key("organizations/acme", fields);
const withKey = as((await ofAcme({ scopes: ["keys:verify"] })).token);

/** An answer, but for what differs from one time to the next. @param {any} answer */
const timeless = ({ as_of, request_id, ...told }) => told;

/** Keys, by what is to be said of them. */
async function everyKind() {
  const [valid, revoked, expired, others] = [
    await ofAcme({ scopes: ["orders:read"], metadata: { n: 1 } }),
    await ofAcme(),
    await ofAcme({ expires_at: ahead(60_000) }),
    await key("organizations/globex"),
  ];
  await ok(root.post(`${revoked.path}/revoke`));
  await reach(expired.expires_at);
  return {
    valid: { key: valid.token, scopes: ["orders:read"] },
    malformed: { key: "x" },
    wrong_environment: { key: mint({ environment: "live", owner: "organization:acme" }) },
    forged: { key: mint({ owner: "organization:acme" }) },
    unknown: { key: others.token },
    revoked: { key: revoked.token },
    expired: { key: expired.token },
    not_a_member: { key: valid.token, organization: "globex" },
    insufficient_scope: { key: valid.token, scopes: ["orders:write"] },
    "valid of a member": { key: (await key("users/ada")).token, organization: "acme" },
  };
}

test("a binding of an organization is answered as the organization's key is, whatever the verdict", async () => {
  for (const [code, question] of Object.entries(await everyKind())) {
    const asked = { ...question, ...strong };
    const answer = await acme.ask(asked);
    assert.equal(answer.code, code.split(" ")[0]);
    assert.deepEqual(timeless(answer), timeless(await ok(withKey.post("/v1/verify", asked))), code);
    assert.deepEqual(timeless(await acme.ask(asked, { client: true })), timeless(answer), code);
  }
});

test("a binding of the operator is answered as a root key is", async () => {
  for (const [code, question] of Object.entries(await everyKind())) {
    const asked = { ...question, ...strong };
    assert.deepEqual(
      timeless(await operator.ask(asked)),
      timeless(await ok(root.post("/v1/verify", asked))),
      code,
    );
  }
});

test("without props a binding is nobody, whatever it asks", async () => {
  const { token } = await ofAcme();
  const { ask, tell } = asking({ mf }, "NOBODY");
  for (const question of [{ key: token }, { key: "x" }, {}]) {
    const { status, code, type, valid } = await ask(question);
    const expected = { status: 401, code: "auth.missing", type: "urn:keyward:problem:auth.missing" };
    assert.deepEqual({ status, code, type }, expected);
    assert.equal(valid, undefined, "so that it is no yes");
  }
  const { thrown } = await tell({ questions: [{ key: token }], client: true });
  assert.deepEqual([thrown.name, thrown.code, thrown.status], ["KeywardError", "auth.missing", 401]);
});

test("what is wrong with a question is said as over HTTP", async () => {
  for (const question of [
    {},
    { key: 7 },
    { key: null },
    { key: "x", colour: 1 },
    { key: "x", scopes: "a" },
    { key: "x", scopes: ["A B"] },
    { key: "x", organization: "a b" },
    { key: "x", max_staleness_seconds: -1 },
    { key: "x", max_staleness_seconds: 0.5 },
    { key: "x", max_staleness_seconds: 3, consistency: "strong" },
    { key: "x", scopes: [["a"]], on_outage: {} },
    [],
    "x",
    7,
    null,
    true,
    [{ key: "x" }],
  ]) {
    const { status, body } = await root.post("/v1/verify", JSON.stringify(question));
    assert.ok(status === 400, JSON.stringify(body));
    const { answers } = await operator.tell({ kind: "exactly", exactly: question });
    assert.deepEqual(timeless(answers?.[0]), timeless(body), JSON.stringify(question));
  }
});

test("what JSON cannot say is refused and not left out, and what is too large is not read", async () => {
  const { token } = await ofAcme();
  const other = /** @type {any} */ (await mf.getWorker("bound"));
  const names = await (await other.fetch("http://bound/names")).json();
  const restarts = () => logs.filter(({ message }) => message.includes("restarted")).length;
  const before = restarts();
  for (const kind of names.odd) {
    const { code, status } = await operator.ask({ key: token }, { kind });
    assert.deepEqual({ code, status }, { code: "request.bad_json", status: 400 }, kind);
  }
  for (const kind of names.large) {
    const { code, status } = await operator.ask({ key: token }, { kind });
    assert.deepEqual({ code, status }, { code: "request.too_large", status: 413 }, kind);
  }
  for (const kind of names.usual)
    assert.equal((await operator.ask({ key: token }, { kind })).code, "valid", kind);
  assert.equal(restarts(), before, "the worker goes on");
});

test("of many questions at once each gets its own answer", async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => ofAcme()));
  const questions = keys.flatMap(({ token }) => [{ key: token }, { key: token, ...strong }, { key: "x" }]);
  const { answers } = await acme.tell({ questions });
  const expected = keys.flatMap(({ id }) => [id, id, undefined]);
  assert.deepEqual(
    answers?.map(({ key }) => key?.id),
    expected,
  );
});

test("while a ledger fails nothing is guessed, and the client says that it is to be tried again", async () => {
  const { token } = await ofAcme();
  await down("yes");
  try {
    const { status, code, valid } = await acme.ask({ key: token, ...strong });
    assert.deepEqual({ status, code, valid }, { status: 503, code: "server.unavailable", valid: undefined });
    const { thrown } = await acme.tell({ questions: [{ key: token, ...strong }], client: true });
    assert.deepEqual([thrown.code, thrown.status], ["server.unavailable", 503]);
  } finally {
    await down("no");
  }
  assert.equal((await acme.ask({ key: token, ...strong })).code, "valid");
});

test("a revoked key is refused at once where that is asked, and within the bound even when KV is stale", async () => {
  const { path, token } = await ofAcme();
  const old = await eventually(
    () => kv.get(kvKeyOf(token)),
    (copy) => copy !== null,
  );
  await eventually(
    () => acme.ask({ key: token }),
    ({ consistency }) => consistency === "fast",
  );
  const { effective } = await ok(root.post(`${path}/revoke`));
  assert.equal((await acme.ask({ key: token, ...strong })).code, "revoked");
  await eventually(
    () => kv.get(kvKeyOf(token)),
    (copy) => copy !== old,
  );
  await kv.put(kvKeyOf(token), /** @type {string} */ (old));
  await reach(effective.by);
  assert.equal((await acme.ask({ key: token })).code, "revoked");
});

test("a use through a binding is one, and the log says through what it came and nothing of the key", async () => {
  const { path, token } = await ofAcme();
  await acme.ask({ key: token });
  await acme.ask({ key: 7 });
  await eventually(
    () => ok(root.get(path)),
    ({ last_used_at }) => last_used_at !== null,
  );
  const lines = await eventually(
    async () => logs.map(({ message }) => message).filter((message) => message.includes('"via":"binding"')),
    (lines) => lines.some((line) => line.includes("request.bad_field")),
  );
  for (const line of lines) {
    const { level, message, request_id, operation, via, status, code, milliseconds, ...rest } =
      JSON.parse(line);
    assert.deepEqual([message, operation, via, rest], ["answered", "verify_key", "binding", {}]);
    assert.match(request_id, /^req_[0-9a-f]{32}$/);
    assert.ok(Number.isInteger(status) && Number.isInteger(milliseconds) && level && code !== undefined);
    assert.ok(!line.includes(token));
  }
});

test("at the entrypoint there is nothing but verify: no HTTP, and nothing that the worker itself uses", async () => {
  for (const then of ["fetch", "ledger", "env", "ctx", "alarm", "answer"]) {
    const { thrown, answer, status } = await acme.tell({ then });
    assert.ok(thrown, `${then}: ${JSON.stringify({ answer, status })}`);
  }
});

test("the organization of a binding sees no more than its own and its members' keys", async () => {
  const { token } = await key("organizations/globex");
  for (const question of [{}, { organization: "globex" }, strong])
    assert.equal((await acme.ask({ key: token, ...question })).code, "unknown");
  assert.equal(
    (await acme.ask({ key: mint({ owner: "organization:acme", sealKey: sealKeys }) })).code,
    "unknown",
  );
});

test("where the deployment is not configured a binding is told so, as everybody is", async () => {
  const broken = await bound({ ACME });
  const { mf, logs } = await serve({ beside: [broken.worker], bindings: { BRAND: "no brand" } });
  const { status, code } = await broken.asking({ mf }, "ACME").ask({ key: "x" });
  assert.deepEqual({ status, code }, { status: 500, code: "server.misconfigured" });
  assert.ok(logs.some(({ message }) => message.includes('"message":"configuration"')));
});
