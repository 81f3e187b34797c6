// The audit trail, in sentences.
/** @import { Event, Owner, Whoami } from "../openapi.d.ts" */

import { userName } from "../owners.js";
import { address } from "../router.js";
import { actorName } from "../ui/parts.js";
import { ago, exactly } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";
import { ROLES } from "../words.js";

const LIST = new Intl.ListFormat("en");

/** @type {Record<string, string>} */
const FIELDS = {
  title: "title",
  scopes: "scopes",
  metadata: "metadata",
  expires_at: "expiry",
  consistency: "consistency",
};

/** What was done, to what. @param {Event} event @param {unknown} subject */
function deed({ action, at, details }, subject) {
  switch (action) {
    case "key.created":
      return html`created ${subject}${details.rolled_from ? " by rolling another key" : ""}`;
    case "key.updated": {
      const changed = new Set((details.changes ?? []).map(({ field }) => field));
      const fields = Object.keys(FIELDS).flatMap((field) => (changed.has(field) ? [FIELDS[field]] : []));
      return html`changed ${fields.length > 0 ? html`the ${LIST.format(fields)} of ` : nothing}${subject}`;
    }
    case "key.revoked": {
      const when = details.revoked_at;
      const isLater = when && Date.parse(when) > Date.parse(at) + 1000;
      const reason = details.reason ? html`: “${details.reason}”` : nothing;
      return isLater
        ? html`scheduled the revocation of ${subject} for ${exactly(when)}${reason}`
        : html`revoked ${subject}${reason}`;
    }
    case "key.rolled":
      return html`rolled ${subject}${details.revoked_at ? `, which stops working on ${exactly(details.revoked_at)}` : ""}`;
    case "key.refused":
      return html`was refused, as it is revoked: ${details.count === 1 ? "once" : `${details.count} times`}`;
    case "key.deleted":
      return html`deleted ${subject}`;
    case "organization.created":
      return html`created the organization`;
    case "organization.renamed":
      return html`renamed the organization${details.name ? html` to “${details.name}”` : nothing}`;
    case "organization.deleted":
      return html`deleted the organization${details.name ? html` “${details.name}”` : nothing}`;
    case "user.deleted":
      return html`deleted the user <strong>${userName(details.user ?? "")}</strong>`;
    case "invitation.created":
      return html`invited <strong>${userName(details.user ?? "")}</strong>${details.role ? ` as ${ROLES[details.role].one}` : ""}`;
    case "invitation.accepted":
      return html`accepted the invitation`;
    case "invitation.deleted":
      return html`withdrew or declined the invitation of <strong>${userName(details.user ?? "")}</strong>`;
    case "member.added":
      return html`added <strong>${userName(details.user ?? "")}</strong>${details.role ? ` as ${ROLES[details.role].one}` : ""}`;
    case "member.changed":
      return html`made <strong>${userName(details.user ?? "")}</strong> ${details.role ? ROLES[details.role].one : ""}`;
    case "member.removed":
      return html`removed <strong>${userName(details.user ?? "")}</strong>`;
    case "session.started":
      return html`signed in`;
    case "session.ended":
      return html`ended ${details.count === 1 ? "a session" : `${details.count} sessions`}`;
    default:
      return html`${action}`;
  }
}

/** Of one key, or with an owner of everything that it has. @param {{ events: Event[], me: Whoami, owner?: Owner }} parts */
export function trail({ events, me, owner }) {
  /** @param {Event} event */
  const subject = (event) => {
    if (!event.key) return "a key";
    if (!owner) return "the key";
    return event.action === "key.deleted"
      ? html`“${event.key.title}” <span class="hint mono">${event.key.redacted}</span>`
      : html`<a href="${address(owner)}/${event.key.id}">${event.key.title}</a>`;
  };
  return html`<ul class="trail">${events.map(
    (event) =>
      html`<li><p><strong>${actorName(event.actor, me)}</strong> ${deed(event, subject(event))}</p>${ago(event.at)}</li>`,
  )}</ul>`;
}
