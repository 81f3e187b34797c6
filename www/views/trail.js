// The audit trail in sentences.
/** @import { Event, Owner, Whoami } from "../types.d.ts" */
import { html, nothing } from "../html.js";
import { address } from "../router.js";
import { actorName, bones } from "../ui/parts.js";
import { ago, exactly } from "../ui/time.js";

/** @type {Record<string, string>} */
const FIELDS = {
  title: "title",
  scopes: "scopes",
  metadata: "metadata",
  expires_at: "expiry",
  consistency: "consistency",
};

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : "");

/**
 * What was done, to what. @param {Event} event @param {unknown} subject
 */
function deed({ action, at, details }, subject) {
  switch (action) {
    case "key.created":
      return html`created ${subject}${details.rolled_from ? " by rolling another" : ""}`;
    case "key.updated": {
      const fields = Array.isArray(details.fields)
        ? details.fields.map((field) => FIELDS[field] ?? field)
        : [];
      return html`changed ${fields.length > 0 ? html`the ${fields.join(", ")} of ` : nothing}${subject}`;
    }
    case "key.revoked": {
      const when = text(details.revoked_at);
      return html`revoked ${subject}${when && Date.parse(when) > Date.parse(at) + 1000 ? ` from ${exactly(when)} on` : ""}${details.reason ? html`: “${details.reason}”` : nothing}`;
    }
    case "key.rolled":
      return html`rolled ${subject}${details.revoked_at ? `: the old one stops ${exactly(text(details.revoked_at))}` : ""}`;
    case "key.deleted":
      return html`deleted ${subject}`;
    case "organization.created":
      return html`created the organization`;
    case "organization.renamed":
      return html`renamed the organization${details.name ? html` to “${details.name}”` : nothing}`;
    case "member.added":
      return html`added <strong>${details.user}</strong>${details.role ? ` as ${details.role}` : ""}`;
    case "member.changed":
      return html`made <strong>${details.user}</strong> ${details.role ?? ""}`;
    case "member.removed":
      return html`removed <strong>${details.user}</strong>`;
    default:
      return html`${action}`;
  }
}

/**
 * Of everything that is an owner's, or of one key.
 * @param {{ events: Event[] | null, me: Whoami, owner?: Owner }} parts
 */
export function trail({ events, me, owner }) {
  if (!events) return bones(3);
  /** @param {Event} event */
  const subject = (event) => {
    if (!event.key) return nothing;
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
