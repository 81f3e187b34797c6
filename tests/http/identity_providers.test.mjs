// @ts-check
// People who come with a token of an identity provider, or through Cloudflare Access.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ok, refused, serve, serveWithClock } from "./client.mjs";
import { ALGORITHMS, jwk, newKey, part, signature, startProvider, symmetric, token } from "./provider.mjs";

/** @typedef {Pick<Awaited<ReturnType<typeof serve>>, "fetch">} Keyward */

const [rsa, ec, ed] = [newKey("RS256"), newKey("ES256"), newKey("EdDSA")];
const strangers = [newKey("RS256"), newKey("ES256"), newKey("EdDSA")];
const weak = newKey("RS256", "weak", 1024);

/** @param {Keyward} keyward @param {string} text @param {string} [path] */
const ask = (keyward, text, path = "/v1/whoami") =>
  keyward.fetch(path, { headers: { authorization: `Bearer ${text}` } });

/** @param {Response} response */
async function answer(response) {
  const body = await response.json();
  const { request_id, ...rest } = body;
  return { status: response.status, challenge: response.headers.get("www-authenticate"), body: rest };
}

/** @typedef {import("./provider.mjs").Algorithm} Algorithm */
const others = /** @type {Algorithm[]} */ (Object.keys(ALGORITHMS))
  .filter((alg) => !["RS256", "ES256", "EdDSA"].includes(alg))
  .map((alg) => newKey(alg));
const provider = await startProvider([rsa, ec, ed, weak, ...others]);
after(() => provider.stop());
const keyward = await serve({
  bindings: {
    ...provider.bindings,
    JWT_ORGANIZATIONS_CLAIM: "orgs",
    JWT_ORGANIZATIONS_SHAPE: "map",
    ACCESS_TEAM_DOMAIN: provider.url,
    ACCESS_AUDIENCE: "tag",
  },
});

test("good tokens of every algorithm identify their user, and the keys are fetched once", async () => {
  for (const key of [rsa, ec, ed, ...others]) {
    const response = await ask(keyward, token(key, provider.claims({ sub: `user_${key.alg}` })));
    const body = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    assert.equal(body.type, "user");
    assert.equal(body.id, `user_${key.alg}`);
  }
  assert.equal((await ask(keyward, token(ed, provider.claims({ aud: ["other", "keyward"] })))).status, 200);
  assert.equal((await ask(keyward, token(ed, provider.claims({ exp: Date.now() / 1000 - 30 })))).status, 200);
  assert.equal((await ask(keyward, token(ed, provider.claims(), { kid: undefined }))).status, 200);
  assert.equal((await ask(keyward, token(ed, provider.claims(), { typ: "at+jwt" }))).status, 200);
  assert.equal(provider.asked, 1);
});

test("every bad token is refused, always with the same answer", async () => {
  const [started, askedBefore] = [Date.now(), provider.asked];
  const now = Math.floor(started / 1000);
  const good = token(ec, provider.claims());
  const [header, claims, proof] = good.split(".");
  const pem = rsa.publicKey.export({ format: "pem", type: "spki" });
  const unsigned = `${part({ alg: "none" })}.${claims}`;
  /** @type {Record<string, string>} */
  const bad = {
    "no signature": `${unsigned}.`,
    "alg none": `${unsigned}.${proof}`,
    "alg None with the kid of a key": `${part({ alg: "None", kid: "ES256" })}.${claims}.`,
    "HS256 with the public key in PEM as secret": symmetric(
      { alg: "HS256", kid: "RS256" },
      provider.claims(),
      pem,
    ),
    "HS256 with the public key as JSON as secret": symmetric(
      { alg: "HS256", kid: "RS256" },
      provider.claims(),
      JSON.stringify(jwk(rsa)),
    ),
    "RS256 signed symmetrically": symmetric({ alg: "RS256", kid: "RS256" }, provider.claims(), pem),
    "alg in lower case": token(ec, provider.claims(), { alg: "es256" }),
    "an alg that its key is not for": token(rsa, provider.claims(), { alg: "PS256" }),
    "an alg that nobody knows": token(rsa, provider.claims(), { alg: "RS1" }),
    "no alg": token(ec, provider.claims(), { alg: undefined }),
    "kid of a key of another type": token(ec, provider.claims(), { kid: "RS256" }),
    "alg of a key of another type": token(ec, provider.claims(), { alg: "EdDSA" }),
    "alg and kid of another key": token(ec, provider.claims(), { alg: "EdDSA", kid: "EdDSA" }),
    "unknown kid": token(ec, provider.claims(), { kid: "unknown" }),
    "kid that is no text": token(ec, provider.claims(), { kid: 1 }),
    "no kid, and a key that is nobody's": token(newKey("RS256"), provider.claims(), { kid: undefined }),
    "a weak key": token(weak, provider.claims()),
    "a key of its own": token(strangers[1], provider.claims(), {
      jwk: jwk(strangers[1]),
      jku: "https://evil.example",
    }),
    crit: token(ec, provider.claims(), { crit: ["b64"], b64: false }),
    "typ of a logout token": token(ec, provider.claims(), { typ: "logout+jwt" }),
    expired: token(ec, provider.claims({ exp: now - 61 })),
    "no exp": token(ec, provider.claims({ exp: undefined })),
    "exp that is no number": token(ec, provider.claims({ exp: `${now + 300}` })),
    "not yet": token(ec, provider.claims({ nbf: now + 90 })),
    "issued in the future": token(ec, provider.claims({ iat: now + 90 })),
    "another issuer": token(ec, provider.claims({ iss: provider.url })),
    "no issuer": token(ec, provider.claims({ iss: undefined })),
    "another audience": token(ec, provider.claims({ aud: "keyward2" })),
    "other audiences": token(ec, provider.claims({ aud: ["a", "b"] })),
    "no audience": token(ec, provider.claims({ aud: undefined })),
    "no user": token(ec, provider.claims({ sub: undefined })),
    "a user whose id is too long": token(ec, provider.claims({ sub: "|".repeat(43) })),
    "a user of Access": token(ec, provider.claims({ sub: "access:ada" })),
    oversized: token(ec, provider.claims({ padding: "x".repeat(8192) })),
    "truncated signature": good.slice(0, -2),
    "truncated claims": `${header}.${claims.slice(0, -3)}.${proof}`,
    "no claims": `${header}..${proof}`,
    "tampered claims": `${header}.${part(provider.claims({ sub: "root" }))}.${proof}`,
    "tampered header": `${part({ alg: "ES256", kid: "ES256" })}.${claims}.${proof}`,
    "tampered signature": `${header}.${claims}.${proof.replace(/^./, (first) => (first === "A" ? "B" : "A"))}`,
    "an empty proof": `${header}.${claims}.${Buffer.alloc(64).toString("base64url")}`,
    "padded base64": `${good}==`,
    "standard base64": `${good.slice(0, -4)}+/+/`,
    "a signature in DER": (() => {
      const signed = `${header}.${claims}`;
      return `${signed}.${Buffer.concat([Buffer.from("30440220", "hex"), Buffer.from(signature(ec, signed), "base64url")]).toString("base64url")}`;
    })(),
    "four parts": `${good}.`,
    "two parts": `${header}.${claims}`,
    dots: "..",
    "no JSON": `${header}.${Buffer.from("{").toString("base64url")}.${proof}`,
    "claims that are a list": token(ec, [provider.claims()]),
    "deep JSON": `${header}.${Buffer.from("[".repeat(5000)).toString("base64url")}.${proof}`,
  };
  for (const key of strangers) bad[`${key.alg} of another key`] = token(key, provider.claims());

  const expected = await answer(await ask(keyward, "garbage"));
  assert.equal(expected.status, 401);
  assert.match(expected.challenge ?? "", /error="invalid_token"/);
  assert.equal(expected.body.code, "auth.invalid");
  for (const [name, text] of Object.entries(bad)) {
    assert.deepEqual(await answer(await ask(keyward, text)), expected, name);
  }
  const halfMinutes = Math.ceil((Date.now() - started) / 30_000);
  assert.ok(provider.asked - askedBefore <= halfMinutes, `asked ${provider.asked} times`);

  const logged = keyward.logs.map(({ message }) => message).join("\n");
  for (const reason of [
    "header.alg",
    "header.crit",
    "claims.exp",
    "claims.aud",
    "key.unknown",
    "signature",
  ]) {
    assert.ok(logged.includes(`"bearer: ${reason}"`), reason);
  }
  assert.ok(!logged.includes(proof) && !logged.includes(claims));
});

test("an assertion of Cloudflare Access identifies people who send no Authorization", async () => {
  const assertion = (/** @type {object} */ changes) =>
    token(
      rsa,
      provider.claims({
        iss: provider.url,
        aud: ["tag"],
        sub: "0190a5b2-7c3f-7d11-8a55-3f2b1c0d9e8f",
        ...changes,
      }),
    );
  const through = (/** @type {string} */ text, /** @type {Record<string, string>} */ headers = {}) =>
    keyward.fetch("/v1/whoami", { headers: { "cf-access-jwt-assertion": text, ...headers } });

  const response = await through(assertion({}));
  assert.equal(response.status, 200);
  assert.equal((await response.json()).id, "access~3A0190a5b2-7c3f-7d11-8a55-3f2b1c0d9e8f");
  const program = await through(assertion({ sub: "", common_name: "ci.access" }));
  assert.equal((await program.json()).id, "service~3Aci~2Eaccess");

  const expected = await answer(await ask(keyward, "garbage"));
  for (const bad of [
    assertion({ aud: "keyward" }),
    assertion({ iss: `${provider.url}/` }),
    assertion({ sub: "" }),
    token(ec, provider.claims({ iss: provider.url, aud: "tag" })),
    token(rsa, provider.claims()),
    "garbage",
    "",
  ]) {
    assert.deepEqual(await answer(await through(bad)), expected, bad);
  }
  // A token for one way in does not open the other.
  assert.deepEqual(await answer(await ask(keyward, assertion({}))), expected);

  const root = await through(assertion({}), { authorization: `Bearer ${keyward.rootKey}` });
  assert.equal((await root.json()).type, "root");
  assert.equal((await through(assertion({}), { authorization: "Bearer garbage" })).status, 401);
  assert.equal((await through(assertion({}), { authorization: "Basic eA==" })).status, 400);
});

test("an assertion of Cloudflare Access lets no page of another origin change anything", async () => {
  const text = token(rsa, provider.claims({ iss: provider.url, aud: "tag" }));
  const create = async (/** @type {string} */ id, /** @type {Record<string, string>} */ headers) => {
    const response = await keyward.fetch("/v1/organizations", {
      method: "POST",
      headers: { "cf-access-jwt-assertion": text, "content-type": "application/json", ...headers },
      body: JSON.stringify({ id, name: "Name" }),
    });
    return { status: response.status, code: (await response.json()).code };
  };
  for (const origin of ["https://evil.example", "null", keyward.url.replace("http:", "https:")]) {
    assert.deepEqual(await create("foreign", { origin }), { status: 403, code: "auth.foreign_origin" });
  }
  assert.equal((await create("own", { origin: keyward.url })).status, 201);
  assert.equal((await create("machine", {})).status, 201);
});

test("memberships in a token count for its request, in addition to the stored ones", async () => {
  const org = await keyward.organization();
  const claiming = (/** @type {object} */ orgs) =>
    keyward.as(token(ed, provider.claims({ sub: "zoe", orgs })));
  await ok(claiming({ [org]: "member" }).get(`/v1/organizations/${org}/keys`));
  await refused(
    claiming({ [org]: "member" }).patch(`/v1/organizations/${org}`, { name: "Mine" }),
    "auth.forbidden",
  );
  await ok(claiming({ [org]: "admin" }).patch(`/v1/organizations/${org}`, { name: "Ours" }));
  await refused(claiming({}).get(`/v1/organizations/${org}/keys`), "owner.not_found");
  await refused(
    claiming([{ id: org, role: "owner" }]).get(`/v1/organizations/${org}/keys`),
    "owner.not_found",
  );
  assert.ok(keyward.logs.some(({ message }) => message.includes("bearer: organizations.shape")));
  assert.deepEqual((await ok(claiming({ [org]: "member" }).get("/v1/whoami"))).organizations, [
    { id: org, name: null, role: "member" },
  ]);
});

test("further providers are read from a list, whether it is written as JSON or as what it is", async (t) => {
  const [one, two] = [await startProvider([ed]), await startProvider([newKey("ES512", "two")])];
  t.after(() => Promise.all([one.stop(), two.stop()]));
  const list = [
    { issuer: `${two.url}/`, audience: "keyward", jwks_url: `${two.url}/keys`, namespace: "two" },
  ];
  for (const JWT_ISSUERS of [list, JSON.stringify(list)]) {
    const keyward = await serve({ bindings: { ...one.bindings, JWT_ISSUERS } });
    assert.equal((await ok(keyward.as(token(ed, one.claims())).get("/v1/whoami"))).id, "ada");
    assert.equal((await ok(keyward.as(token(two.keys[0], two.claims())).get("/v1/whoami"))).id, "two~3Aada");
    await refused(keyward.as(token(ed, two.claims())).get("/v1/whoami"), "auth.invalid");
  }
});

test("a slow provider is asked once for many requests", async (t) => {
  const provider = await startProvider([ed]);
  t.after(() => provider.stop());
  const keyward = await serve({ bindings: provider.bindings });
  provider.serve = async (request, response) => {
    await sleep(500);
    provider.serveKeys(request, response);
  };
  const text = token(ed, provider.claims());
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(keyward, text)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    Array(12).fill(200),
  );
  assert.equal(provider.asked, 1);
});

test("where no keys can be had nobody gets in, and the answer says that this is not the token's fault", async (t) => {
  /** @type {Record<string, import("./provider.mjs").Serve>} */
  const ways = {
    "hangs up": (request) => request.socket.destroy(),
    fails: (_, response) => response.writeHead(500).end(),
    "answers with a page": (_, response) => response.end("<html>"),
    redirects: (_, response) => response.writeHead(302, { location: "/elsewhere" }).end(),
    "never answers": () => {},
    "never ends": (_, response) => void response.writeHead(200).write('{"keys":['),
    "never stops": (_, response) => {
      const chunk = " ".repeat(16_384);
      const more = () => response.destroyed || response.write(chunk, () => setImmediate(more));
      more();
    },
    "has too many keys": (_, response) => response.end(JSON.stringify({ keys: Array(51).fill(jwk(ed)) })),
    "has a key that is no point of its curve": (_, response) =>
      response.end(JSON.stringify({ keys: [{ ...jwk(ec), kid: ed.kid, y: jwk(ec).x }] })),
  };
  const provider = await startProvider([ed]);
  t.after(() => provider.stop());
  const keyward = await serveWithClock({ bindings: provider.bindings });
  const text = token(ed, provider.claims({ exp: Date.now() / 1000 + 30 * 86_400 }));
  await keyward.freeze();
  for (const [name, serve] of Object.entries(ways)) {
    await t.test(`a provider that ${name}`, async () => {
      provider.asked = 0;
      provider.serve = (request, response) => {
        if (request.url === "/elsewhere") provider.serveKeys(request, response);
        else serve(request, response);
      };
      await keyward.patience(0.1);
      const response = await ask(keyward, text);
      assert.equal(response.status, 503);
      assert.ok(response.headers.get("retry-after"));
      assert.equal((await response.json()).code, "server.unavailable");
      // What is certainly bad is still refused, and everybody else is still let in.
      assert.equal((await ask(keyward, token(ed, provider.claims({ exp: 1 })))).status, 401);
      assert.equal((await ask(keyward, keyward.rootKey)).status, 200);
      assert.equal((await ask(keyward, text)).status, 503);
      assert.equal(provider.asked, 1, "a failure is remembered for some seconds");
      await keyward.patience(1);
      provider.serve = provider.serveKeys;
      await keyward.pass(5_000);
      assert.equal((await ask(keyward, text)).status, 200);
      // A day later these keys are too old for the next way to fail.
      await keyward.pass(86_400_000);
    });
  }
});

test("without a configured provider tokens are refused and assertions of Access are ignored", async () => {
  const { as, nobody } = await serve();
  await refused(as(token(ec, provider.claims())).get("/v1/whoami"), "auth.invalid");
  const headers = { "cf-access-jwt-assertion": token(rsa, provider.claims()) };
  await refused(nobody.call("GET", "/v1/whoami", undefined, { headers }), "auth.missing");
});

test("half a configuration is refused, and the log says what is missing", async () => {
  const { root, logs } = await serve({ bindings: { JWT_ISSUER: "https://id.example/" } });
  await refused(root.get("/v1/whoami"), "server.misconfigured");
  assert.ok(logs.some(({ message }) => message.includes("JWT_AUDIENCE is missing")));
});
