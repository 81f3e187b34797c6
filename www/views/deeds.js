// What the events of the audit trail say, in sentences.
/** @import { Event, EventAction, FieldChange, Role } from "../openapi.d.ts" */
import { span } from "../bound.js";
import { userName } from "../owners.js";
import { exactly } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";
import { ROLES } from "../words.js";

/**
 * @typedef {object} Parts
 * @property {unknown} actor who did it
 * @property {unknown} subject the key that it was done to
 * @property {boolean} isSelf whether people did it to themselves
 * @property {(id: string) => unknown} link to another key
 */

/** The filter’s names of all that can happen. @type {Record<EventAction, string>} */
export const ACTIONS = {
  "key.created": "Key created",
  "key.imported": "Key imported",
  "key.updated": "Key edited",
  "key.rolled": "Key rolled",
  "key.revoked": "Key revoked",
  "key.refused": "Revoked key used",
  "key.deleted": "Key deleted",
  "member.added": "Member added",
  "member.changed": "Role changed",
  "member.removed": "Member removed or left",
  "invitation.created": "Person invited",
  "invitation.accepted": "Invitation accepted",
  "invitation.deleted": "Invitation withdrawn or declined",
  "organization.created": "Organization created",
  "organization.renamed": "Organization renamed",
  "organization.updated": "Organization settings changed",
  "organization.deleted": "Organization deleted",
  "user.deleted": "User deleted",
  "session.started": "Signed in",
  "session.ended": "Sessions ended",
};

const LIST = new Intl.ListFormat("en");

/** @param {string | undefined} user */
const person = (user) => html`<strong>${userName(user ?? "")}</strong>`;

/** @param {Role | undefined} role */
const as = (role) => (role ? ` as ${ROLES[role].one}` : "");

/** @param {number | undefined} count */
const times = (count) => (count === 1 ? "once" : `${count} times`);

/** @param {unknown} value */
const words = (value) => (Array.isArray(value) ? value.map(String) : []);

/** @param {unknown} value @returns {Record<string, unknown>} */
const pairs = (value) =>
  typeof value === "object" && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};

/** @param {[verb: string, names: string[]][]} lists */
const listed = (lists) =>
  lists
    .filter(([, names]) => names.length > 0)
    .map(([verb, names]) => `${verb} ${names.join(", ")}`)
    .join("; ");

/** @param {unknown} before @param {unknown} after */
const arrow = (before, after) => html`${before} <span aria-label="to" role="img">→</span> ${after}`;

/** How many scopes are named before and after; of more only what differs is. */
const FEW = 4;

/** @param {FieldChange} change */
function scopes({ old, new: now }) {
  const [before, after] = [words(old), words(now)];
  /** @param {string[]} list */
  const all = (list) => (list.length > 0 ? html`<span class="mono">${list.join(" ")}</span>` : "none");
  if (before.length <= FEW && after.length <= FEW) return arrow(all(before), all(after));
  return listed([
    ["added", after.filter((scope) => !before.includes(scope))],
    ["removed", before.filter((scope) => !after.includes(scope))],
  ]);
}

/** @param {FieldChange} change */
function metadata({ old, new: now }) {
  const [before, after] = [pairs(old), pairs(now)];
  const same = (/** @type {string} */ name) => JSON.stringify(before[name]) === JSON.stringify(after[name]);
  const names = Object.keys(after);
  return listed([
    ["added", names.filter((name) => !(name in before))],
    ["changed", names.filter((name) => name in before && !same(name))],
    ["removed", Object.keys(before).filter((name) => !(name in after))],
  ]);
}

/** @param {FieldChange} change */
function links({ old, new: now }) {
  const [before, after] = [words(old), words(now)];
  const short = (/** @type {string} */ id) => `…${id.slice(-6)}`;
  return listed([
    ["added", after.filter((id) => !before.includes(id)).map(short)],
    ["removed", before.filter((id) => !after.includes(id)).map(short)],
  ]);
}

/** @param {unknown} value */
const expiry = (value) => (typeof value === "string" ? exactly(value) : "never");

/** What people call the settings of a key, and what has become of them. @type {Record<string, [name: string, show: (change: FieldChange) => unknown]>} */
const FIELDS = {
  title: ["title", ({ old, new: now }) => arrow(`“${old}”`, `“${now}”`)],
  scopes: ["scopes", scopes],
  expires_at: ["expiry", ({ old, new: now }) => arrow(expiry(old), expiry(now))],
  consistency: ["verification", ({ old, new: now }) => arrow(String(old), String(now))],
  metadata: ["metadata", metadata],
  links: ["sales channels", links],
};

/** @param {FieldChange[]} changes @param {unknown} subject */
function changed(changes, subject) {
  const shown = Object.entries(FIELDS).flatMap(([field, [name, show]]) =>
    changes.filter((change) => change.field === field).map((change) => ({ name, value: show(change) })),
  );
  if (shown.length === 0) return html`edited ${subject}`;
  const names = LIST.format(shown.map(({ name }) => name));
  return html`changed the ${names} of ${subject}: ${shown.map(({ value }, n) => html`${n > 0 ? " · " : nothing}${value}`)}`;
}

/** Whether something ends only some time after it was decided. @param {string | undefined} end @param {string} at @returns {end is string} */
const isLater = (end, at) => end !== undefined && Date.parse(end) > Date.parse(at) + 1000;

/** Whether a key was revoked by whoever held it, who is not known. @param {Event} event */
export const isByPossession = ({ details }) => details.via === "possession";

/** @param {Event} event @param {unknown} subject */
function revoked(event, subject) {
  const { at, details } = event;
  const { revoked_at: when, old_revoked_at: before, reason, created_by: maker } = details;
  const why = reason ? html`: “${reason}”` : nothing;
  if (isByPossession(event))
    return html`${subject} was revoked by whoever held it${details.source ? html`, found at “${details.source}”` : nothing}`;
  if (before && isLater(when, at))
    return html`moved the revocation of ${subject} from ${exactly(before)} to ${exactly(when)}${why}`;
  if (isLater(when, at)) return html`scheduled the revocation of ${subject} for ${exactly(when)}${why}`;
  const withAll = maker
    ? ` along with every key made by ${userName(maker.replace(/^\w+:/, ""))}`
    : before
      ? " ahead of schedule"
      : "";
  return html`revoked ${subject}${withAll}${why}`;
}

/** What people call the settings of an organization, and their values. @type {Record<string, [name: string, show: (seconds: number) => string]>} */
const SETTINGS = {
  max_staleness_seconds: ["how old an answer may be", span],
  on_outage_max_seconds: [
    "how old an answer may be if the ledger can’t be reached",
    (seconds) => (seconds > 0 ? span(seconds) : "no answer"),
  ],
};

/** @param {FieldChange} change */
function setting({ field, old, new: now }) {
  const [name, show] = SETTINGS[field] ?? [field, String];
  return html`${name}: ${arrow(show(Number(old)), show(Number(now)))}`;
}

/** @type {Record<EventAction, (event: Event, parts: Parts) => unknown>} */
const DEEDS = {
  "key.created": ({ details: { rolled_from: old } }, { subject, link }) =>
    html`created ${subject}${old ? html` to replace ${link(old)}` : nothing}`,
  "key.imported": (_, { subject }) => html`imported ${subject}`,
  "key.updated": ({ details }, { subject }) => changed(details.changes ?? [], subject),
  "key.rolled": ({ at, details: { revoked_at: end, rolled_to: next } }, { subject, link }) =>
    html`rolled ${subject}${next ? html`, replacing it with ${link(next)}` : nothing}${isLater(end, at) ? `, and it stops working on ${exactly(end)}` : ""}`,
  "key.revoked": (event, { subject }) => revoked(event, subject),
  "key.refused": ({ details: { count } }, { subject }) =>
    html`${subject} was used ${times(count)} after it was revoked, and refused`,
  "key.deleted": (_, { subject }) => html`deleted ${subject}`,
  "organization.created": ({ details: { name } }) =>
    html`created the organization${name ? html` “${name}”` : nothing}`,
  "organization.renamed": ({ details: { name, old_name: before } }) =>
    html`renamed the organization${before ? html` from “${before}”` : nothing}${name ? html` to “${name}”` : nothing}`,
  "organization.updated": ({ details: { changes = [] } }) =>
    html`changed ${changes.map((change, n) => html`${n > 0 ? " · " : nothing}${setting(change)}`)}`,
  "organization.deleted": ({ details: { name } }) =>
    html`deleted the organization${name ? html` “${name}”` : nothing}`,
  "user.deleted": ({ details: { user } }) => html`deleted the user ${person(user)}`,
  "invitation.created": ({ details: { user, role } }) => html`invited ${person(user)}${as(role)}`,
  "invitation.accepted": () => html`accepted the invitation`,
  "invitation.deleted": ({ details: { user } }, { isSelf }) =>
    isSelf ? html`declined the invitation` : html`withdrew the invitation for ${person(user)}`,
  "member.added": ({ details: { user, role } }, { isSelf }) =>
    isSelf ? html`joined${as(role)}` : html`added ${person(user)}${as(role)}`,
  "member.changed": ({ details: { user, role, old_role: before } }, { isSelf }) =>
    html`changed ${isSelf ? "their own role" : html`the role of ${person(user)}`}: ${arrow(before ? ROLES[before].name : "unknown", role ? ROLES[role].name : "unknown")}`,
  "member.removed": ({ details: { user, old_role: before } }, { isSelf }) =>
    isSelf
      ? html`left the organization`
      : html`removed ${person(user)}${before ? html`, who was ${ROLES[before].one}` : nothing}`,
  "session.started": () => html`signed in`,
  "session.ended": ({ details: { count } }) => html`ended ${count === 1 ? "a session" : `${count} sessions`}`,
};

/** The whole sentence. @param {Event} event @param {Parts} parts */
export function sentence(event, parts) {
  const tell = DEEDS[event.action];
  // A newer server may know more actions.
  if (!tell) return html`${parts.actor}: ${event.action}`;
  // Whoever presents a key is not known.
  if (event.action === "key.refused" || isByPossession(event)) return tell(event, parts);
  return html`${parts.actor} ${tell(event, parts)}`;
}
