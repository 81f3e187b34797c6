// The server's verdict on a key, in words.
/** @import { Verdict } from "../types.d.ts" */
import { html, nothing } from "../html.js";
import { address } from "../router.js";
import { scopeChips, statusBadge, typeBadge } from "../ui/parts.js";

/** @type {Record<string, string>} */
const WHY = {
  malformed: "It is not a key: something in its text is wrong.",
  wrong_environment: "It was made for another deployment or environment.",
  forged: "It looks like a key, but this deployment never issued it.",
  unknown: "It is not known: it was deleted, or belongs to somebody whose keys you may not see.",
  revoked: "It has been revoked.",
  expired: "It has expired.",
  not_a_member: "Its user is no longer a member of the organization.",
  insufficient_scope: "It lacks a scope.",
};

/** @param {Verdict} verdict */
export function verdictCard({ valid, code, key, consistency, max_staleness_seconds: staleness = 60 }) {
  return html`
    <section class="card" aria-labelledby="verdict">
      <div class="body stack">
        <h2 id="verdict"><span class="badge dot ${valid ? "active" : "revoked"}">${valid ? "Valid" : "Not valid"}</span></h2>
        <p>${valid ? "The server accepts this key." : (WHY[code] ?? code)}</p>
        ${
          key
            ? html`<dl class="facts">
                <div><dt>Title</dt><dd><a href="${address(key.owner)}/${key.id}">${key.title}</a></dd></div>
                <div><dt>Belongs to</dt><dd>${key.owner.type === "user" ? "the user" : "the organization"} ${key.owner.id}</dd></div>
                <div><dt>Type and status</dt><dd>${typeBadge(key)} ${statusBadge(key)}</dd></div>
                <div><dt>Scopes</dt><dd>${scopeChips(key.scopes)}</dd></div>
              </dl>`
            : nothing
        }
        <p class="hint">${consistency === "strong" ? "Checked strongly: true at the moment of the answer." : `Checked fast: up to about ${staleness} seconds old.`}</p>
      </div>
    </section>`;
}
