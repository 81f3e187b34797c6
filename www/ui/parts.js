// Small pieces that several views show.
/** @import { Actor, KeyFacts, Page, Role, Whoami } from "../types.d.ts" */
/** @import { Problem } from "../problem.js" */
import { html, nothing } from "../html.js";
import { ROLES, userOf } from "../rights.js";
import { withParameter } from "../router.js";
import * as icons from "./icons.js";
import { left } from "./time.js";

export const STATUS = { active: "Active", retiring: "Retiring", expired: "Expired", revoked: "Revoked" };
export const TYPE = { secret: "Secret", publishable: "Publishable" };

/** Whether a key still works, if not for long. @param {KeyFacts} key */
export const works = ({ status }) => status === "active" || status === "retiring";

/** @param {KeyFacts} key */
export const statusBadge = (key) =>
  html`<span class="badge dot ${key.status}">${STATUS[key.status]}${
    key.status === "retiring" && key.revoked_at ? html` · ${left(key.revoked_at)}` : nothing
  }</span>`;

/** @param {KeyFacts} key */
export const typeBadge = (key) =>
  html`<span class="badge ${key.type}">${key.owner.type === "user" ? "Personal" : TYPE[key.type]}</span>`;

const ROLE_COLOURS = { owner: "secret", admin: "publishable", member: "" };

/** @param {Role | null} role */
export const roleBadge = (role) =>
  role ? html`<span class="badge ${ROLE_COLOURS[role]}">${ROLES[role][0]}</span>` : nothing;

/** @param {string[]} scopes @param {number} [most] */
export function scopeChips(scopes, most = 100) {
  if (scopes.length === 0) return html`<span class="hint">None</span>`;
  if (scopes.includes("*")) return html`<span class="chip">*</span> <span class="hint">everything</span>`;
  const rest = scopes.length - most;
  return html`<span class="chips">${scopes.slice(0, most).map((scope) => html`<span class="chip">${scope}</span>`)}${
    rest > 0 ? html`<span class="hint" title=${scopes.slice(most).join(" ")}>+${rest} more</span>` : nothing
  }</span>`;
}

/** @param {Actor} actor @param {Whoami} me */
export function actorName(actor, me) {
  if (actor.type === "root") return "Root key";
  if (actor.type === "user") return actor.id === userOf(me) ? `${actor.id} (you)` : actor.id;
  if (me.key && actor.id === me.key.id) return `${me.key.title} (you)`;
  return html`Key <span class="mono" title=${actor.id}>…${actor.id.slice(-6)}</span>`;
}

/** A place with nothing in it, and what to do about it. @param {{ icon: unknown, title: string, text: unknown, actions?: unknown, alert?: boolean }} parts */
export const emptyState = ({ icon, title, text, actions = nothing, alert = false }) => html`
  <div class="empty" role=${alert ? "alert" : nothing}>
    <div class="glyph">${icon}</div>
    <h2>${title}</h2>
    <p>${text}</p>
    <div class="actions">${actions}</div>
  </div>`;

/** @param {Problem} problem @param {() => void} retry */
export const problemState = (problem, retry) =>
  emptyState({
    icon: icons.broken,
    title: problem.title.replace(/\.$/, ""),
    text: html`${problem.explanation}${
      problem.requestId
        ? html`<span class="sub">Request <span class="mono">${problem.requestId}</span></span>`
        : nothing
    }`,
    actions: html`<button class="button" type="button" @click=${retry}>Try again</button>`,
    alert: true,
  });

/** @param {Page & { noun: string, query: URLSearchParams, path: string }} parts */
export function pages({ count, limit, offset, noun, query, path }) {
  const page = Math.floor(offset / limit) + 1;
  const last = Math.max(1, Math.ceil(count / limit));
  const number = new Intl.NumberFormat("en");
  /** @param {number} other */
  const to = (other) => withParameter(query, { page: other > 1 ? String(other) : "" }, path);
  return html`
    <nav class="pages" aria-label="Pages">
      <span>${number.format(Math.min(offset + 1, count))}–${number.format(Math.min(offset + limit, count))} of ${number.format(count)}<span class="sr-only"> ${noun}</span></span>
      <span class="actions">
        ${page > 1 ? html`<a class="button small" rel="prev" href=${to(page - 1)}>Previous</a>` : nothing}
        ${page < last ? html`<a class="button small" rel="next" href=${to(page + 1)}>Next</a>` : nothing}
      </span>
    </nav>`;
}

/** A list that is not there yet. @param {number} count */
export const bones = (count) =>
  html`<ul class="trail" aria-hidden="true">${Array.from(
    { length: count },
    () => html`<li><p><span class="bone w3"></span></p><span class="bone w2"></span></li>`,
  )}</ul>`;
