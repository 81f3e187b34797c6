// Who is signed in: the sessions of a user, or those of the operator.
/** @import { Operation, Session, SessionList } from "../openapi.d.ts" */
import { programOf } from "../agent.js";
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
    return `Sessions · ${nameOf(this.context.me, this.owner)}`;
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
      await api.deleteSession(this.owner, id);
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
        const { count } = await api.deleteSessions(this.owner, fields.has("except"));
        dialog.close();
        this.context.notify(`Ended ${counted(count)}.`);
        this.reload();
      },
    );
  };

  /** @param {Session} session */
  #startedWith({ started_with: { type, id, issuer } }) {
    if (type === "root") return { name: "Root key", more: html`<span class="sub mono">${id}</span>` };
    if (type === "token")
      return { name: host(issuer), more: html`<span class="sub">Identity provider</span>` };
    const link = html`<span class="sub"><a class="mono" href="${address(this.owner)}/${id}">…${id?.slice(-6)}</a></span>`;
    return { name: "Personal key", more: id ? link : nothing };
  }

  /** @param {Session} session @param {boolean} isRecorded */
  #row(session, isRecorded) {
    const { started_at, seen_at, ends_at, address, user_agent, is_current } = session;
    const badge = is_current ? html` <span class="badge active">This session</span>` : nothing;
    const { name, more } = this.#startedWith(session);
    const program = user_agent ? programOf(user_agent) : "Unknown browser";
    return html`<tr>
      ${
        isRecorded
          ? html`<th scope="row"><span class="title" title=${user_agent ?? nothing}>${program}${badge}</span><span class="sub">${address ?? "Unknown address"}</span></th>
              <td data-label="Signed in with">${name}${more}</td>`
          : html`<th scope="row"><span class="title">${name}${badge}</span>${more}</th>`
      }
      <td data-label="Started">${ago(started_at, false)}</td>
      <td data-label="Last used">${ago(seen_at, false)}</td>
      <td data-label="Ends if unused">${ago(ends_at, false)}</td>
      ${
        this.#may("delete_session")
          ? html`<td class="all"><span class="actions end"><button class="button small" type="button" @click=${() => this.#end(session)}>Sign out<span class="sr-only"> of the session started on ${exactly(started_at)}</span></button></span></td>`
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
        text: `${this.#who()} isn’t signed in to the dashboard.`,
      });
    }
    const isRecorded = sessions.some(({ address, user_agent }) => address || user_agent);
    const columns = [
      ...(isRecorded ? ["Browser"] : []),
      "Signed in with",
      "Started",
      "Last used",
      "Ends if unused",
    ];
    const ordered = sessions.toSorted((one, other) => Number(other.is_current) - Number(one.is_current));
    return html`
      <table class="cards">
        <caption class="sr-only">Sessions</caption>
        <thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}${this.#may("delete_session") ? html`<th scope="col"><span class="sr-only">Actions</span></th>` : nothing}</tr></thead>
        <tbody>${ordered.map((session) => this.#row(session, isRecorded))}</tbody>
      </table>`;
  }

  #who() {
    const { type, id } = this.owner;
    return type === "deployment" ? "The operator" : userName(id ?? "");
  }

  #about() {
    const { type, id } = this.owner;
    if (type === "deployment") return "Where the operator is signed in to this dashboard with a root key.";
    return id === userOf(this.context.me)
      ? "Where you’re signed in to this dashboard."
      : `Where ${this.#who()} is signed in to this dashboard.`;
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
