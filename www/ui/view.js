// What all views share. A view is an element without a shadow root, so the page’s styles apply to it.
/** @import { TemplateResult } from "../vendor/lit.js" */
/** @import { Context, Route } from "../types.d.ts" */
import { onChangeElsewhere } from "../api.js";
import { asProblem } from "../problem.js";
import { withParameter } from "../router.js";
import { LitElement } from "../vendor/lit.js";
import { problemState } from "./parts.js";

export class View extends LitElement {
  #gone = new AbortController();

  /** @param {Context} context @param {Route} route */
  constructor(context, route) {
    super();
    this.context = context;
    this.route = route;
  }

  /** The title of the browser’s tab. */
  get name() {
    return "";
  }

  /** The owner in the address. */
  get owner() {
    const { owner } = this.route;
    if (!owner) throw new Error("There is no owner in this address.");
    return owner;
  }

  /** Loads everything again, since something may have changed. Nothing on the page shows it. */
  reload() {}

  /** Shows another address of the same view. @param {Route} route */
  follow(route) {
    if (withParameter(route.query, {}) === withParameter(this.route.query, {})) return this.reload();
    this.route = route;
    this.requestUpdate();
  }

  /**
   * What a task has loaded. While it loads again, what there was stays.
   * @template T
   * @param {import("../vendor/lit.js").Task<any, T>} task
   * @param {() => TemplateResult} loading
   * @param {(value: T) => TemplateResult} loaded
   */
  show(task, loading, loaded) {
    return task.render({
      initial: loading,
      pending: () => (task.value ? loaded(task.value) : loading()),
      complete: loaded,
      error: (thrown) => {
        const problem = asProblem(thrown);
        if (problem.saysNoOwner) {
          this.context.miss(this.route);
          return loading();
        }
        return problemState(problem, () => task.run());
      },
    });
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    onChangeElsewhere(() => this.reload(), signal);
    const look = () => document.visibilityState === "visible" && this.reload();
    addEventListener("visibilitychange", look, { signal });
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#gone.abort();
  }

  /** @override */
  updated() {
    document.title = `${this.name} · Keyward`;
  }
}
