// The view of an address that leads nowhere, and the one of a view that could not be loaded.
import { unreachable } from "../problem.js";
import * as icons from "../ui/icons.js";
import { emptyState, problemState } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html } from "../vendor/lit.js";

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

export class UnloadedView extends View {
  /** @override */
  get name() {
    return "Page not loaded";
  }

  /** @override */
  render() {
    return html`
      <h1 class="sr-only" tabindex="-1">${this.name}</h1>
      <div class="card">${problemState(unreachable(), () => location.reload())}</div>`;
  }
}
customElements.define("keyward-unloaded", UnloadedView);
