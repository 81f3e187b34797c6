// Small pieces that several views use.
/** @import { Actor, Key, Role, VerifiedKey, Whoami } from "../openapi.d.ts" */
/** @import { Problem } from "../problem.js" */
/** @import { Page } from "../types.d.ts" */
import { titleOf, userName, userOf } from "../owners.js";
import { pagesOf, withParameter } from "../router.js";
import { html, nothing } from "../vendor/lit.js";
import { figure, ROLES, STATUS, TYPE } from "../words.js";
import * as icons from "./icons.js";

/** Whether a key still works, if only for a while. @param {Key} key */
export const works = ({ status }) => status === "active" || status === "retiring";

/** @param {VerifiedKey} key */
export const statusBadge = ({ status }) => html`<span class="badge dot ${status}">${STATUS[status]}</span>`;

/** @param {VerifiedKey} key */
export const typeBadge = (key) =>
  html`<span class="badge ${key.type}">${key.owner.type === "user" ? "Personal" : TYPE[key.type]}</span>`;

/** Says of a key that it is another system’s. @param {Key} key */
export const foreignBadge = ({ foreign }) =>
  foreign ? html`<span class="badge foreign">Foreign</span>` : nothing;

const ROLE_COLOURS = { owner: "secret", admin: "publishable", member: "" };

/** @param {Role | null} role */
export const roleBadge = (role) =>
  role ? html`<span class="badge ${ROLE_COLOURS[role]}">${ROLES[role].name}</span>` : nothing;

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
export function actorName({ type, id }, me) {
  if (type === "root") return "Root key";
  if (type === "operator_key") return "Operator key";
  if (type === "user") return id === userOf(me) ? `${userName(id)} (you)` : userName(id);
  if (id === me.key?.id) return `${titleOf(me)} (you)`;
  return html`Key <span class="mono" title=${id}>…${id.slice(-6)}</span>`;
}

/** A button of a view’s own. @param {string} label @param {() => void} act @param {string} [kind] @param {string} [shortcut] a letter: see shortcuts.js */
export const button = (label, act, kind = "", shortcut) =>
  html`<button class="button ${kind}" type="button" aria-keyshortcuts=${shortcut ?? nothing} @click=${act}>${label}</button>`;

/** The top of a view. @param {{ title: string, text: unknown, actions?: unknown }} parts */
export const head = ({ title, text, actions = nothing }) => html`
  <div class="head">
    <div>
      <h1 tabindex="-1">${title}</h1>
      <p>${text}</p>
    </div>
    <div class="actions">${actions}</div>
  </div>`;

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
    actions: button("Try again", retry),
    alert: true,
  });

const NUMBER = new Intl.NumberFormat("en");

/** @param {Page & { noun: string, query: URLSearchParams, path: string, more?: unknown }} parts */
export function pages({ count, count_is, after, limit, offset, noun, query, path, more = nothing }) {
  const page = Math.floor(offset / limit) + 1;
  /** @param {number} other */
  const to = (other) => withParameter(query, { page: other > 1 ? String(other) : "" }, path);
  return html`
    <nav class="pages" aria-label="Pages">
      <span>${NUMBER.format(Math.min(offset + 1, count))}–${NUMBER.format(Math.min(offset + limit, count))} of ${figure({ count, count_is })}<span class="sr-only"> ${noun}</span></span>
      ${more}
      <span class="actions">
        ${page > 1 ? html`<a class="button small" rel="prev" href=${to(page - 1)}>Previous</a>` : nothing}
        ${after !== null && page < pagesOf(limit) ? html`<a class="button small" rel="next" href=${to(page + 1)}>Next</a>` : nothing}
      </span>
    </nav>`;
}

/** Says of a list that there is more than it shows. @param {{ unreadable: number }} list */
export const unreadableNote = ({ unreadable }) =>
  unreadable > 0
    ? html`<p class="aside">${unreadable === 1 ? "1 entry cannot be read and is not shown." : `${unreadable} entries cannot be read and are not shown.`}</p>`
    : nothing;

/** A list that is still loading. @param {number} count */
export const bones = (count) =>
  html`<ul class="trail" aria-hidden="true">${Array.from(
    { length: count },
    () => html`<li><p><span class="bone w3"></span></p><span class="bone w2"></span></li>`,
  )}</ul>`;
