// The audit trail: a sentence for each event, and behind it all that is known of it.
/** @import { Actor, Event, Owner, Whoami } from "../openapi.d.ts" */

import { address, withParameter } from "../router.js";
import { copy } from "../ui/copy.js";
import * as icons from "../ui/icons.js";
import "../ui/page_styles.js";
import { actorName, scopeChips } from "../ui/parts.js";
import { ago, exactly } from "../ui/time.js";
import { toast } from "../ui/toast.js";
import { View } from "../ui/view.js";
import { html, nothing } from "../vendor/lit.js";
import { ROLES, TYPE } from "../words.js";
import { isByPossession, sentence } from "./deeds.js";

const TO_THE_SECOND = new Intl.DateTimeFormat("en", {
  dateStyle: "medium",
  timeStyle: "long",
  hourCycle: "h23",
});
const CLOCK = new Intl.DateTimeFormat("en", { timeStyle: "short", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat("en", { weekday: "long", month: "short", day: "numeric" });
const DAY_OF_ANOTHER_YEAR = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

/** An actor as a filter takes it: a person, whichever of their keys they used. @param {Actor} actor */
export const actorFilter = ({ type, id }) =>
  type === "user" ? `user:${id}` : type === "root" ? `root:${id}` : `key:${id}`;

/** What a day is called: “Today”, “Monday, Nov 23”. @param {Date} date @param {Date} [now] */
export function dayName(date, now = new Date()) {
  const midnight = (/** @type {Date} */ day) => Date.UTC(day.getFullYear(), day.getMonth(), day.getDate());
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return (date.getFullYear() === now.getFullYear() ? DAY : DAY_OF_ANOTHER_YEAR).format(date);
}

/** The ids of the events whose details are open: they stay so when newer events push them down. @type {Set<string>} */
const opened = new Set();

/** @param {string} id @param {HTMLDetailsElement} details */
function toggled(id, details) {
  opened[details.open ? "add" : "delete"](id);
  // What is drawn has to know it too, or the next drawing would leave another event open.
  for (let place = details.parentElement; place; place = place.parentElement)
    if (place instanceof View) place.requestUpdate();
}

/** @param {string} text */
async function copyRequestId(text) {
  toast(
    (await copy(text))
      ? "Copied the request ID."
      : "Your browser blocked copying. Select the ID and copy it yourself.",
  );
}

/** All that is known of an event. @param {Event} event @param {{ me: Whoami, owner?: Owner, query?: URLSearchParams }} parts */
function particulars(event, { me, owner, query }) {
  const { actor, key, at, details, request_id: request, address: ip, user_agent: agent } = event;
  /** @param {string} name @param {unknown} value */
  const fact = (name, value) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  /** @param {string} id */
  const mono = (id) => html`<span class="mono">${id}</span>`;
  /** @param {Record<string, string>} changes @param {string} label */
  const only = (changes, label) =>
    owner && query
      ? html`<a href=${withParameter(query, { ...changes, page: "" }, address(owner, "activity"))}>${label}</a>`
      : nothing;
  return html`
    <dl class="particulars">
      ${fact("Time", html`<time datetime=${at}>${TO_THE_SECOND.format(new Date(at))}</time>`)}
      ${fact("By", html`${actorName(actor, me)}<span class="sub">${mono(actor.id)}</span>${only({ actor: actorFilter(actor) }, "Filter by actor")}`)}
      ${actor.key ? fact("With the personal key", mono(actor.key)) : nothing}
      ${key ? fact("Key", html`${mono(key.redacted)}<span class="sub">${mono(key.id)}</span>${only({ key: key.id }, "Filter by key")}`) : nothing}
      ${details.type ? fact("Type", TYPE[details.type]) : nothing}
      ${details.scopes ? fact("Scopes", scopeChips(details.scopes)) : nothing}
      ${["key.created", "key.imported"].includes(event.action) ? fact("Expires", details.expires_at ? exactly(details.expires_at) : "Never") : nothing}
      ${details.user ? fact("User ID", mono(details.user)) : nothing}
      ${details.role ? fact("Role", ROLES[details.role].name) : nothing}
      ${details.since ? fact("Counted since", exactly(details.since)) : nothing}
      ${details.source ? fact("Found at", details.source) : nothing}
      ${details.old_reason ? fact("Reason before", details.old_reason) : nothing}
      ${details.organization ? fact("Organization ID", mono(details.organization)) : nothing}
      ${details.session ? fact("Session ID", mono(details.session)) : nothing}
      ${request ? fact("Request ID", html`${mono(request)} <button class="button small" type="button" @click=${() => copyRequestId(request)}>Copy<span class="sr-only"> request ID</span></button>`) : nothing}
      ${ip ? fact("IP address", mono(ip)) : nothing}
      ${agent ? fact("User agent", agent) : nothing}
      ${fact("Event ID", mono(event.id))}
    </dl>`;
}

/**
 * The events of one key; with an owner, those of everything that it has, by day. With a query, names are links that add
 * to its filters.
 * @param {{ events: Event[], me: Whoami, owner?: Owner, query?: URLSearchParams }} parts
 */
export function trail(parts) {
  const { events, me, owner, query } = parts;
  /** @param {string} id */
  const link = (id) => {
    const short = html`<span class="mono" title=${id}>…${id.slice(-6)}</span>`;
    return html`key ${owner ? html`<a href="${address(owner)}/${id}">${short}</a>` : short}`;
  };
  /** @param {Event} event */
  const subject = (event) => {
    const { action, key } = event;
    if (!key) return "a key";
    if (!owner) return action === "key.refused" || isByPossession(event) ? "The key" : "the key";
    return action === "key.deleted"
      ? html`“${key.title}” <span class="hint mono">${key.redacted}</span>`
      : html`“<a href="${address(owner)}/${key.id}">${key.title}</a>”`;
  };
  /** @param {Event} event */
  const actor = (event) => {
    const name = actorName(event.actor, me);
    if (!owner || !query) return html`<strong>${name}</strong>`;
    const changes = { actor: actorFilter(event.actor), page: "" };
    return html`<strong><a class="plain" href=${withParameter(query, changes, address(owner, "activity"))}>${name}</a></strong>`;
  };
  /** @param {Event} event @param {boolean} isRecent */
  const entry = (event, isRecent) => {
    const { at } = event;
    const isSelf = event.actor.type === "user" && event.actor.id === event.details.user;
    return html`<li class="event">
      <p>${sentence(event, { actor: actor(event), subject: subject(event), isSelf, link })}</p>
      ${isRecent ? ago(at) : html`<time datetime=${at} data-tip=${TO_THE_SECOND.format(new Date(at))} tabindex="0">${CLOCK.format(new Date(at))}</time>`}
      <details ?open=${opened.has(event.id)} @toggle=${(/** @type {{ target: HTMLDetailsElement }} */ { target }) => toggled(event.id, target)}>
        <summary><span class="sr-only">Details of the action by ${actorName(event.actor, me)} at ${CLOCK.format(new Date(at))}</span>${icons.down}</summary>
        ${particulars(event, parts)}
      </details>
    </li>`;
  };
  if (!owner) return html`<ul class="trail">${events.map((event) => entry(event, true))}</ul>`;
  /** @type {Map<string, Event[]>} */
  const days = new Map();
  for (const event of events) {
    const name = dayName(new Date(event.at));
    days.set(name, [...(days.get(name) ?? []), event]);
  }
  return html`${[...days].map(
    ([name, group]) => html`
      <h2 class="day">${name}</h2>
      <ul class="trail">${group.map((event) => entry(event, name === "Today"))}</ul>`,
  )}`;
}
