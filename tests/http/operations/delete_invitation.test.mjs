// @ts-check
import { test } from "node:test";
import { eventually, fresh, ok, refused, serve } from "../client.mjs";

const { root, organization } = await serve();

test("an invitation that is withdrawn is gone, also from the list of whoever was invited", async () => {
  const [org, user] = [await organization(), fresh("ida")];
  const invitations = `/v1/organizations/${org}/invitations`;
  await ok(root.post(invitations, { user, role: "member" }), 201);
  const listed = async () => (await ok(root.get(`/v1/users/${user}/invitations`))).count;
  await eventually(listed, (count) => count === 1);
  await ok(root.delete(`${invitations}/${user}`), 204);
  await refused(root.delete(`${invitations}/${user}`), "invitation.not_found");
  await eventually(listed, (count) => count === 0);
});

test("withdrawing takes no parameters and no body", async () => {
  const invitation = `/v1/organizations/${await organization()}/invitations/ida`;
  await refused(root.delete(`${invitation}?force=true`), "request.bad_parameter");
  await refused(root.call("DELETE", invitation, { force: true }), "request.bad_field");
  await refused(root.delete(invitation.replace("ida", "i%20a")), "request.bad_id");
});
