// The dashboard: who is signed in, which view the address means, and the frame around it.
/** @import { Operation, Owner, SessionOptions, Whoami } from "./openapi.d.ts" */
/** @import { Context, Route } from "./types.d.ts" */
/** @import { View } from "./ui/view.js" */
import * as api from "./api.js";
import { warmUp } from "./format.js";
import { ownersOf, sameOwner } from "./owners.js";
import { asProblem } from "./problem.js";
import * as router from "./router.js";
import { closeDialogs } from "./ui/dialog.js";
import { closeMenus } from "./ui/menu.js";
import { problemState } from "./ui/parts.js";
import { toast } from "./ui/toast.js";
import { html, LitElement } from "./vendor/lit.js";
import { LostView, UnloadedView } from "./views/lost.js";
import { shell } from "./views/shell.js";
import { SignIn } from "./views/signin.js";

/** The views are loaded when they are first looked at. */
const VIEWS = {
  home: async () => (await import("./views/home.js")).HomeView,
  keys: async () => (await import("./views/keys.js")).KeysView,
  key: async () => (await import("./views/key.js")).KeyView,
  members: async () => (await import("./views/members.js")).MembersView,
  activity: async () => (await import("./views/activity.js")).ActivityView,
  check: async () => (await import("./views/check.js")).CheckView,
  lost: async () => LostView,
};

/** The views whose own lists say what may be done with their owner. */
const SAYS_PERMISSIONS = ["keys", "members"];

class App extends LitElement {
  /** @type {SessionOptions | null} */
  #options = null;
  /** Who is signed in, and what views need. @type {Context | null} */
  #context = null;
  /** What stands in the way of the views. @type {unknown} */
  #gate = html`<main id="main" class="boot" aria-busy="true"><p class="sr-only">Loading Keyward</p></main>`;
  /** @type {View | null} */
  #view = null;
  /** Whether another view than the one to be seen is on its way. */
  #isLeaving = false;
  #route = router.read(location);
  /** The owner last looked at, so that pages without one keep its sections. @type {Owner | null} */
  #owner = null;
  /** What may be done with owners, by their addresses. @type {Map<string, Operation[]>} */
  #permissions = new Map();
  /** Counts addresses, so that a view that loads late does not replace a newer one. */
  #turn = 0;
  #go = router.follow(() => this.#arrive());

  /** @override */
  createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    api.onSessionOver(() => {
      if (this.#context) this.#leave("Your session has ended. Sign in again to pick up where you left off.");
    });
    this.#start();
  }

  /** @override */
  render() {
    if (this.#gate || !this.#context) return this.#gate;
    return shell({
      context: this.#context,
      route: this.#route,
      owner: this.#owner,
      signOut: () => this.#signOut(),
      content: this.#view,
    });
  }

  #update() {
    this.requestUpdate();
    this.#view?.requestUpdate();
  }

  async #start() {
    try {
      const [options, me] = await Promise.all([
        api.sessionOptions(),
        api.whoami().catch((problem) => (problem.status === 401 ? null : Promise.reject(problem))),
      ]);
      this.#options = options;
      if (me) this.#enter(me, options);
      else this.#leave("");
    } catch (thrown) {
      const problem = problemState(asProblem(thrown), () => this.#start());
      this.#gate = html`<main id="main" class="gate"><div><h1 class="sr-only">Keyward</h1>${problem}</div></main>`;
      this.#update();
    }
  }

  /** @param {Whoami} me @param {SessionOptions} options */
  #enter(me, options) {
    const context = {
      me,
      options,
      go: this.#go,
      notify: toast,
      reloadMe: async () => {
        context.me = await api.whoami();
        await this.#learn();
        this.#update();
      },
      learn: (/** @type {Owner} */ owner, /** @type {Operation[]} */ permissions) => {
        this.#permissions.set(router.address(owner), permissions);
        this.requestUpdate();
      },
      may: (/** @type {Owner} */ owner, /** @type {Operation} */ operation) =>
        this.#permissions.get(router.address(owner))?.includes(operation) ?? true,
    };
    this.#gate = null;
    this.#context = context;
    const first = this.#owner ?? ownersOf(me)[0] ?? null;
    this.#owner = this.#route.owner ?? first;
    if (this.#route.view === "home" && me.type !== "root" && first)
      this.#go(router.address(first), { replace: true });
    else this.#open();
  }

  /** @param {string} reason */
  #leave(reason) {
    this.#turn += 1;
    closeDialogs();
    this.#view = null;
    this.#context = null;
    this.#permissions.clear();
    if (!this.#options) return;
    const options = this.#options;
    this.#gate = new SignIn({ options, reason, signedIn: (me) => this.#enter(me, options) });
    document.title = "Sign in · Keyward";
    warmUp();
    this.#update();
  }

  async #signOut() {
    try {
      await api.endSession();
      this.#owner = null;
      history.replaceState(null, "", "/");
      this.#route = router.read(location);
      this.#leave("");
    } catch (thrown) {
      toast(asProblem(thrown).message);
    }
  }

  /** Another address: the same view follows, or another one is opened. */
  #arrive() {
    this.#route = router.read(location);
    closeMenus();
    if (!this.#context) return;
    if (this.#view && !this.#isLeaving && isSameView(this.#view.route, this.#route)) {
      this.#turn += 1;
      this.#view.follow(this.#route);
      this.requestUpdate();
    } else {
      this.#open();
    }
  }

  async #open() {
    const mine = ++this.#turn;
    const route = this.#route;
    this.#isLeaving = true;
    const Opened = await VIEWS[route.view]().catch(() => UnloadedView);
    if (mine !== this.#turn || !this.#context) return;
    this.#owner = route.owner ?? this.#owner;
    this.#view = new Opened(this.#context, route);
    this.#isLeaving = false;
    this.#learn();
    this.#update();
    await this.updateComplete;
    await this.#view?.updateComplete;
    scrollTo(0, 0);
    this.querySelector("h1")?.focus();
  }

  /** Asks for the owner’s name and permissions, where neither the session nor the view’s own list says them. */
  async #learn() {
    const owner = this.#owner;
    if (!this.#context || !owner) return;
    const { me, learn } = this.#context;
    const isNamed = owner.type === "user" || me.organizations.some(({ id }) => id === owner.id);
    const isKnown =
      this.#permissions.has(router.address(owner)) || SAYS_PERMISSIONS.includes(this.#route.view);
    if (isNamed && isKnown) return;
    const ask = owner.type === "user" ? api.listOrganizations : api.getOrganization;
    const answer = await ask(owner).catch(() => null);
    if (!answer) return;
    if ("name" in answer && !isNamed) me.organizations.push({ id: owner.id, name: answer.name, role: null });
    learn(owner, answer.permissions);
    this.#update();
  }
}

/** @param {Route} one @param {Route} other */
const isSameView = (one, other) =>
  one.view === other.view &&
  one.key === other.key &&
  (one.owner ? sameOwner(one.owner, other.owner) : !other.owner);

document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  /** @type {HTMLElement | null} */ (document.querySelector("#main"))?.focus();
});
customElements.define("keyward-app", App);
