// The fields that creating and editing a key share: scopes and expiry.
/** @import { Whoami } from "../openapi.d.ts" */

import { missing } from "../problem.js";
import { html, nothing } from "../vendor/lit.js";
import { SCOPES } from "../words.js";
import { choice, field, onValue } from "./form.js";
import { dateField, midnight } from "./time.js";

const OWN = SCOPES.map(([scope]) => scope);

/**
 * Offers the scopes that the credential itself has, and those that the key has already.
 * @param {{ me: Whoami, isSecret: boolean, scopes?: string[], error: string | null }} parts
 */
export function scopesField({ me, isSecret, scopes = [], error }) {
  const foreign = scopes.filter((scope) => !OWN.includes(scope) && (!isSecret || scope !== "*"));
  const known = [...me.scopes, ...scopes];
  const offered = SCOPES.filter(([scope]) => known.includes("*") || known.includes(scope));
  /** @param {string} scope @param {string} allows */
  const box = (scope, allows) =>
    choice({
      type: "checkbox",
      name: "scope",
      value: scope,
      label: html`<span class="mono">${scope}</span>`,
      hint: allows,
      checked: scopes.includes(scope),
    });
  return html`
    ${
      isSecret
        ? html`<fieldset class="field">
            <legend>In Keyward, this key can</legend>
            <div class="choices">
              ${offered.map(([scope, allows]) => box(scope, allows))}
              ${known.includes("*") ? box("*", "Everything, in Keyward and in your application") : nothing}
            </div>
          </fieldset>`
        : nothing
    }
    ${field(
      {
        id: "scopes",
        label: isSecret ? "Your application’s scopes" : "Scopes",
        hint: html`Optional. Separate scopes with spaces: <span class="mono">orders:read invoices:write</span>`,
        error,
      },
      ({ describedby, invalid }) => html`<input
        id="scopes" name="scopes" class="mono" autocomplete="off" autocapitalize="none" spellcheck="false"
        aria-describedby=${describedby} aria-invalid=${invalid} .value=${foreign.join(" ")}
      />`,
    )}`;
}

/** @param {FormData} fields */
export const scopesFrom = (fields) => [
  ...new Set(
    [...fields.getAll("scope").map(String), ...String(fields.get("scopes") ?? "").split(/[\s,]+/)].filter(
      Boolean,
    ),
  ),
];

/**
 * @param {{ value: string, chosen: (choice: string) => void, current?: string | null, error: string | null }} parts
 */
export function expiryField({ value, chosen, current = null, error }) {
  const tomorrow = dateField(midnight(dateField(new Date()), 1));
  return html`
    <div class="split">
      ${field(
        { id: "expiry", label: "Expires", error: value === "date" ? null : error },
        ({ describedby, invalid }) => html`<select
          id="expiry" name="expiry" aria-describedby=${describedby} aria-invalid=${invalid} .value=${value}
          @change=${onValue(chosen)}
        >
          ${current ? html`<option value="keep" ?selected=${value === "keep"}>Don’t change</option>` : nothing}
          <option value="never" ?selected=${value === "never"}>Never</option>
          <option value="30" ?selected=${value === "30"}>In 30 days</option>
          <option value="90" ?selected=${value === "90"}>In 90 days</option>
          <option value="date" ?selected=${value === "date"}>On a date…</option>
        </select>`,
      )}
      ${
        value === "date"
          ? field(
              { id: "expiry-date", label: "Stops working at the start of", error },
              ({ describedby, invalid }) => html`<input
                id="expiry-date" name="expiry_date" type="date" required min=${tomorrow}
                aria-describedby=${describedby} aria-invalid=${invalid}
              />`,
            )
          : nothing
      }
    </div>`;
}

/** The time that was chosen; undefined to leave it as it is. @param {FormData} fields */
export function expiryFrom(fields) {
  const choice = String(fields.get("expiry"));
  if (choice === "keep") return undefined;
  if (choice === "never") return null;
  if (choice === "date") {
    const date = midnight(String(fields.get("expiry_date")));
    if (Number.isNaN(date.getTime())) throw missing("/expires_at", "Choose a date.");
    return date.toISOString();
  }
  return new Date(Date.now() + Number(choice) * 86_400_000).toISOString();
}
