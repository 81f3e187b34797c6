// The search and filters above the activity, and the query that they make for the API.
/** @import { EventAction, Key, Owner } from "../openapi.d.ts" */
import { userName } from "../owners.js";
import { holdsSecret } from "../pasted.js";
import { onValue } from "../ui/form.js";
import * as icons from "../ui/icons.js";
import { html, nothing } from "../vendor/lit.js";
import { ACTIONS } from "./deeds.js";

/** What an address may filter by. */
export const FILTERS = ["q", "action", "actor", "key"];

/** @param {URLSearchParams} query */
export const isFiltered = (query) => FILTERS.some((name) => query.get(name));

/** @param {URLSearchParams} query */
export const apiFilters = (query) => Object.fromEntries(FILTERS.map((name) => [name, query.get(name)]));

/** The actions that the trail of each type of owner has, in groups. @type {Record<Owner["type"], Record<string, string>>} */
const GROUPS = {
  organization: {
    Keys: "key.",
    Members: "member.",
    Invitations: "invitation.",
    Organization: "organization.",
  },
  user: { Keys: "key.", Sessions: "session.", Account: "user." },
  deployment: { Keys: "key.", Sessions: "session.", Organizations: "organization.deleted", Users: "user." },
};

/** Passes on a field. @param {(field: HTMLInputElement) => void} take */
const onField =
  (take) =>
  (/** @type {globalThis.Event} */ { target }) =>
    take(/** @type {HTMLInputElement} */ (target));

/** An actor as people type it. @param {string} actor */
const typedActor = (actor) => {
  const [, type, id = ""] = /^(user|key|root):(.*)$/.exec(actor) ?? ["", "", actor];
  return type === "user" ? userName(id) : id;
};

/**
 * @param {{
 *   owner: Owner, query: URLSearchParams, path: string, typed: string, wrong: string, people: string[], keys: Key[],
 *   search: (field: HTMLInputElement) => void, chooseAction: (action: EventAction | "") => void,
 *   choosePerson: (field: HTMLInputElement) => void, chooseKey: (field: HTMLInputElement) => void,
 *   takeSecret: (text: string, isKey: boolean) => void, suggest: () => void,
 * }} parts
 */
export function activityFilters(parts) {
  const { owner, query, path, typed, wrong, people, keys } = parts;
  /** What is pasted or dropped is looked at before the field has it: a secret never gets there. @param {boolean} isKey whether a key is of use there */
  const inserted =
    (isKey) =>
    (
      /** @type {{ clipboardData?: DataTransfer, dataTransfer?: DataTransfer, preventDefault(): void }} */ event,
    ) => {
      const text = (event.clipboardData ?? event.dataTransfer)?.getData("text") ?? "";
      if (!holdsSecret(text)) return;
      event.preventDefault();
      parts.takeSecret(text, isKey);
    };
  const action = query.get("action") ?? "";
  const groups = Object.entries(GROUPS[owner.type]).map(([name, prefix]) => ({
    name,
    actions: Object.entries(ACTIONS).filter(([each]) => each.startsWith(prefix)),
  }));
  /** @param {string} name @param {string} label @param {string} all @param {string} value @param {(field: HTMLInputElement) => void} chosen */
  const field = (name, label, all, value, chosen) => html`
    <input
      id="by-${name}" class=${name === "key" && value ? "mono" : ""} aria-label=${label} placeholder=${all} list="${name}-list" maxlength="600"
      autocomplete="off" autocapitalize="none" spellcheck="false" title=${value || nothing} .value=${value}
      @focus=${parts.suggest} @change=${onField(chosen)} @paste=${inserted(name === "key")} @drop=${inserted(name === "key")}
    />`;
  return html`
    <form class="sieve" role="search" aria-label="Activity" @submit=${(/** @type {SubmitEvent} */ event) => event.preventDefault()}>
      <div class="search">
        ${icons.search}
        <input
          type="search" aria-label="Search activity" placeholder="Search keys, people, and reasons" maxlength="200"
          autocomplete="off" spellcheck="false" .value=${typed} @input=${onField(parts.search)} @paste=${inserted(true)} @drop=${inserted(true)}
        />
      </div>
      <select aria-label="Action" .value=${action} @change=${onValue((value) => parts.chooseAction(/** @type {EventAction | ""} */ (value)))}>
        <option value="" ?selected=${action === ""}>Any action</option>
        ${groups.map(
          ({ name, actions }) => html`<optgroup label=${name}>
            ${actions.map(([value, label]) => html`<option value=${value} ?selected=${action === value}>${label}</option>`)}
          </optgroup>`,
        )}
      </select>
      ${field("person", "Person or key that acted", "Anyone", typedActor(query.get("actor") ?? ""), parts.choosePerson)}
      <datalist id="person-list">${people.map((name) => html`<option value=${name}></option>`)}</datalist>
      ${field("key", "Key", "Any key", query.get("key") ?? "", parts.chooseKey)}
      <datalist id="key-list">${keys.map(({ id, title }) => html`<option value=${id}>${title}</option>`)}</datalist>
      <p class="wrong" role="status">${wrong ? html`${wrong} ` : nothing}</p>
      ${isFiltered(query) ? html`<p class="clear"><a href=${path}>Clear search and filters</a></p>` : nothing}
    </form>`;
}
