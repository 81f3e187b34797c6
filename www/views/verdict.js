// The server’s verdict on a key, in words.
/** @import { Consistency, RefusalCode, Verdict } from "../openapi.d.ts" */
import { address } from "../router.js";
import { scopeChips, statusBadge, typeBadge } from "../ui/parts.js";
import { html, nothing } from "../vendor/lit.js";

/** @typedef {{ verdict: Verdict, asked: Consistency }} Answered */

/** @type {Record<RefusalCode, string>} */
const WHY = {
  malformed: "This isn’t a key: its text is malformed.",
  wrong_environment: "This key is for another deployment or environment.",
  forged: "This looks like a key, but this deployment never issued it.",
  unknown: "This key isn’t known: it may have been deleted, or you may not have access to it.",
  revoked: "This key has been revoked.",
  expired: "This key has expired.",
  not_a_member: "This key’s user is no longer a member of the organization.",
  insufficient_scope: "This key lacks a required scope.",
};

/** @param {Answered} answered */
export function verdictCard({ verdict, asked }) {
  const { valid } = verdict;
  // Only a publishable key is told less of itself, and none can sign in.
  const key = valid && "title" in verdict.key ? verdict.key : null;
  const consistency = valid ? verdict.consistency : asked;
  const seconds = valid ? verdict.max_staleness_seconds : 60;
  return html`
    <section class="card" aria-labelledby="verdict">
      <div class="body stack">
        <h2 id="verdict"><span class="badge dot ${valid ? "active" : "revoked"}">${valid ? "Valid" : "Not valid"}</span></h2>
        <p>${valid ? "The server accepts this key." : WHY[verdict.code]}</p>
        ${
          key
            ? html`<dl class="facts">
                <div><dt>Title</dt><dd><a href="${address(key.owner)}/${key.id}">${key.title}</a></dd></div>
                <div><dt>Belongs to</dt><dd>${key.owner.type === "user" ? "User" : "Organization"} ${key.owner.id}</dd></div>
                <div><dt>Type and status</dt><dd>${typeBadge(key)} ${statusBadge(key)}</dd></div>
                <div><dt>Scopes</dt><dd>${scopeChips(key.scopes)}</dd></div>
              </dl>`
            : nothing
        }
        <p class="hint">${consistency === "strong" ? "Strong verification: up to date." : `Fast verification: up to about ${seconds} seconds old.`}</p>
      </div>
    </section>`;
}
