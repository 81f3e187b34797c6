// The dashboard: who is signed in, which view the address means, and the frame around it.
/** @import { Owner, SessionOptions, Whoami } from "./openapi.d.ts" */
/** @import { Route } from "./types.d.ts" */
/** @import { View } from "./ui/view.js" */
import "./secure.js"; // before everything else

import * as api from "./api.js";
import { warmUp } from "./format.js";
import { ownersOf, sameOwner } from "./owners.js";
import { asProblem } from "./problem.js";
import { forgetAll } from "./recents.js";
import * as router from "./router.js";
import { Session } from "./session.js";
import { closeDialogs } from "./ui/dialog.js";
import { closeMenus } from "./ui/menu.js";
import { problemState } from "./ui/parts.js";
import { toast } from "./ui/toast.js";
import { html, LitElement } from "./vendor/lit.js";
import { LostView, MissingView, UnloadedView } from "./views/lost.js";
import { shell } from "./views/shell.js";
import { SignIn } from "./views/signin.js";

/** The views are loaded when they are first looked at. */
const VIEWS = {
  home: async (/** @type {Whoami} */ { type }) =>
    type === "root"
      ? (await import("./views/directory.js")).DirectoryView
      : (await import("./views/home.js")).HomeView,
  keys: async () => (await import("./views/keys.js")).KeysView,
  key: async () => (await import("./views/key.js")).KeyView,
  members: async () => (await import("./views/members.js")).MembersView,
  activity: async () => (await import("./views/activity.js")).ActivityView,
  settings: async () => (await import("./views/settings.js")).SettingsView,
  sessions: async () => (await import("./views/sessions.js")).SessionsView,
  check: async () => (await import("./views/check.js")).CheckView,
  lost: async () => LostView,
};

/** The views that load a list which says what may be done with their owner. */
const LISTS = ["keys", "members", "sessions"];

class App extends LitElement {
  /** @type {SessionOptions | null} */
  #options = null;
  /** @type {Session | null} */
  #session = null;
  /** What is shown instead of a view. @type {unknown} */
  #gate = html`<main id="main" class="boot" aria-busy="true"><p class="sr-only">Loading Keyward</p></main>`;
  /** @type {View | null} */
  #view = null;
  /** Whether the view that is shown is about to be replaced. */
  #isLeaving = false;
  #route = router.read(location);
  /** The owner last looked at, so that pages without one keep its sections. @type {Owner | null} */
  #owner = null;
  /** Counts addresses, so that a view that loads late doesn’t replace a newer one. */
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
      if (this.#session) this.#leave("Your session has ended. Sign in again to pick up where you left off.");
    });
    this.#start();
  }

  /** @override */
  render() {
    if (this.#gate || !this.#session) return this.#gate;
    return shell({
      context: this.#session,
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
    this.#gate = null;
    this.#session = new Session({
      me,
      options,
      go: this.#go,
      changed: () => this.#update(),
      missed: (route) => this.#miss(route),
    });
    // Keys can’t answer invitations, so only people are told at once; the page that lists them says if it fails.
    if (me.type === "user") this.#session.reloadInvitations().catch(() => {});
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
    this.#session = null;
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
      forgetAll();
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
    if (!this.#session) return;
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
    if (!this.#session) return;
    const Opened = await VIEWS[route.view](this.#session.me).catch(() => UnloadedView);
    if (mine !== this.#turn || !this.#session) return;
    this.#owner = route.owner ?? (this.#session.isGone(this.#owner) ? null : this.#owner);
    this.#view = new Opened(this.#session, route);
    this.#isLeaving = false;
    this.#session.lookAt(this.#owner, LISTS.includes(route.view));
    await this.#show();
  }

  /** Shows the view from its beginning. */
  async #show() {
    this.#update();
    await this.updateComplete;
    await this.#view?.updateComplete;
    scrollTo(0, 0);
    this.querySelector("h1")?.focus();
  }

  /** Says that there is no such owner, in place of the view. @param {Route} route */
  #miss(route) {
    if (!this.#session || this.#isLeaving || !isSameView(route, this.#route)) return;
    this.#owner = null;
    this.#view = new MissingView(this.#session, this.#route);
    this.#show();
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
