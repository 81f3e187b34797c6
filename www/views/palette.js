// The palette: goes to an organization, a key or a page, or does something, by typing a few letters of it.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { DEPLOYMENT, nameOf, ownersOf, sameOwner, userOf } from "../owners.js";
import { holdsSecret } from "../pasted.js";
import { asProblem, unreachable } from "../problem.js";
import { recents } from "../recents.js";
import { address } from "../router.js";
import { openDialog } from "../ui/dialog.js";
import "../ui/page_styles.js";
import * as icons from "../ui/icons.js";
import { showShortcuts } from "../ui/shortcuts.js";
import { html, nothing } from "../vendor/lit.js";
import { STATUS } from "../words.js";
import { Lookup } from "./lookup.js";

const TYPING_MS = 200;
const MOST = 6;

/** @typedef {{ id: string, name: string, more?: unknown, act: () => void }} Choice */

/** @param {string} text */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Whether all words of a search begin somewhere in a name. @param {string} name @param {string} search */
const matches = (name, search) =>
  plain(search)
    .split(/\s+/)
    .every((word) => plain(name).includes(word));

/** @param {Context} context */
export function openPalette(context) {
  const { me, owner } = context;
  let typed = "";
  let selected = 0;
  let isAsking = false;
  /** Whether Enter was pressed before there was anything to choose from. */
  let isEntered = false;
  let said = "";
  let pause = 0;
  let asking = new AbortController();
  /** @type {Choice[]} */
  let keys = [];
  /** Those that the operator’s search has found. @type {Choice[]} */
  let organizations = [];

  const lookup = new Lookup(
    /** @type {Context} */ ({ options: context.options, go: (url) => leaveTo(url) }),
    () => dialog.update(),
  );

  /** @param {string} url */
  function leaveTo(url) {
    dialog.close();
    context.go(url);
  }
  /** @param {string} id @param {string} name @param {string} url @param {unknown} [more] @returns {Choice} */
  const link = (id, name, url, more) => ({ id, name, more, act: () => leaveTo(url) });

  /** Those looked at last come first, and the one that is being looked at last. */
  function owners() {
    const all = ownersOf(me).map((each) => ({ owner: each, name: nameOf(me, each) }));
    const isIn = (/** @type {{ owner: Owner }[]} */ list) => (/** @type {{ owner: Owner }} */ one) =>
      list.some((other) => sameOwner(one.owner, other.owner));
    const latest = recents(me).filter(me.type === "root" ? () => true : isIn(all));
    const sorted = [...latest, ...all.filter((one) => !isIn(latest)(one))];
    sorted.sort((one, other) => Number(sameOwner(one.owner, owner)) - Number(sameOwner(other.owner, owner)));
    return sorted.map(({ owner: each, name }) =>
      link(
        `owner-${each.type}-${each.id}`,
        name,
        address(each),
        sameOwner(each, owner) ? "Current" : each.type === "organization" ? (each.id ?? "") : "",
      ),
    );
  }

  function actions() {
    /** @type {Choice[]} */
    const list = [];
    const user = userOf(me);
    if (owner) {
      const where = nameOf(me, owner);
      if (context.may(owner, "create_key"))
        list.push({ id: "do-create", name: "Create key", more: where, act: () => createFor(owner) });
      list.push(link("go-keys", "Keys", address(owner), where));
      if (owner.type === "organization" && context.may(owner, "list_members"))
        list.push(link("go-members", "Members", address(owner, "members"), where));
      if (context.may(owner, "list_events"))
        list.push(link("go-activity", "Activity", address(owner, "activity"), where));
      if (owner.type === "organization")
        list.push(link("go-settings", "Settings", address(owner, "settings"), where));
    }
    if (me.type === "root") list.push(link("go-operator", "Operator keys", address(DEPLOYMENT)));
    list.push(link("go-check", "Check a key", "/check"));
    list.push(link("go-home", "All organizations", "/"));
    if (me.permissions.includes("create_organization"))
      list.push({ id: "do-create-organization", name: "Create organization", act: createOrganization });
    list.push(
      link(
        "go-sessions",
        "Sessions",
        user ? address({ type: "user", id: user }, "sessions") : address(DEPLOYMENT, "sessions"),
      ),
      { id: "do-help", name: "Keyboard shortcuts", act: () => closeAnd(showShortcuts) },
      { id: "do-sign-out", name: "Sign out", act: () => closeAnd(context.signOut) },
    );
    return list;
  }

  /** @param {() => void} then */
  function closeAnd(then) {
    dialog.close();
    then();
  }

  const failed = () => context.notify(unreachable().title);

  /** @param {Owner} whose */
  function createFor(whose) {
    dialog.close();
    const created = (/** @type {string} */ id) => context.go(`${address(whose)}/${id}`);
    import("./create.js").then(({ createKey }) => createKey(context, whose, created), failed);
  }

  function createOrganization() {
    dialog.close();
    import("./create_organization.js").then((loaded) => loaded.createOrganization(context), failed);
  }

  /** What there is to choose from, under its headings. @returns {[string, Choice[]][]} */
  function groups() {
    const fits = (/** @type {Choice} */ { name, more }) =>
      !typed || matches(typeof more === "string" ? `${name} ${more}` : name, typed);
    const known = owners().filter(fits);
    // What has been found for fewer letters is good until the answer for more of them is here.
    const found = (/** @type {Choice[]} */ list) => (isAsking ? list.filter(fits) : list);
    const others = found(organizations).filter(({ id }) => !known.some((one) => one.id === id));
    /** @type {[string, Choice[]][]} */
    const all = [
      ["Keys", typed ? found(keys) : []],
      ["Organizations", [...known, ...others].slice(0, typed ? MOST : 5)],
      ["Actions", actions().filter(fits)],
    ];
    return all.filter(([, choices]) => choices.length > 0);
  }

  async function ask() {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const q = typed.trim();
    isAsking = true;
    said = "";
    dialog.update();
    try {
      const [ofOwner, found] = await Promise.all([
        q && owner ? api.listKeys(owner, { q, limit: MOST }, signal) : null,
        me.permissions.includes("list_organizations")
          ? api.listOrganizations({ q, limit: MOST }, signal)
          : null,
      ]);
      keys = (ofOwner?.keys ?? []).map((key) =>
        link(
          `key-${key.id}`,
          key.title,
          `${address(key.owner)}/${key.id}`,
          html`${key.status === "active" ? nothing : `${STATUS[key.status]} · `}<span class="mono">${key.redacted}</span>`,
        ),
      );
      organizations = (found?.organizations ?? []).map(({ id, name }) =>
        link(`owner-organization-${id}`, name, address({ type: "organization", id }), id),
      );
    } catch (thrown) {
      if (signal.aborted) return;
      said = asProblem(thrown).message;
    }
    isAsking = false;
    selected = 0;
    dialog.update();
    if (isEntered) choose();
  }

  /** Does what is selected, once it is known. */
  function choose() {
    const chosen = groups().flatMap(([, list]) => list)[selected];
    isEntered = !chosen && isAsking;
    chosen?.act();
  }

  /** @param {HTMLInputElement} field @param {string} text @returns {boolean} whether it holds a secret, which is looked up and kept nowhere */
  function take(field, text) {
    clearTimeout(pause);
    asking.abort();
    lookup.stop();
    isEntered = false;
    if (!holdsSecret(text)) {
      typed = text;
      selected = 0;
      isAsking = typed.trim() !== "";
      if (!isAsking) keys = [];
      pause = window.setTimeout(ask, TYPING_MS);
      dialog.update();
      return false;
    }
    typed = "";
    keys = [];
    isAsking = false;
    lookup.take(text, () => {
      field.value = "";
      dialog.update();
    });
    dialog.update();
    return true;
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const choices = groups().flatMap(([, list]) => list);
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      choose();
    } else if (event.key in steps && choices.length > 0) {
      event.preventDefault();
      const step = steps[/** @type {keyof typeof steps} */ (event.key)];
      selected = (selected + step + choices.length) % choices.length;
      dialog.update();
      document.querySelector(".palette [aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    } else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      dialog.close();
    }
  }

  function content() {
    const found = groups();
    const choices = found.flatMap(([, list]) => list);
    const chosen = choices[selected];
    const field = (/** @type {{ target: EventTarget | null }} */ { target }) =>
      /** @type {HTMLInputElement} */ (target);
    const inserted = (/** @type {ClipboardEvent & DragEvent} */ event) => {
      const text = (event.clipboardData ?? event.dataTransfer)?.getData("text") ?? "";
      if (holdsSecret(text) && take(field(event), text)) event.preventDefault();
    };
    return html`
      <h2 id="dialog-title" class="sr-only">Go to or do something</h2>
      <div class="search">
        ${icons.search}
        <input
          type="text" role="combobox" aria-label="Search organizations, keys, and actions" placeholder="Search or jump to…"
          aria-expanded=${choices.length > 0 ? "true" : "false"} aria-controls="palette-list" aria-autocomplete="list"
          aria-activedescendant=${chosen ? chosen.id : nothing} maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false" autofocus
          @input=${(/** @type {InputEvent} */ event) => take(field(event), field(event).value)} @paste=${inserted} @drop=${inserted} @keydown=${press}
        />
      </div>
      <div id="palette-list" class="choices-list" role="listbox" aria-label="Results">
        ${found.map(
          ([heading, list], index) => html`<div role="group" aria-labelledby="palette-${index}">
            <p id="palette-${index}" class="label" role="presentation">${heading}</p>
            ${list.map(
              (choice) => html`<div
                id=${choice.id} class="option" role="option" aria-selected=${choice === chosen ? "true" : "false"}
                @click=${choice.act} @pointermove=${() => point(choices.indexOf(choice))}
              ><span>${choice.name}</span>${choice.more ? html`<span class="hint">${choice.more}</span>` : nothing}</div>`,
            )}
          </div>`,
        )}
      </div>
      ${choices.length === 0 && !isAsking ? html`<p class="nothing">No results for “${typed}”.</p>` : nothing}
      <div role="status">${lookup.notice()}${said ? html`<p class="notice bad">${said}</p>` : nothing}<span class="sr-only">${isAsking ? "Searching…" : `${choices.length} ${choices.length === 1 ? "result" : "results"}`}</span></div>`;
  }

  /** @param {number} index */
  function point(index) {
    if (index === selected) return;
    selected = index;
    dialog.update();
  }

  const dialog = openDialog(content, {
    isForm: true,
    kind: "palette",
    closed: () => {
      clearTimeout(pause);
      asking.abort();
      lookup.stop();
    },
  });
  if (me.permissions.includes("list_organizations")) ask();
}
