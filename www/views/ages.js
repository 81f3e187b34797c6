// How old an answer about an organization’s keys may be: what that means, what it costs, and where it is changed.
/** @import { Organization, Owner, UpdateOrganizationRequest } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { OUTAGE_MAX, PROMISE, STALENESS_MAX, span } from "../bound.js";
import { field, onSubmit, onValue, problemNotice, submission, submitButton } from "../ui/form.js";
import { requireAll, wrong } from "../ui/rules.js";
import { html } from "../vendor/lit.js";
import { boundPicture } from "./bound_picture.js";

/** @typedef {"max_staleness_seconds" | "on_outage_max_seconds"} Setting */
/** @typedef {{ label: string, most: number, says: (seconds: number) => string, means: (seconds: number) => string }} Described */

const NUMBER = new Intl.NumberFormat("en");

/** @param {number} seconds */
function ceiling(seconds) {
  if (seconds === 0) return "Every verify asks the ledger: the slowest, and the most expensive.";
  return `A key that’s revoked, or a member who’s removed, is refused everywhere within ${span(seconds)}. Half as many seconds ask the ledger twice as often, which costs more; 0 asks it each time.`;
}

/** @param {number} seconds */
function outage(seconds) {
  if (seconds === 0)
    return "What has to ask the ledger isn’t verified (503) until it’s back. Nothing is assumed.";
  return `Servers that ask for it (“on_outage”: “stale”) go on with answers that are up to ${span(seconds)} old. A key that’s revoked meanwhile can be accepted for as long.`;
}

/** @type {Record<Setting, Described>} */
const SETTINGS = {
  max_staleness_seconds: {
    label: "How old an answer may be",
    most: STALENESS_MAX,
    says: span,
    means: ceiling,
  },
  on_outage_max_seconds: {
    label: "If a ledger can’t be reached",
    most: OUTAGE_MAX,
    says: (seconds) => (seconds > 0 ? span(seconds) : "No answer"),
    means: outage,
  },
};

const NAMES = /** @type {Setting[]} */ (Object.keys(SETTINGS));

/** The number that was typed; null if it is none that can be. @param {string} text @param {number} most */
function read(text, most) {
  const seconds = /^\d{1,6}$/.test(text.trim()) ? Number(text) : most + 1;
  return seconds <= most ? seconds : null;
}

export class Ages {
  #parts;
  /** What is being typed. @type {Partial<Record<Setting, string>>} */
  #typed = {};
  #form;

  /** @param {{ owner: Owner, notify: Context["notify"], update: () => void, changed: () => void }} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#form = submission(parts.update);
  }

  /** @param {Organization} organization @param {Setting} name */
  #text(organization, name) {
    return this.#typed[name] ?? String(organization[name]);
  }

  /** @param {Organization} organization */
  #save = (organization) => () =>
    this.#form.run(async () => {
      const { owner, notify, changed } = this.#parts;
      /** @type {UpdateOrganizationRequest} */
      const body = {};
      requireAll(
        NAMES.map((name) => {
          const { most } = SETTINGS[name];
          const seconds = read(this.#text(organization, name), most);
          if (seconds !== null && seconds !== organization[name]) body[name] = seconds;
          return wrong(
            `/${name}`,
            seconds === null ? `Enter a whole number of seconds from 0 to ${NUMBER.format(most)}.` : null,
          );
        }),
      );
      if (Object.keys(body).length > 0) await api.updateOrganization(owner, body);
      this.#typed = {};
      notify("Ages saved.");
      changed();
    });

  /** @param {Organization} organization @param {Setting} name */
  #field(organization, name) {
    const { label, most, says, means } = SETTINGS[name];
    const text = this.#text(organization, name);
    const seconds = read(text, most);
    return field(
      {
        id: name,
        label: `${label}, in seconds`,
        hint:
          seconds === null
            ? `0 to ${NUMBER.format(most)}.`
            : html`<strong>${says(seconds)}.</strong> ${means(seconds)}`,
        error: this.#form.at(`/${name}`),
      },
      ({ describedby, invalid }) => html`<input
        id=${name} name=${name} inputmode="numeric" autocomplete="off" maxlength="6" .value=${text}
        aria-describedby=${describedby} aria-invalid=${invalid}
        @input=${onValue((typed) => {
          this.#typed[name] = typed;
          this.#parts.update();
        })}
      />`,
    );
  }

  /** @param {Organization} organization */
  #fields(organization) {
    const form = this.#form;
    const isSame = NAMES.every(
      (name) => this.#text(organization, name).trim() === String(organization[name]),
    );
    return html`<form class="stack short" @submit=${onSubmit(this.#save(organization))} novalidate>
      ${problemNotice(
        form.problem,
        NAMES.map((name) => `/${name}`),
      )}
      ${NAMES.map((name) => this.#field(organization, name))}
      <div>${submitButton({ label: "Save ages", busy: "Saving…", pending: form.pending, disabled: isSame })}</div>
    </form>`;
  }

  /** @param {Organization} organization */
  render(organization) {
    const mayChange = organization.permissions.includes("update_organization");
    return html`
      <section class="card" aria-labelledby="ages">
        <header><h2 id="ages">Age of answers</h2></header>
        <div class="body stack">
          <p class="hint">${PROMISE}</p>
          ${boundPicture()}
          ${
            mayChange
              ? this.#fields(organization)
              : html`<dl class="facts">${NAMES.map((name) => {
                  const { label, says, means } = SETTINGS[name];
                  const seconds = organization[name];
                  return html`<div class="whole"><dt>${label}</dt><dd>${says(seconds)}<span class="sub">${means(seconds)}</span></dd></div>`;
                })}</dl>`
          }
        </div>
      </section>`;
  }
}
