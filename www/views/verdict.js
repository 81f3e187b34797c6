// The server’s verdict on a key, in words.
/** @import { Owner, RefusalCode, Verdict } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import { span, toTheSecond } from "../bound.js";
import { nameOf, userOf } from "../owners.js";
import { address } from "../router.js";
import { scopeChips, statusBadge, typeBadge } from "../ui/parts.js";
import { html, nothing } from "../vendor/lit.js";

/** @typedef {{ verdict: Verdict, at: Date, asked: { bound: number, organization: string | null }, context: Context }} Answered */

/** @type {Record<RefusalCode, (organization: string | null) => string>} */
const WHY = {
  malformed: () => "This isn’t a key: something in its text is wrong.",
  wrong_environment: () => "This key is for another service or another environment.",
  forged: () => "This looks like a key, but it wasn’t created here. Somebody may have made it up.",
  unknown: (organization) =>
    organization
      ? `This key doesn’t work in ${organization}. It may have been deleted, or belong to another organization or to somebody who isn’t a member.`
      : "There’s no such key. It may have been deleted.",
  revoked: () => "This key has been revoked.",
  expired: () => "This key has expired.",
  not_a_member: (organization) =>
    `The person this key belongs to isn’t a member of ${organization ?? "the organization"}.`,
  insufficient_scope: () => "This key doesn’t hold a scope that’s required.",
};

/** Whether somebody can open the page of a key. @param {Context} context @param {Owner} owner */
function canOpen(context, owner) {
  const { me } = context;
  if (me.type === "root") return true;
  const isOwn = owner.type === "user" && owner.id === userOf(me);
  return (
    (isOwn || me.organizations.some(({ id }) => owner.type === "organization" && id === owner.id)) &&
    context.may(owner, "list_keys")
  );
}

/** How old the answer was when it was given, and how old it could have been. @param {Answered} answered */
function freshness({ verdict: { as_of: asOf, max_staleness_seconds: bound }, at, asked }) {
  const age = Math.round((at.getTime() - Date.parse(asOf)) / 1_000);
  const said = `As of ${toTheSecond(asOf)}, ${age > 0 ? `${span(age)} ago` : "just now"}.`;
  if (bound === 0) return `${said} The ledger was asked, so this is up to date.`;
  if (bound > asked.bound)
    return `${said} The ledger couldn’t be reached, so this is the last known answer. It can be up to ${span(bound)} old.`;
  const lower = bound < asked.bound ? ", which is the most that’s allowed here" : "";
  return `${said} It could be up to ${span(bound)} old${lower}. Ask for 0 seconds to be sure.`;
}

/** @param {Answered} answered */
export function verdictCard(answered) {
  const { verdict, asked, context } = answered;
  const { valid } = verdict;
  // Only a publishable key is told less of itself, and none can sign in.
  const key = valid && "title" in verdict.key ? verdict.key : null;
  const refused = valid ? null : verdict.key;
  /** @param {{ id: string, owner: Owner }} key @param {string} words */
  const link = ({ id, owner }, words) =>
    canOpen(context, owner) ? html`<a href="${address(owner)}/${id}">${words}</a>` : words;
  const inside = asked.organization ? ` in ${asked.organization}` : "";
  return html`
    <section class="card" aria-labelledby="verdict">
      <div class="body stack">
        <h2 id="verdict"><span class="badge dot ${valid ? "active" : "revoked"}">${valid ? "Valid" : "Not valid"}</span></h2>
        <p>${valid ? `The server accepts this key${inside}.` : WHY[verdict.code](asked.organization)}</p>
        ${
          key
            ? html`<dl class="facts">
                <div><dt>Title</dt><dd>${link(key, key.title)}</dd></div>
                <div><dt>Belongs to</dt><dd>${whose(context, key.owner)}</dd></div>
                <div><dt>Type and status</dt><dd>${typeBadge(key)} ${statusBadge(key)}</dd></div>
                <div><dt>Scopes</dt><dd>${scopeChips(key.scopes)}</dd></div>
              </dl>`
            : nothing
        }
        ${refused && canOpen(context, refused.owner) ? html`<p>${link(refused, "View the key")}</p>` : nothing}
        <p class="hint">${freshness(answered)}</p>
      </div>
    </section>`;
}

/** @param {Context} context @param {Owner} owner */
function whose({ me }, owner) {
  if (owner.type === "deployment") return "The operator";
  if (owner.type === "organization") return nameOf(me, owner);
  return owner.id === userOf(me) ? "You" : `${nameOf(me, owner)} (personal key)`;
}
