// The frame around the views: whose keys, which section, who is signed in.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { Context, Route } from "../types.d.ts" */

import { DEPLOYMENT, nameOf, ownersOf, sameOwner, titleOf, userName, userOf } from "../owners.js";
import { address } from "../router.js";
import * as icons from "../ui/icons.js";
import { html, nothing } from "../vendor/lit.js";
import { createOrganization } from "./organization.js";

/** @param {Context} context @param {Owner | null} owner */
function switcher(context, owner) {
  const { me } = context;
  const owners = ownersOf(me);
  return html`
    <details class="menu">
      <summary><span class="sr-only">Organization or user:</span><span>${owner ? nameOf(me, owner) : "Choose…"}</span>${icons.down}</summary>
      <div class="panel">
        ${owners.map((other) => html`<a href=${address(other)} aria-current=${sameOwner(other, owner) ? "true" : nothing}>${nameOf(me, other)}</a>`)}
        ${me.type === "root" ? html`<a href="/">Other organization or user…</a>` : nothing}
        ${me.permissions.includes("create_organization") ? html`<hr /><button type="button" @click=${() => createOrganization(context)}>Create organization…</button>` : nothing}
      </div>
    </details>`;
}

/** @param {Context} context @param {() => void} signOut */
function account({ me }, signOut) {
  const user = userOf(me);
  const name = me.type === "root" ? "Root key" : ((user && userName(user)) ?? titleOf(me) ?? "Key");
  const sessions = address(user ? { type: "user", id: user } : DEPLOYMENT, "sessions");
  return html`
    <details class="menu account">
      <summary><span class="sr-only">Account</span>${icons.person}<span class="who">${name}</span>${icons.down}</summary>
      <div class="panel">
        <p class="label">Signed in ${me.type === "key" ? html`with the key<br /><strong>${titleOf(me)}</strong><br /><span class="mono">${me.key?.redacted}</span>` : html`as <strong>${name}</strong>`}</p>
        <hr />
        <a href=${sessions}>Sessions</a>
        <button type="button" @click=${signOut}>Sign out</button>
      </div>
    </details>`;
}

/** Only the operator has something to set of a user. @param {Context} context @param {Owner} owner */
const hasSettings = ({ me }, { type }) => type === "organization" || (type === "user" && me.type === "root");

/** What the person is invited to, on every page but the one that lists it. @param {Context} context @param {Route} route */
function invited({ invitations: [first, ...more] }, { view }) {
  if (!first || view === "home") return nothing;
  const what =
    more.length > 0 ? `${more.length + 1} organizations` : (first.organization_name ?? first.organization);
  return html`<p class="notice invited">You’re invited to ${what}. <a href="/">${more.length > 0 ? "View invitations" : "View invitation"}</a></p>`;
}

/**
 * @param {{ context: Context, route: Route, owner: Owner | null, signOut: () => void, content: unknown }} parts
 */
export function shell({ context, route, owner, signOut, content }) {
  /** @param {string} href @param {string} name @param {boolean} here */
  const tab = (href, name, here) => html`<a href=${href} aria-current=${here ? "page" : nothing}>${name}</a>`;
  return html`
    <header class="frame">
      <div class="bar">
        <a class="brand" href="/">${icons.logo}<span>Keyward</span></a>
        <span class="slash" aria-hidden="true">/</span>
        ${switcher(context, owner)}
        ${context.options.environment === "test" ? html`<span class="badge">test</span>` : nothing}
        <span class="grow"></span>
        ${account(context, signOut)}
      </div>
      <nav class="tabs" aria-label="Sections">
        ${owner ? tab(address(owner), "Keys", route.view === "keys" || route.view === "key") : nothing}
        ${owner?.type === "organization" && context.may(owner, "list_members") ? tab(address(owner, "members"), "Members", route.view === "members") : nothing}
        ${owner && context.may(owner, "list_events") ? tab(address(owner, "activity"), "Activity", route.view === "activity") : nothing}
        ${owner && owner.type !== "organization" && context.may(owner, "list_sessions") ? tab(address(owner, "sessions"), "Sessions", route.view === "sessions") : nothing}
        ${owner && hasSettings(context, owner) ? tab(address(owner, "settings"), "Settings", route.view === "settings") : nothing}
        ${tab("/check", "Check a key", route.view === "check")}
      </nav>
    </header>
    <main id="main" class="page" tabindex="-1">${invited(context, route)}${content}</main>`;
}
