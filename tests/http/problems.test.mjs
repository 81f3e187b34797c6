// @ts-check
// Every problem of the list that can be caused from outside is caused once, and none repeats what was sent.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { acts, ahead, fresh, ok, pointers, refused, serve } from "./client.mjs";
import { problems } from "./openapi.mjs";
import { newKey, startProvider, token } from "./provider.mjs";

const signer = newKey("EdDSA");
const provider = await startProvider([signer]);
after(() => provider.stop());
const { root, nobody, as, rootKey, key, orgKey, organization } = await serve({ bindings: provider.bindings });
const GONE = "apk_01KAHQ0000000000000000000Z";
const revoked = async () => {
  const key = await orgKey();
  await ok(root.post(`${key.path}/revoke`));
  return key;
};

/** What causes each problem. @type {Record<string, () => ReturnType<typeof root.get>>} */
const causes = {
  "auth.malformed": () =>
    nobody.call("GET", "/v1/whoami", undefined, { headers: { authorization: "Basic eA==" } }),
  "auth.missing": () => nobody.get("/v1/whoami"),
  "auth.invalid": () => as("x").get("/v1/whoami"),
  "auth.forbidden": async () =>
    as((await orgKey({ type: "publishable" })).token).post("/v1/verify", { key: "x" }),
  "auth.foreign_origin": () => {
    const headers = { cookie: "keyward=x", origin: "https://elsewhere.example" };
    return nobody.call("POST", "/v1/verify", { key: "x" }, { headers });
  },
  "auth.other_caller": () =>
    root.call("GET", "/v1/whoami", undefined, { headers: { "keyward-caller": "user:ada" } }),
  "gateway.not_accepted": () => root.get("/v1/authorize"),
  "auth.insufficient_scope": async () => as((await orgKey()).token).post("/v1/verify", { key: "x" }),
  "auth.grant_exceeds_own": async () => {
    const { org, token } = await orgKey({ scopes: ["keys:write"] });
    return as(token).post(`/v1/organizations/${org}/keys`, { title: "k", scopes: ["*"] });
  },
  "auth.grant_exceeds_own_end": async () => {
    const { org, token } = await orgKey({ scopes: ["keys:write"], expires_at: ahead(60_000) });
    return as(token).post(`/v1/organizations/${org}/keys`, { title: "k" });
  },
  "auth.grant_looser_than_own": async () => {
    const { path, token } = await orgKey({ scopes: ["keys:write"], consistency: "strong" });
    return as(token).patch(path, { consistency: "fast" });
  },
  "idempotency.mismatch": async () => {
    const [keys, headers] = [`/v1/organizations/${await organization()}/keys`, { "idempotency-key": GONE }];
    await ok(root.call("POST", keys, { title: "k" }, { headers }), 201);
    return root.call("POST", keys, { title: "l" }, { headers });
  },
  "key.already_revoked": async () => root.post(`${(await revoked()).path}/revoke`),
  "key.already_rolled": async () => {
    const { path } = await orgKey();
    await ok(root.post(`${path}/roll`), 201);
    return root.post(`${path}/roll`);
  },
  "key.not_active": async () => root.post(`${(await revoked()).path}/roll`),
  "key.not_found": async () => root.get(`/v1/organizations/${await organization()}/keys/${GONE}`),
  "key.not_revoked": async () => root.delete((await orgKey()).path),
  "key.revocation_put_off": async () => {
    const { path } = await orgKey();
    await ok(root.post(`${path}/revoke`, { revoke_in: 60 }));
    return root.post(`${path}/revoke`, { revoke_in: 120 });
  },
  "invitation.exists": async () => {
    const invitations = `/v1/organizations/${await organization()}/invitations`;
    await ok(root.post(invitations, { user: "ada", role: "owner" }), 201);
    return root.post(invitations, { user: "ada", role: "owner" });
  },
  "invitation.not_found": async () =>
    root.delete(`/v1/organizations/${await organization()}/invitations/eve`),
  "member.exists": async () => {
    const org = await organization();
    await ok(root.put(`/v1/organizations/${org}/members/ada`, { role: "owner" }), 201);
    return root.post(`/v1/organizations/${org}/invitations`, { user: "ada", role: "owner" });
  },
  "member.last_owner": async () => {
    const org = await organization();
    await ok(root.put(`/v1/organizations/${org}/members/ada`, { role: "owner" }), 201);
    return root.delete(`/v1/organizations/${org}/members/ada`);
  },
  "member.needs_invitation": async () => {
    const ada = as(token(signer, provider.claims({ sub: "ada" })));
    const id = fresh();
    await ok(ada.post("/v1/organizations", { id, name: "Mine" }), 201);
    return ada.put(`/v1/organizations/${id}/members/eve`, { role: "member" });
  },
  "member.not_found": async () => root.delete(`/v1/organizations/${await organization()}/members/eve`),
  "organization.exists": async () =>
    root.post("/v1/organizations", { id: await organization(), name: "mine" }),
  "owner.has_keys": async () => root.delete(`/v1/organizations/${(await orgKey()).org}`),
  "owner.not_found": () => root.get("/v1/organizations/nobody"),
  "request.bad_field": () => root.post("/v1/verify", {}),
  "request.bad_id": () => root.get("/v1/organizations/a.b"),
  "request.bad_idempotency_key": async () => {
    const headers = { "idempotency-key": "short" };
    return root.call("POST", `/v1/organizations/${await organization()}/keys`, { title: "k" }, { headers });
  },
  "request.bad_json": () => root.post("/v1/verify", "{"),
  "request.bad_parameter": () => root.get("/v1/whoami?x"),
  "request.media_type": () =>
    root.call("POST", "/v1/verify", "x", { headers: { "content-type": "text/plain" } }),
  "request.too_large": () => root.post("/v1/verify", "x".repeat(65_537)),
  "request.not_form": () => nobody.post("/v1/revoke", { token: "x" }),
  "request.list_too_large": () => nobody.post("/v1/revoke/found", " ".repeat(1_048_577)),
  "request.import_too_large": () => root.post("/v1/organizations/acme/import", " ".repeat(2_097_153)),
  "request.not_rows": () =>
    root.call("POST", "/v1/organizations/acme/import", "x", { headers: { "content-type": "text/plain" } }),
  "request.key_in_url": () => nobody.get(`/v1/whoami?key=${rootKey}`),
  "route.method_not_allowed": () => nobody.post("/health"),
  "route.not_found": () => nobody.get("/v1/x"),
  "session.not_found": () => root.delete("/v1/users/ada/sessions/ses_01KAHQ0000000000000000000Z"),
};

/** What cannot be caused from outside, or is elsewhere. */
const elsewhere = {
  "ledger.full": "full_ledger.test.mjs",
  "request.insecure": "transport.test.mjs",
  "organization.invitation_limit": "src/app/tests/invitations.rs",
  "organization.member_limit": "src/app/tests/members.rs",
  "user.organization_limit": "src/app/tests/organizations.rs",
  "idempotency.lost": "src/app/tests/retries.rs",
  // Of a row, in an answer that is none of a problem.
  "import.alike": "src/app/tests/import/found.rs",
  "import.deleted": "src/app/tests/import.rs",
  "import.differs": "src/app/tests/import/rows.rs",
  "import.too_many_forms": "src/app/tests/import/rows.rs",
  "server.busy": "src/app/tests/import/found.rs",
  "server.internal": "would be a bug",
  "server.misconfigured": "root_keys.test.mjs",
  "server.not_ready": "operations/health.test.mjs",
  "server.unavailable": "silent_ledger.test.mjs",
};

test("every code of the list is caused here, or explained", () => {
  assert.deepEqual([...Object.keys(causes), ...Object.keys(elsewhere)].sort(), [...problems.keys()].sort());
});

for (const [code, cause] of Object.entries(causes)) {
  test(`${code} is answered with its status and title`, async () => void (await refused(cause(), code)));
}

/** Texts that would show if anything were repeated; each holds the canary. */
const CANARY = "canary7f3e";
const nasty = [
  `<script>${CANARY}</script>`,
  `"}${CANARY}{"`,
  `'; DROP TABLE keys; --${CANARY}`,
  `${CANARY}\r\nX-Injected: 1`,
  `\u202e${CANARY}`,
  `${CANARY}🔑`,
  `%0d%0a${CANARY}`,
  `\${jndi:ldap://${CANARY}}`,
  `kw_sk_test_1${CANARY}`,
  `../../${CANARY}`,
  CANARY.repeat(30),
];

test("an unknown field is named if its name is a plain word", async () => {
  const keys = "/v1/organizations/acme/keys";
  const body = await refused(root.post(keys, { title: "k", colour: 1 }), "request.bad_field");
  const query = await refused(root.get(`${keys}?colour=1`), "request.bad_parameter");
  assert.deepEqual([...pointers(body), ...pointers(query)], ["/colour", "?colour"]);
});

/** Ways to send a text where it does not belong. @param {string} text */
const ways = (text) => {
  const [escaped, header] = [encodeURIComponent(text), text.replaceAll(/[^ -~]/g, "")];
  const keys = "/v1/organizations/acme/keys";
  return [
    () => nobody.get(`/v1/${escaped}`),
    () => root.get(`/v1/organizations/${escaped}`),
    () => root.get(`${keys}/${escaped}`),
    () => root.get(`${keys}?${escaped}=1`),
    () => root.get(`${keys}?order=${escaped}&status=${escaped}&limit=${escaped}&created_after=${escaped}`),
    () => root.get(`/v1/organizations/acme/events?key=${escaped}`),
    () => root.post(keys, text),
    () => root.post(keys, { [text]: 1 }),
    () =>
      root.post(keys, {
        title: ` ${text}\n.`,
        type: text,
        scopes: [text.toUpperCase()],
        metadata: text,
        consistency: text,
        expires_at: text,
      }),
    () => root.post("/v1/organizations", { id: "acme", name: "n", owner: `${text}!` }),
    () => root.get(`${keys}?created_by=${escaped}`),
    () => root.get(`/v1/organizations/acme/events?actor=${escaped}&action=${escaped}`),
    () => root.post(`${keys}/revoke`, { created_by: text, reason: `${text}\n.`, dry_run: text }),
    () => root.call("POST", keys, {}, { headers: { "idempotency-key": header } }),
    () => root.call("POST", keys, "{}", { headers: { "content-type": header } }),
    () => as(header).get("/v1/whoami"),
    () => nobody.call("GET", "/v1/whoami", undefined, { headers: { authorization: header } }),
    () => root.post("/v1/verify", { key: text }),
    () => root.post("/v1/verify", { key: "x", organization: `${text}!` }),
    () => nobody.post("/v1/revoke", { token: text }),
    () => nobody.post("/v1/revoke/found", { found: [{ token: "x", [text]: 1 }], [text]: 1 }),
    () => nobody.post("/v1/revoke/found", { found: [{ token: "x", [text]: 1 }, text] }),
    () => root.call("POST", "/v1/verify", { key: 1 }, { headers: { "x-request-id": header } }),
    () => root.call("GET", "/v1/whoami", undefined, { headers: { "keyward-caller": header } }),
  ];
};

for (const text of nasty) {
  test(`a refusal repeats nothing that was sent: ${JSON.stringify(text).slice(0, 40)}`, async () => {
    for (const [index, way] of ways(text).entries()) {
      const { headers, text: said, status, body } = await way();
      assert.ok(status >= 400 || body?.valid === false, `way ${index} is refused`);
      const whole = `${said} ${JSON.stringify([...headers])}`.toLowerCase();
      assert.ok(!whole.includes(CANARY), `way ${index}: ${whole}`);
    }
  });
}

test("no refusal contains a credential", async () => {
  const { path, token } = await orgKey({ scopes: ["keys:write"] });
  const caller = as(token);
  await acts(root).key("users/ada");
  for (const answer of [
    await caller.patch(path, { scopes: ["*"] }),
    await caller.get(path),
    await root.get("/v1/whoami?x"),
    await key("users/ada"),
  ]) {
    assert.ok(!JSON.stringify(answer).includes(rootKey));
  }
  assert.ok(!(await caller.get(path)).text.includes(token));
});
