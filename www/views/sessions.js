// Who is signed in: the sessions of a user, or those of the operator.
/** @import { Operation, Session, SessionList } from "../openapi.d.ts" */
import * as api from "../api.js";
import { nameOf, userName, userOf } from "../owners.js";
import { asProblem } from "../problem.js";
import { address } from "../router.js";
import { openForm } from "../ui/dialog.js";
import { choice } from "../ui/form.js";
import * as icons from "../ui/icons.js";
import { bones, button, emptyState, head } from "../ui/parts.js";
import { ago, exactly } from "../ui/time.js";
import { View } from "../ui/view.js";
import { html, nothing, Task } from "../vendor/lit.js";

/** @param {string | null} issuer */
const host = (issuer) => (URL.canParse(issuer ?? "") ? new URL(issuer ?? "").host : issuer);

/** @param {number} count */
const counted = (count) => (count === 1 ? "1 session" : `${count} sessions`);

export class SessionsView extends View {
  #list = new Task(this, {
    args: () => [this.owner],
    task: ([owner], { signal }) => api.listSessions(owner, signal),
    onComplete: ({ permissions }) => this.context.learn(this.owner, permissions),
  });

  /** @override */
  get name() {
    const { owner } = this.route;
    return owner ? `Sessions · ${nameOf(this.context.me, owner)}` : "Sessions";
  }

  /** @override */
  reload() {
    this.#list.run();
  }

  /** @param {Operation} operation */
  #may = (operation) => this.#list.value?.permissions.includes(operation) ?? false;

  /** @param {Session} session */
  #end = async ({ id }) => {
    try {
      await api.deleteSession(this.route.owner, id);
      this.context.notify("Ended the session.");
    } catch (thrown) {
      this.context.notify(asProblem(thrown).message);
    }
    this.reload();
  };

  /** @param {SessionList} list */
  #endAll = ({ sessions }) => {
    const isCurrent = sessions.some(({ is_current }) => is_current);
    const dialog = openForm(
      () => ({
        heading: "Sign out everywhere?",
        label: "Sign out everywhere",
        busy: "Signing out…",
        kind: "danger",
        content: html`
          <p>The sessions end immediately. Keys aren’t affected.</p>
          ${
            isCurrent
              ? choice({
                  type: "checkbox",
                  name: "except",
                  value: "current",
                  label: "Stay signed in here",
                  hint: "The session in this browser goes on.",
                  checked: true,
                })
              : nothing
          }`,
      }),
      async (fields) => {
        const { count } = await api.deleteSessions(this.route.owner, fields.has("except"));
        dialog.close();
        this.context.notify(`Ended ${counted(count)}.`);
        this.reload();
      },
    );
  };

  /** @param {Session} session */
  #startedWith({ started_with: { type, id, issuer } }) {
    const { owner } = this.route;
    if (type === "root") return html`Root key<span class="sub mono">${id}</span>`;
    if (type === "token") return html`${host(issuer)}<span class="sub">Identity provider</span>`;
    const link = owner && id ? html`<a class="mono" href="${address(owner)}/${id}">…${id.slice(-6)}</a>` : id;
    return html`Personal key<span class="sub">${link}</span>`;
  }

  /** @param {Session} session */
  #row(session) {
    const { started_at, seen_at, ends_at, address, user_agent, is_current } = session;
    return html`<tr>
      <th scope="row"><span class="title">${this.#startedWith(session)}</span></th>
      <td data-label="Started">${ago(started_at, false)}${is_current ? html` <span class="badge">This session</span>` : nothing}${
        address || user_agent
          ? html`<span class="sub">${[address, user_agent].filter(Boolean).join(" · ")}</span>`
          : nothing
      }</td>
      <td data-label="Last used">${ago(seen_at, false)}</td>
      <td data-label="Ends if unused">${ago(ends_at, false)}</td>
      ${
        this.#may("delete_session")
          ? html`<td class="all"><span class="actions"><button class="button small" type="button" @click=${() => this.#end(session)}>Sign out<span class="sr-only"> of the session started on ${exactly(started_at)}</span></button></span></td>`
          : nothing
      }
    </tr>`;
  }

  /** @param {SessionList} list */
  #loaded({ sessions }) {
    if (sessions.length === 0) {
      return emptyState({
        icon: icons.none,
        title: "No sessions",
        text: "Nobody is signed in to the dashboard with this account.",
      });
    }
    return html`
      <table class="cards">
        <caption class="sr-only">Sessions</caption>
        <thead><tr><th scope="col">Signed in with</th><th scope="col">Started</th><th scope="col">Last used</th><th scope="col">Ends if unused</th>${this.#may("delete_session") ? html`<th scope="col"><span class="sr-only">Actions</span></th>` : nothing}</tr></thead>
        <tbody>${sessions.map((session) => this.#row(session))}</tbody>
      </table>`;
  }

  #about() {
    const { owner } = this.route;
    if (!owner) return "Where the operator is signed in to this dashboard with a root key.";
    return owner.id === userOf(this.context.me)
      ? "Where you’re signed in to this dashboard."
      : `Where ${userName(owner.id ?? "")} is signed in to this dashboard.`;
  }

  /** @override */
  render() {
    const list = this.#list.value;
    const count = list?.sessions.length;
    return html`
      ${head({
        title: "Sessions",
        text: this.#about(),
        actions:
          list && count && this.#may("delete_sessions")
            ? button("Sign out everywhere", () => this.#endAll(list))
            : nothing,
      })}
      <div class="card">${this.show(
        this.#list,
        () => bones(3),
        (loaded) => this.#loaded(loaded),
      )}</div>
      <p class="sr-only" role="status">${count === undefined ? "" : counted(count)}</p>`;
  }
}
customElements.define("keyward-sessions", SessionsView);
