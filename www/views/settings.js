// The settings of an organization, and what the operator may do with a user: what it is called, who may do what, and how it
// ends.
/** @import { Member, Organization, UserOrganizationList } from "../openapi.d.ts" */
import * as api from "../api.js";
import * as moving from "../moving.js";
import { nameOf, userName, userOf } from "../owners.js";
import { asProblem, unreachable } from "../problem.js";
import { address } from "../router.js";
import { copy } from "../ui/copy.js";
import "../ui/page_styles.js";
import { onSubmit, problemNotice, submission, submitButton, textField } from "../ui/form.js";
import { actorName, bones, button, head, roleBadge } from "../ui/parts.js";
import { requireAll, TITLE_MAX, textProblem, wrong } from "../ui/rules.js";
import { moment } from "../ui/time.js";
import { View } from "../ui/view.js";
import { html, nothing, Task } from "../vendor/lit.js";
import { deleteOwner } from "./delete_owner.js";
import { removeMember } from "./membership.js";
import { policy } from "./policy.js";

/** @typedef {{ organization: Organization, membership: Member | null, user: null }} OfOrganization */
/** @typedef {{ user: UserOrganizationList, organization: null }} OfUser */

/** @typedef {{ title: string, text: string, act: unknown }} Row what can be done, and the button that does it */

/** A section of rows, unless there is none. @param {string} id @param {string} title @param {Row[]} rows @param {string} [kind] */
const section = (id, title, rows, kind = "") =>
  rows.length === 0
    ? nothing
    : html`
      <section class="card ${kind}" aria-labelledby=${id}>
        <header><h2 id=${id}>${title}</h2></header>
        ${rows.map(({ title, text, act }) => html`<div class="row"><div><h3>${title}</h3><p class="hint">${text}</p></div>${act}</div>`)}
      </section>`;

/** @param {Row[]} rows */
const danger = (rows) => section("danger", "Danger zone", rows, "danger-zone");

export class SettingsView extends View {
  #rename = submission(() => this.requestUpdate());
  /** The name as it is being typed; null if it isn’t. @type {string | null} */
  #typed = null;

  /** The sales channels, which are asked for once the page is shown, and their section. @type {{ channels: import("../types.d.ts").Channel[], channelsSection: typeof import("./channels.js").channelsSection } | null} */
  #channels = null;

  /** How old answers may be, loaded like those. @type {import("./ages.js").Ages | null} */
  #ages = null;

  #load = new Task(this, {
    args: () => [this.owner],
    task: async ([owner]) => {
      const loaded = owner.type === "user" ? await this.#user() : await this.#organization();
      this.context.learn(owner, (loaded.organization ?? loaded.user).permissions);
      return loaded;
    },
    onComplete: ({ organization }) => {
      if (!organization) return;
      this.#loadAges();
      this.#loadChannels();
    },
  });

  /** @override */
  get name() {
    return `Settings · ${nameOf(this.context.me, this.owner)}`;
  }

  /** @override */
  reload() {
    this.#load.run();
  }

  async #loadAges() {
    if (this.#ages) return;
    const loaded = await import("./ages.js").catch(() => null);
    const { owner, context } = this;
    const parts = { owner, notify: context.notify, update: () => this.requestUpdate() };
    if (loaded) this.#ages ??= new loaded.Ages({ ...parts, changed: () => this.reload() });
    this.requestUpdate();
  }

  /** What can’t be asked is left out. */
  async #loadChannels() {
    const [channels, loaded] = await Promise.all([
      moving.listChannels(this.owner).catch(() => null),
      import("./channels.js").catch(() => null),
    ]);
    if (channels && loaded) this.#channels = { channels, ...loaded };
    this.requestUpdate();
  }

  /** @param {Organization} organization */
  #ofChannels({ permissions }) {
    const { owner, context } = this;
    const changed = (/** @type {string} */ said) => {
      context.notify(said);
      this.reload();
    };
    const mayEdit = permissions.includes("create_key");
    return this.#channels?.channelsSection({ owner, mayEdit, changed, ...this.#channels });
  }

  /** @returns {Promise<OfUser>} */
  #user = async () => ({ user: await api.listUserOrganizations(this.owner), organization: null });

  /** @returns {Promise<OfOrganization>} */
  #organization = async () => {
    const [organization, membership] = await Promise.all([
      api.getOrganization(this.owner),
      // The operator has none, and neither has whoever is one only by their token.
      userOf(this.context.me) ? api.getMember(this.owner, "me").catch(() => null) : null,
    ]);
    return { organization, membership, user: null };
  };

  /** @param {Organization} organization */
  #save = (organization) => (/** @type {FormData} */ fields) =>
    this.#rename.run(async () => {
      const { context, owner } = this;
      const name = String(fields.get("name")).trim();
      requireAll([wrong("/name", textProblem(name, TITLE_MAX, "Enter a name."))]);
      if (name !== organization.name) {
        await api.updateOrganization(owner, { name });
        await context.reloadMe().catch(() => {});
      }
      this.#typed = null;
      context.notify("Name saved.");
      this.reload();
    });

  /** @param {string} text */
  async #copyId(text) {
    const copied = await copy(text);
    this.context.notify(
      copied ? "Copied the ID." : "Your browser blocked copying. Select the ID and copy it yourself.",
    );
  }

  /** Goes home, as what this page is about is no more. @param {string} said */
  #gone = async (said) => {
    const { context, owner } = this;
    context.notify(said);
    context.forget(owner);
    await context.reloadMe().catch(() => {});
    context.go("/");
  };

  #id() {
    const id = this.owner.id ?? "";
    return html`<div><dt>ID</dt><dd><span class="mono">${id}</span> <button class="button small" type="button" @click=${() => this.#copyId(id)}>Copy<span class="sr-only"> ID</span></button><span class="sub">Can’t be changed.</span></dd></div>`;
  }

  /** @param {Organization} organization */
  #general(organization) {
    const { permissions, name, created_at, created_by } = organization;
    const mayRename = permissions.includes("update_organization");
    const value = this.#typed ?? name;
    const form = this.#rename;
    return html`
      <section class="card" aria-labelledby="general">
        <header><h2 id="general">General</h2></header>
        <div class="body stack">
          ${
            mayRename
              ? html`<form class="stack short" @submit=${onSubmit(this.#save(organization))} novalidate>
                  ${problemNotice(form.problem, ["/name"])}
                  ${textField({
                    id: "name",
                    label: "Name",
                    error: form.at("/name"),
                    value,
                    typed: (text) => {
                      this.#typed = text;
                      this.requestUpdate();
                    },
                  })}
                  <div>${submitButton({ label: "Save name", busy: "Saving…", pending: form.pending, disabled: value.trim() === name })}</div>
                </form>`
              : nothing
          }
          <dl class="facts">
            ${mayRename ? nothing : html`<div><dt>Name</dt><dd>${name}</dd></div>`}
            ${this.#id()}
            <div><dt>Created</dt><dd>${moment(created_at)}<span class="sub">by ${actorName(created_by, this.context.me)}</span></dd></div>
          </dl>
        </div>
      </section>`;
  }

  /** The dialogs are loaded when they are first wanted. @template T @param {Promise<T>} loading @param {(loaded: T) => void} open */
  async #open(loading, open) {
    const loaded = await loading.catch(() => null);
    if (!loaded) this.context.notify(unreachable().title);
    else if (this.isConnected) open(loaded);
  }

  /** Keys in from elsewhere, and everything out. @param {Organization} organization */
  #moving({ permissions, name }) {
    const { context, owner } = this;
    const { me, notify } = context;
    const isOperator = me.type === "root";
    const changed = () => this.reload();
    const rows = [
      ...(permissions.includes("import_keys")
        ? [
            {
              title: "Import keys",
              text: "Takes the keys that another system has issued. They keep working.",
              act: button("Import…", () =>
                this.#open(import("./import.js"), ({ importKeys }) =>
                  importKeys({ owner, name, isOperator, notify, changed }),
                ),
              ),
            },
          ]
        : []),
      ...(permissions.includes("export_organization")
        ? [
            {
              title: "Export everything",
              text: "Downloads the keys, members, and activity as one file, as a backup or to move elsewhere.",
              act: button("Export…", () =>
                this.#open(import("./export_organization.js"), ({ exportOrganization }) =>
                  exportOrganization({ owner, name, notify }),
                ),
              ),
            },
          ]
        : []),
    ];
    return section("moving", "Moving in and out", rows);
  }

  /** @param {OfOrganization} loaded */
  #ofOrganization({ organization, membership }) {
    const { context, owner } = this;
    const { name } = organization;
    const rows = [];
    if (membership?.permissions.includes("remove_member")) {
      const changed = (/** @type {string} */ said) => this.#gone(said);
      const leave = () =>
        removeMember({ context, owner, member: membership, roles: [], isSelf: true, changed });
      rows.push({
        title: "Leave this organization",
        text: "You and your personal keys lose access. The last owner can’t leave.",
        act: button("Leave organization…", leave, "grave"),
      });
    }
    if (organization.permissions.includes("delete_organization")) {
      const deleted = () => this.#gone(`Deleted ${name}.`);
      rows.push({
        title: "Delete this organization",
        text: "Revokes and deletes its keys, and removes its members and invitations, for good.",
        act: button("Delete organization…", () => deleteOwner({ owner, name, deleted }), "grave"),
      });
    }
    return html`${this.#general(organization)} ${this.#ages?.render(organization) ?? nothing} ${policy(organization, context)} ${this.#ofChannels(organization)} ${this.#moving(organization)} ${danger(rows)}`;
  }

  /** @param {UserOrganizationList} list */
  #ofUser({ organizations, permissions, count }) {
    const { owner } = this;
    const name = userName(owner.id ?? "");
    const deleted = () => this.#gone(`Deleted ${name}.`);
    const rows = permissions.includes("delete_user")
      ? [
          {
            title: "Delete this user",
            text: "Revokes and deletes their personal keys, ends their sessions, and removes them from their organizations, for good.",
            act: button("Delete user…", () => deleteOwner({ owner, name, deleted }), "grave"),
          },
        ]
      : [];
    return html`
      <section class="card" aria-labelledby="general">
        <header><h2 id="general">General</h2></header>
        <div class="body"><dl class="facts">${this.#id()}</dl></div>
      </section>
      <section class="card" aria-labelledby="organizations">
        <header><h2 id="organizations">Organizations</h2></header>
        ${
          organizations.length > 0
            ? html`<ul class="trail">${organizations.map(({ id, name, role }) => html`<li><p><a class="title" href=${address({ type: "organization", id }, "members")}>${name ?? id}</a><span class="sub">${id}</span></p>${roleBadge(role)}</li>`)}</ul>`
            : html`<p class="body">${name} belongs to no organization.</p>`
        }
        ${count > organizations.length ? html`<p class="aside">The first ${organizations.length} of ${count} organizations.</p>` : nothing}
      </section>
      ${danger(rows)}`;
  }

  /** @override */
  render() {
    const { context, owner } = this;
    const problem = this.#load.error && this.#load.value ? asProblem(this.#load.error) : null;
    const isUser = owner.type === "user";
    return html`
      ${head({
        title: "Settings",
        text: isUser
          ? `The account and organizations of ${userName(owner.id ?? "")}.`
          : `What ${nameOf(context.me, owner)} is called, and who can do what.`,
      })}
      ${problem ? html`<p class="notice warn" role="alert">This may be out of date. ${problem.message}</p>` : nothing}
      ${this.show(
        this.#load,
        () => html`<div class="card">${bones(4)}</div>`,
        (loaded) => (loaded.organization ? this.#ofOrganization(loaded) : this.#ofUser(loaded.user)),
      )}`;
  }
}
customElements.define("keyward-settings", SettingsView);
