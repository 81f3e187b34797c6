// The frame around the views: whose keys, which section, who is signed in.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { Context, Route } from "../types.d.ts" */
/** @import { Switcher } from "./switcher.js" */

import { DEPLOYMENT, nameOf, titleOf, userName, userOf } from "../owners.js";
import { unreachable } from "../problem.js";
import { address } from "../router.js";
import * as icons from "../ui/icons.js";
import { closeMenus } from "../ui/menu.js";
import { isMac, openPalette, showShortcuts } from "../ui/shortcuts.js";
import { html, nothing } from "../vendor/lit.js";

/** What the switcher’s menu holds, once it has been opened. @type {Switcher | null} */
let list = null;

/** It is fetched when somebody is about to open it. */
const fetched = () => import("./switcher.js").catch(() => null);

/** @param {HTMLDetailsElement} menu @param {Context} context @param {Owner | null} owner */
async function toggled(menu, context, owner) {
  if (!menu.open) return list?.close();
  const loaded = await fetched();
  if (!loaded) {
    closeMenus();
    return context.notify(unreachable().title);
  }
  if (list?.context !== context) list = new loaded.Switcher(context);
  const panel = menu.querySelector(".panel");
  if (!panel?.contains(list)) panel?.replaceChildren(list);
  if (menu.open) list.open(owner);
}

/** @param {Context} context @param {Owner | null} owner */
function switcher(context, owner) {
  const { me } = context;
  const name = owner ? nameOf(me, owner) : me.type === "root" ? "All organizations" : "Organizations";
  const toggle = (
    /** @type {globalThis.Event & { currentTarget: HTMLDetailsElement }} */ { currentTarget },
  ) => toggled(currentTarget, context, owner);
  return html`
    <details class="menu switcher" @toggle=${toggle}>
      <summary @focus=${fetched} @pointerenter=${fetched}><span class="sr-only">Organization or user:</span><span>${name}</span>${icons.down}</summary>
      <div class="panel"></div>
    </details>`;
}

/** @param {Context} context @param {() => void} signOut */
function account(context, signOut) {
  const { me } = context;
  const user = userOf(me);
  const name = me.type === "root" ? "Root key" : ((user && userName(user)) ?? titleOf(me) ?? "Key");
  /** @type {Owner} */
  const self = user ? { type: "user", id: user } : DEPLOYMENT;
  return html`
    <details class="menu account">
      <summary><span class="sr-only">Account</span>${icons.person}<span class="who">${name}</span>${icons.down}</summary>
      <div class="panel">
        <p class="label">Signed in ${me.type === "key" ? html`with the key<br /><strong>${titleOf(me)}</strong><br /><span class="mono">${me.key?.redacted}</span>` : html`as <strong>${name}</strong>`}</p>
        <hr />
        <a href=${address(self)}>${user ? "Personal keys" : "Operator keys"}</a>
        <a href=${address(self, "sessions")}>Sessions</a>
        <button type="button" @click=${showShortcuts}>Keyboard shortcuts</button>
        <hr />
        <button type="button" @click=${signOut}>Sign out</button>
      </div>
    </details>`;
}

/** @param {Context} context @param {Owner} owner @returns {[section: Route["view"], name: string][]} */
function sectionsOf(context, owner) {
  const { type } = owner;
  /** @type {[Route["view"], string, boolean][]} */
  const sections = [
    ["keys", "Keys", true],
    ["members", "Members", type === "organization" && context.may(owner, "list_members")],
    ["activity", "Activity", context.may(owner, "list_events")],
    ["sessions", "Sessions", type !== "organization" && context.may(owner, "list_sessions")],
    // Only the operator has something to set of a user.
    ["settings", "Settings", type === "organization" || (type === "user" && context.me.type === "root")],
  ];
  return sections.flatMap(([section, name, isThere]) => (isThere ? [[section, name]] : []));
}

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
export function shell({ context, route, owner: last, signOut, content }) {
  const owner = route.view === "home" ? null : last;
  /** @param {string} href @param {string} name @param {boolean} here */
  const tab = (href, name, here) => html`<a href=${href} aria-current=${here ? "page" : nothing}>${name}</a>`;
  const section = route.view === "key" ? "keys" : route.view;
  return html`
    <header class="frame">
      <div class="bar">
        <a class="brand" href="/">${icons.logo}<span>Keyward</span></a>
        <span class="slash" aria-hidden="true">/</span>
        ${switcher(context, owner)}
        ${context.options.environment === "test" ? html`<span class="badge">test</span>` : nothing}
        <span class="grow"></span>
        <button class="button quiet small" type="button" aria-keyshortcuts="Control+K Meta+K" @click=${() => openPalette(context)}>${icons.search}<span class="sr-only">Go to or do something</span><kbd class="wide" aria-hidden="true">${isMac ? "⌘" : "Ctrl"} K</kbd></button>
        ${account(context, signOut)}
      </div>
      <nav class="tabs" aria-label="Sections">
        ${
          owner
            ? sectionsOf(context, owner).map(([view, name]) =>
                tab(address(owner, view), name, section === view),
              )
            : tab("/", "Organizations", route.view === "home")
        }
        ${tab("/check", "Check a key", route.view === "check")}
      </nav>
    </header>
    <main id="main" class="page" tabindex="-1">${invited(context, route)}${content}</main>`;
}
