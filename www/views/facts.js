// Everything there is to know about a key.
/** @import { Key } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */

import { address } from "../router.js";
import { copy } from "../ui/copy.js";
import { actorName, scopeChips, typeBadge } from "../ui/parts.js";
import { ago, moment } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";

/** @param {{ key: Key, context: Context, relatives?: Map<string, Key | null> }} parts relatives: the keys that it has replaced and that have replaced it, as far as they are known; null for one that is gone */
export function facts({ key, context: { me, notify }, relatives }) {
  /** @param {string} name @param {unknown} value @param {string} [kind] */
  const fact = (name, value, kind = "") => html`<div class=${kind}><dt>${name}</dt><dd>${value}</dd></div>`;
  /** @param {string} text @param {string} what */
  const copyButton = (text, what) => html`
    <button class="button small" type="button" @click=${async () =>
      notify(
        (await copy(text))
          ? `Copied the ${what}.`
          : `Your browser blocked copying. Select the ${what} and copy it yourself.`,
      )}>Copy</button>`;
  /** @param {string} id */
  const relative = (id) => {
    const found = relatives?.get(id);
    if (found === null)
      return html`<span class="mono" title=${id}>…${id.slice(-6)}</span> <span class="hint">(deleted)</span>`;
    const name = found?.title ?? html`<span class="mono">…${id.slice(-6)}</span>`;
    return html`<a href="${address(key.owner)}/${id}" title=${id}>${name}</a>${found ? html` <span class="hint mono">${found.redacted}</span>` : nothing}`;
  };
  return html`
    <section class="card" aria-label="Details">
      <div class="body">
        <dl class="facts">
          ${key.token ? fact("Key", html`<div class="vault"><code tabindex="0">${key.token}</code>${copyButton(key.token, "publishable key")}</div>`, "all") : nothing}
          ${fact("Type", typeBadge(key))}
          ${fact("Scopes", scopeChips(key.scopes))}
          ${fact("Last used", key.last_used_at ? ago(key.last_used_at) : "Never")}
          ${fact("Created", moment(key.created_at))}
          ${fact("Created by", actorName(key.created_by, me))}
          ${key.rolled_from ? fact("Replaces", relative(key.rolled_from), "whole") : nothing}
          ${key.rolled_to ? fact("Replaced by", relative(key.rolled_to), "whole") : nothing}
          ${fact("Last updated", moment(key.updated_at))}
          ${fact("Expires", key.expires_at ? html`${moment(key.expires_at)} <span class="hint">(${ago(key.expires_at)})</span>` : "Never")}
          ${key.revoked_at ? fact(key.status === "retiring" ? "Stops working" : "Revoked", html`${moment(key.revoked_at)} <span class="hint">(${ago(key.revoked_at)})</span>`) : nothing}
          ${key.revoked_by ? fact("Revoked by", actorName(key.revoked_by, me)) : nothing}
          ${key.revocation_reason ? fact("Reason", key.revocation_reason) : nothing}
          ${key.consistency === "strong" ? fact("Checks", "Always strong") : nothing}
          ${fact("ID", html`<span class="mono">${key.id}</span>`, "whole")}
          ${Object.keys(key.metadata).length > 0 ? fact("Metadata", html`<code>${JSON.stringify(key.metadata)}</code>`, "all") : nothing}
        </dl>
      </div>
    </section>`;
}
