// The dashboard: who is signed in, which view the address means, and the frame around it.
/** @import { Owner, SessionOptions, Whoami } from "./openapi.d.ts" */
/** @import { Route } from "./types.d.ts" */
/** @import { View } from "./ui/view.js" */
import "./secure.js"; // before everything else

import * as api from "./api.js";
import * as caller from "./caller.js";
import { ownersOf, sameOwner, userOf } from "./owners.js";
import { asProblem, unreachable } from "./problem.js";
import * as reach from "./reach.js";
import { forgetAll } from "./recents.js";
import * as router from "./router.js";
import { Session } from "./session.js";
import { closeDialogs } from "./ui/dialog.js";
import { focusHeading } from "./ui/focus.js";
import { problemState } from "./ui/parts.js";
import { followShortcuts } from "./ui/shortcuts.js";
import { toast } from "./ui/toast.js";
import { html, LitElement, nothing } from "./vendor/lit.js";
import { shell } from "./views/shell.js";
import { UnloadedView } from "./views/unloaded.js";

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
  lost: async () => (await import("./views/lost.js")).LostView,
};

/** The views that load a list which says what may be done with their owner. */
const LISTS = ["keys", "members", "sessions"];

const BOOT = html`<main id="main" class="boot" aria-busy="true"><p class="late">Loading Keyward…</p></main>`;
const gate = (/** @type {unknown} */ problem) =>
  html`<main id="main" class="gate"><div><h1 class="sr-only" tabindex="-1">Keyward</h1>${problem}</div></main>`;
const ENDED = "Your session has ended. Sign in again to pick up where you left off.";

class App extends LitElement {
  /** @type {SessionOptions | null} */
  #options = null;
  /** @type {Session | null} */
  #session = null;
  /** What is shown instead of a view. @type {unknown} */
  #gate = BOOT;
  /** Who was signed in last. @type {string | null} */
  #person = null;
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
      if (!this.#session) return;
      this.#leave(ENDED);
      caller.tellTabs();
    });
    caller.onOther(() => this.#giveWay());
    caller.onTold(() => this.#look());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#look());
    addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#look());
    reach.watch({
      changed: () => this.requestUpdate(),
      probe: async () => (await this.#me()) ?? (this.#session && this.#leave(ENDED)),
      recovered: () => this.#recover(),
      busy: (isBusy) => document.querySelector("#progress")?.toggleAttribute("hidden", !isBusy),
    });
    followShortcuts(() => this.#session);
    this.#start();
  }

  /** @override */
  render() {
    const frame =
      this.#gate || !this.#session
        ? this.#gate
        : shell({
            context: this.#session,
            route: this.#route,
            owner: this.#owner,
            signOut: () => this.#signOut(),
            content: this.#view ?? html`<p class="late">Loading…</p>`,
          });
    return html`${frame}${reachNotice(this.#view !== null)}`;
  }

  #update() {
    this.requestUpdate();
    this.#view?.requestUpdate();
  }

  async #start() {
    try {
      const [options, me] = await Promise.all([api.sessionOptions(), this.#me()]);
      this.#options = options;
      if (me) this.#enter(me, options);
      else this.#leave("");
    } catch (thrown) {
      this.#gate = gate(problemState(asProblem(thrown), () => this.#start()));
      this.#update();
    }
  }

  /** Who is signed in; null if nobody is. */
  #me() {
    return api.whoami().catch((problem) => (problem.status === 401 ? null : Promise.reject(problem)));
  }

  /** Looks whether the page still shows the person who is signed in: another tab may have changed that. */
  async #look() {
    const options = this.#options;
    if (!options) return;
    const me = await this.#me().catch(() => undefined);
    const session = this.#session;
    if (me === null && session) this.#leave(ENDED);
    else if (me && !session) this.#enter(me, options);
    else if (me && session && rights(me) !== rights(session.me)) this.#giveWay();
    else if (me && session && me.session?.id !== session.me.session?.id) await session.renew(me);
  }

  /** Somebody else is signed in, or the same person with less or more to say: nothing shown is theirs. A new secret can still be saved. */
  async #giveWay() {
    this.#turn += 1;
    this.#view = null;
    this.#session = null;
    this.#gate = BOOT;
    reach.forgetAnswers();
    this.#update();
    await closeDialogs();
    caller.forget();
    const options = this.#options;
    const me = await this.#me().catch(() => undefined);
    if (me === null) this.#leave(ENDED);
    else if (me && options && person(me) === this.#person) this.#enter(me, options);
    else location.replace("/");
  }

  /** The server can be reached again. */
  #recover() {
    if (!this.#options) this.#start();
    else if (this.#view instanceof UnloadedView) this.#open(true);
    else this.#view?.reload();
  }

  /** @param {Whoami} me @param {SessionOptions} options */
  #enter(me, options) {
    this.#gate = null;
    if (this.#person && this.#person !== person(me)) this.#forgetAddress();
    this.#person = person(me);
    this.#session = new Session({
      me,
      options,
      go: this.#go,
      signOut: () => this.#signOut(),
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

  #forgetAddress() {
    this.#owner = null;
    history.replaceState(null, "", "/");
    this.#route = router.read(location);
  }

  /** @param {string} reason */
  #leave(reason) {
    this.#turn += 1;
    closeDialogs();
    this.#view = null;
    this.#session = null;
    caller.forget();
    reach.forgetAnswers();
    reach.startAfresh();
    if (this.#options) this.#askWho(this.#options, reason);
  }

  /** The page for signing in is loaded when it is wanted, all of it at once. @param {SessionOptions} options @param {string} reason */
  async #askWho(options, reason) {
    const mine = this.#turn;
    this.#gate = BOOT;
    this.#update();
    const loaded = await Promise.all([
      import("./views/signin.js"),
      import("./format.js"),
      import("./vendor/keyward.js"),
    ]).catch(() => null);
    if (mine !== this.#turn || this.#session) return;
    if (loaded) {
      const [{ SignIn }, { warmUp }] = loaded;
      this.#gate = new SignIn({ options, reason, signedIn: (me) => this.#signedIn(me, options) });
      document.title = "Sign in · Keyward";
      warmUp();
    } else {
      this.#gate = gate(problemState(unreachable(), () => this.#askWho(options, reason)));
    }
    this.#update();
  }

  /** @param {Whoami} me @param {SessionOptions} options */
  #signedIn(me, options) {
    this.#enter(me, options);
    caller.tellTabs();
  }

  async #signOut() {
    try {
      await api.endSession();
      forgetAll();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.status !== 401) return toast(problem.message);
    }
    this.#forgetAddress();
    this.#leave("");
    caller.tellTabs();
  }

  /** Another address: the same view follows, or another one is opened. */
  #arrive() {
    this.#route = router.read(location);
    if (!this.#session) return;
    if (this.#view && !this.#isLeaving && isSameView(this.#view.route, this.#route)) {
      this.#turn += 1;
      this.#view.follow(this.#route);
      this.requestUpdate();
    } else {
      this.#open();
    }
  }

  /** @param {boolean} [isReachable] a view that can’t be loaded although the server is there takes a new page */
  async #open(isReachable = false) {
    const mine = ++this.#turn;
    const route = this.#route;
    this.#isLeaving = true;
    if (!this.#session) return;
    const Opened = await reach.awaited(VIEWS[route.view](this.#session.me)).catch(() => UnloadedView);
    if (mine !== this.#turn || !this.#session) return;
    reach.startAfresh();
    if (Opened === UnloadedView) {
      if (isReachable) return location.reload();
      reach.failed(location.href, unreachable());
    }
    this.#owner = route.owner ?? (this.#session.isGone(this.#owner) ? null : this.#owner);
    this.#session.owner = this.#owner;
    this.#view = new Opened(this.#session, route);
    this.#isLeaving = false;
    const looked = this.#session.lookAt(this.#owner, LISTS.includes(route.view));
    await this.#show();
    // A list is told by its own answer, and the activity of an owner who was deleted is kept.
    if (!(await looked) && route.view === "key") this.#miss(route);
  }

  /** Shows the view from its beginning. */
  async #show() {
    this.#update();
    await this.updateComplete;
    await this.#view?.updateComplete;
    scrollTo(0, 0);
    // Whoever has opened a menu meanwhile keeps it.
    if (!document.querySelector("details.menu[open]")) focusHeading();
  }

  /** Says that there is no such owner, in place of the view. @param {Route} route */
  async #miss(route) {
    const mine = this.#turn;
    const { MissingView } = await import("./views/lost.js").catch(() => ({ MissingView: UnloadedView }));
    if (!this.#session || this.#isLeaving || mine !== this.#turn || !isSameView(route, this.#route)) return;
    this.#owner = null;
    this.#view = new MissingView(this.#session, this.#route);
    await this.#show();
  }
}

/** The same, whichever of their keys or tokens they have signed in with. @param {Whoami} me */
const person = (me) => userOf(me) ?? `${me.type}:${me.id}`;

/** What somebody may do with what they have signed in with: one key of theirs may be allowed less than another. @param {Whoami} me */
const rights = ({ type, scopes, permissions }) => JSON.stringify([type, scopes, permissions]);

/** Says quietly that what is shown may be old. @param {boolean} hasView */
function reachNotice(hasView) {
  const trouble = reach.trouble();
  const words = {
    offline: "You’re offline.",
    unreachable: "Can’t reach Keyward. Trying again…",
    failing: "Keyward is having trouble. Trying again…",
  };
  return html`<div class="reach" role="status">${
    trouble
      ? html`<p>${words[trouble.kind]}${hasView && trouble.from ? ` Showing what was loaded at ${clock(trouble.from)}.` : ""}</p>`
      : nothing
  }</div>`;
}

const CLOCK = new Intl.DateTimeFormat("en", { timeStyle: "short", hourCycle: "h23" });
/** “09:30”. @param {Date} date */
const clock = (date) => CLOCK.format(date);

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
