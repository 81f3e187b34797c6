// The view in place of one that could not be loaded.
import { unreachable } from "../problem.js";
import { again } from "../reach.js";
import { problemState } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html } from "../vendor/lit.js";

export class UnloadedView extends View {
  /** @override */
  get name() {
    return "Page not loaded";
  }

  /** @override */
  render() {
    return html`
      <h1 class="sr-only" tabindex="-1">${this.name}</h1>
      <div class="card">${problemState(unreachable(), again)}</div>`;
  }
}
customElements.define("keyward-unloaded", UnloadedView);
