// What about a key needs care, and what to do about it.
/** @import { Key } from "../openapi.d.ts" */
import { works } from "../ui/parts.js";
import { ago } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const IDLE_DAYS = 90;

/** @param {Key} key */
export function advice(key) {
  if (!works(key)) return nothing;
  const { created_at, expires_at, last_used_at, revoked_at } = key;
  const now = Date.now();
  const isSoon = expires_at && !revoked_at && Date.parse(expires_at) - now < SOON_DAYS * DAY_MS;
  if (isSoon)
    return html`<p class="notice warn">This key expires ${ago(expires_at)}. Roll it, or edit it to expire later.</p>`;
  const isIdle = now - Date.parse(last_used_at ?? created_at) > IDLE_DAYS * DAY_MS;
  return isIdle && !revoked_at
    ? html`<p class="notice warn">Nobody has used this key in ${IDLE_DAYS} days. If nothing needs it anymore, revoke it.</p>`
    : nothing;
}
