// @ts-check
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { browser, eventually, fresh, ok, refused, serve, startSession } from "../client.mjs";
import { newKey, startProvider, token } from "../provider.mjs";

const signing = newKey("ES256");
const provider = await startProvider([signing]);
after(() => provider.stop());
const keyward = await serve({ bindings: provider.bindings });
const { root, key, organization, verdict } = keyward;

test("whoever is invited accepts in the dashboard, and from then on their personal key reaches the organization", async () => {
  const [org, user] = [await organization(), fresh("ida")];
  const invitations = `/v1/organizations/${org}/invitations`;
  await ok(root.post(invitations, { user, role: "member" }), 201);
  const personal = await key(`users/${user}`);
  const reaches = () => verdict(personal.token, { organization: org });
  assert.equal(await reaches(), "not_a_member");
  const { cookie } = await startSession(keyward.as(token(signing, provider.claims({ sub: user }))));
  const page = browser(keyward, cookie);
  await refused(root.post(`${invitations}/${user}/accept`), "auth.forbidden");
  const member = await ok(page.post(`${invitations}/me/accept`));
  assert.deepEqual([member.user, member.role], [user, "member"]);
  await eventually(reaches, (code) => code === "valid");
  await refused(page.post(`${invitations}/me/accept`), "invitation.not_found");
});

test("accepting takes no parameters and no body", async () => {
  const accept = `/v1/organizations/${await organization()}/invitations/ida/accept`;
  await refused(root.post(`${accept}?role=owner`), "request.bad_parameter");
  await refused(root.post(accept, { role: "owner" }), "request.bad_field");
});
