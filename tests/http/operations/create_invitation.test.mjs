// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh, ok, pointers, refused, serve } from "../client.mjs";

const { root, operator, organization } = await serve();

test("somebody is invited for 14 days", async () => {
  const [org, user] = [await organization(), fresh("ida")];
  const made = await ok(root.post(`/v1/organizations/${org}/invitations`, { user, role: "admin" }), 201);
  const { created_at, expires_at, permissions, ...rest } = made;
  assert.deepEqual(rest, {
    organization: org,
    organization_name: org,
    user,
    role: "admin",
    created_by: operator,
  });
  assert.equal(Date.parse(expires_at) - Date.parse(created_at), 14 * 86_400_000);
  assert.deepEqual(permissions, ["delete_invitation"]);
});

test("a user is an id and a role one of three", async () => {
  const invitations = `/v1/organizations/${await organization()}/invitations`;
  for (const [body, wrong] of /** @type {[object, string[]][]} */ ([
    [{}, ["/user"]],
    [{ user: "me", role: "member" }, ["/user"]],
    [{ user: "a b", role: "king" }, ["/user", "/role"]],
    [{ user: null, role: null }, ["/user", "/role"]],
    [{ user: "ida", role: "member", email: "x" }, ["/email"]],
  ])) {
    const problem = await refused(root.post(invitations, body), "request.bad_field");
    assert.deepEqual(pointers(problem).sort(), wrong.sort(), JSON.stringify(body));
  }
});
