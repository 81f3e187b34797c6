// The views of an address that leads nowhere, and of an owner who isn’t there.
import * as api from "../api.js";
import { nameOf } from "../owners.js";
import { address } from "../router.js";
import * as icons from "../ui/icons.js";
import { emptyState } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, nothing, Task } from "../vendor/lit.js";

export class LostView extends View {
  /** @override */
  get name() {
    return "Page not found";
  }

  /** @override */
  render() {
    return html`
      <h1 class="sr-only" tabindex="-1">${this.name}</h1>
      <div class="card">${emptyState({
        icon: icons.none,
        title: this.name,
        text: "Check the address for typos.",
        actions: html`<a class="button" href="/">Go to the home page</a>`,
      })}</div>`;
  }
}
customElements.define("keyward-lost", LostView);

/** An owner who doesn’t exist, and one whom the person may not see: nobody can tell which. */
export class MissingView extends View {
  #isRoot = this.context.me.type === "root";
  /** What was deleted has no pages, but its events are kept, for the operator. */
  #events = new Task(this, {
    args: () => [this.owner],
    task: async ([owner], { signal }) =>
      this.#isRoot && this.route.view !== "activity"
        ? (await api.listEvents(owner, { limit: 1 }, signal)).count > 0
        : false,
  });

  /** @override */
  get name() {
    const { type } = this.owner;
    if (type === "deployment") return "Page not found";
    return type === "user" ? "User not found" : "Organization not found";
  }

  #text() {
    const { me } = this.context;
    if (this.#events.value) return `${nameOf(me, this.owner)} was deleted. Its activity is kept.`;
    return this.#isRoot
      ? "Nothing has this ID. Check it for typos."
      : "It doesn’t exist, or you don’t have access to it. Check the address for typos, or ask an owner to invite you.";
  }

  /** @override */
  render() {
    return html`
      <h1 class="sr-only" tabindex="-1">${this.name}</h1>
      <div class="card">${emptyState({
        icon: icons.none,
        title: this.name,
        text: this.#text(),
        actions: html`
          <a class="button" href="/">${this.#isRoot ? "All organizations" : "Go to the home page"}</a>
          ${this.#events.value ? html`<a class="button" href=${address(this.owner, "activity")}>View activity</a>` : nothing}`,
      })}</div>`;
  }
}
customElements.define("keyward-missing", MissingView);
