// Everything there is to know about a key.
/** @import { Actor, Key } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import { CONSISTENCY } from "../bound.js";
import { address } from "../router.js";
import { copy } from "../ui/copy.js";
import { actorName, foreignBadge, scopeChips, statusBadge, typeBadge } from "../ui/parts.js";
import { ago, moment, when } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";
import { keyOf } from "./relatives.js";

/** @param {string} name @param {unknown} value @param {string} [kind] */
const fact = (name, value, kind = "") => html`<div class=${kind}><dt>${name}</dt><dd>${value}</dd></div>`;

/** @param {string} text @param {string} what @param {Context["notify"]} notify */
const copyButton = (text, what, notify) => html`
  <button class="button small" type="button" aria-label="Copy the ${what}" @click=${async () =>
    notify(
      (await copy(text))
        ? `Copied the ${what}.`
        : `Your browser blocked copying. Select the ${what} and copy it yourself.`,
    )}>Copy</button>`;

/** The end of an id, where there is no title. @param {string} id */
const shortId = (id) => html`<span class="mono" title=${id}>…${id.slice(-6)}</span>`;

/** @param {{ key: Key, context: Context, relatives: Map<string, Key | null> | undefined }} parts relatives: the keys that it has to do with, as far as they are known; null for one that is gone */
export function facts({ key, context: { me, notify }, relatives }) {
  const { owner, created_by, revoked_by } = key;
  /** @param {string} id */
  const kin = (id) => {
    const found = relatives?.get(id);
    if (found === null) return html`${shortId(id)} <span class="hint">(deleted)</span>`;
    const link = html`<a href="${address(owner)}/${id}">${found?.title ?? shortId(id)}</a>`;
    return html`<span class="kin">${link}${found ? html`${statusBadge(found)}<span class="hint mono">${found.redacted}</span>` : nothing}</span>`;
  };
  /** @param {Actor} actor */
  const doer = (actor) => {
    const used = keyOf(actor, owner);
    const found = used ? relatives?.get(used.id) : null;
    const link = used && found ? html`<a href="${address(used.owner)}/${used.id}">${found.title}</a>` : null;
    if (actor.type !== "user") return link ? html`Key “${link}”` : actorName(actor, me);
    return html`${actorName(actor, me)}${used ? html`, with ${link ? html`“${link}”` : html`key ${shortId(used.id)}`}` : nothing}`;
  };
  return html`
    <section class="card" aria-label="Details">
      <div class="body">
        <dl class="facts">
          ${key.token ? fact("Key", html`<div class="vault"><code tabindex="0">${key.token}</code>${copyButton(key.token, "publishable key", notify)}</div>`, "all") : nothing}
          ${fact("Type", html`${typeBadge(key)} ${foreignBadge(key)}`)}
          ${fact("Last used", key.last_used_at ? ago(key.last_used_at) : "Never")}
          ${fact("Expires", key.expires_at ? when(key.expires_at) : "Never")}
          ${fact("Scopes", scopeChips(key.scopes), "all")}
          ${fact("Consistency", html`${CONSISTENCY[key.consistency].name}<span class="sub">${CONSISTENCY[key.consistency].means}</span>`, "all")}
          ${key.revoked_at ? fact(key.status === "retiring" ? "Stops working" : "Revoked", when(key.revoked_at)) : nothing}
          ${revoked_by ? fact("Revoked by", keyOf(revoked_by, owner)?.id === key.id ? "Whoever held it" : doer(revoked_by)) : nothing}
          ${key.revocation_reason ? fact("Reason", key.revocation_reason, "whole") : nothing}
          ${fact("Created", moment(key.created_at))}
          ${key.foreign_creator ? fact("Created by", key.foreign_creator) : nothing}
          ${fact(key.foreign ? "Imported by" : "Created by", doer(created_by))}
          ${fact("Last updated", moment(key.updated_at))}
          ${key.rolled_from ? fact("Rolled from", kin(key.rolled_from), "whole") : nothing}
          ${key.rolled_to ? fact("Replaced by", kin(key.rolled_to), "whole") : nothing}
          ${fact("ID", html`<span class="mono">${key.id}</span> ${copyButton(key.id, "ID", notify)}`, "all id")}
        </dl>
      </div>
    </section>`;
}

/** Where the facts are going to be. */
export const factsSkeleton = () => html`
  <div class="card" aria-hidden="true">
    <div class="body">
      <div class="facts">${[
        ["w1", ""],
        ["w1", ""],
        ["w2", ""],
        ["w3", "all"],
        ["w1", "all", "w3"],
        ["w2", ""],
        ["w2", ""],
        ["w2", ""],
        ["w3", "all"],
      ].map(
        ([width, kind, more]) =>
          html`<div class=${kind}><div><span class="bone w1"></span></div><div><span class="bone ${width}"></span></div>${more ? html`<div><span class="bone ${more}"></span></div>` : nothing}</div>`,
      )}</div>
    </div>
  </div>`;

/** @param {Key} key @param {Context} context */
export function metadataCard({ metadata }, { notify }) {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return nothing;
  return html`
    <section class="card" aria-labelledby="metadata">
      <header><h2 id="metadata">Metadata</h2></header>
      <table class="pairs" role="table" aria-labelledby="metadata">
        <thead class="sr-only"><tr role="row"><th scope="col" role="columnheader">Name</th><th scope="col" role="columnheader">Value</th><th scope="col" role="columnheader">Copy</th></tr></thead>
        <tbody>
          ${entries.map(([name, value]) => {
            const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
            return html`<tr role="row">
              <th scope="row" role="rowheader">${name}</th>
              <td role="cell">${typeof value === "string" ? text : html`<code>${text}</code>`}</td>
              <td role="cell">${copyButton(text, `value of ${name}`, notify)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </section>`;
}
