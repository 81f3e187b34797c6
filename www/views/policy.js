// The policy of an organization: how people join, when what is taken away ends, and what each role can do.
/** @import { Organization, Role } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import { soon } from "../bound.js";
import { html } from "../vendor/lit.js";
import { ROLES } from "../words.js";

/** What people may do, and from which role on. @type {[what: string, from: Role][]} */
const ABILITIES = [
  ["View keys, members, and activity", "member"],
  ["Create, edit, roll, revoke, and delete keys", "member"],
  ["Import keys from another system", "admin"],
  ["Invite, change, and remove members and admins", "admin"],
  ["Rename the organization and change its settings", "admin"],
  ["Invite, change, and remove owners", "owner"],
  ["Export everything", "owner"],
  ["Delete the organization", "owner"],
];

/** From the least to the most. */
const ORDER = /** @type {Role[]} */ (Object.keys(ROLES));

/** @param {Organization} organization @param {Context} context */
export function policy({ id, permissions, max_staleness_seconds: ceiling }, { me }) {
  const joins =
    permissions.includes("put_member") && me.type !== "root"
      ? "Admins and owners can add people directly, or invite them."
      : "Admins and owners invite people. People who accept within 14 days join.";
  return html`
      <section class="card" aria-labelledby="policy">
        <header><h2 id="policy">Policy</h2></header>
        <div class="body stack">
          <dl class="facts">
            <div class="whole"><dt>Joining</dt><dd>${joins}</dd></div>
            <div class="whole"><dt>Revoking a key or removing a member</dt><dd>${soon({ type: "organization", id }, ceiling)}</dd></div>
          </dl>
        </div>
        <table class="abilities">
          <caption class="sr-only">What each role can do</caption>
          <thead><tr><th scope="col">Permission</th>${ORDER.map((role) => html`<th scope="col">${ROLES[role].name}</th>`)}</tr></thead>
          <tbody>
            ${ABILITIES.map(
              ([what, from]) => html`<tr>
                <th scope="row">${what}</th>
                ${ORDER.map((role) => (ORDER.indexOf(role) >= ORDER.indexOf(from) ? html`<td><span role="img" aria-label="Yes">✓</span></td>` : html`<td><span class="hint" role="img" aria-label="No">–</span></td>`))}
              </tr>`,
            )}
          </tbody>
        </table>
      </section>`;
}
