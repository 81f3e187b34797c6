// The dashboard: who is signed in, which view the address means, and when to draw it.
/** @import { Context, Owner, Route, SessionOptions, View, Whoami } from "./types.d.ts" */
import * as api from "./api.js";
import { warmUp } from "./format.js";
import { html, nothing, render } from "./html.js";
import { asProblem, unreachable } from "./problem.js";
import { ownersOf } from "./rights.js";
import * as router from "./router.js";
import { closeDialogs } from "./ui/dialog.js";
import * as icons from "./ui/icons.js";
import { closeMenus } from "./ui/menu.js";
import { emptyState, problemState } from "./ui/parts.js";
import { toast } from "./ui/toast.js";
import { shell } from "./views/shell.js";
import { signInView } from "./views/signin.js";

/** The views are loaded when they are first looked at. */
const VIEWS = {
  home: async () => (await import("./views/home.js")).homeView,
  keys: async () => (await import("./views/keys.js")).keysView,
  key: async () => (await import("./views/key.js")).keyView,
  members: async () => (await import("./views/members.js")).membersView,
  activity: async () => (await import("./views/activity.js")).activityView,
  check: async () => (await import("./views/check.js")).checkView,
  lost: async () => lostView,
};

const root = /** @type {HTMLElement} */ (document.querySelector("#app"));
/** @type {Context | null} */
let context = null;
/** @type {SessionOptions | null} */
let options = null;
/** @type {(() => unknown) | null} */
let gate = null;
/** @type {View | null} */
let view = null;
/** @type {Route} */
let route = router.read(location);
/** The owner last looked at, so that a page of no owner keeps the sections. @type {Owner | null} */
let owner = null;
/** What the view was made for. @type {Route | null} */
let shown = null;
/** Counts the addresses gone to, so that a view that is loaded late does not replace a newer one. */
let turn = 0;
let due = false;

const go = router.follow(arrive);

/** Draws at the end of this turn, however often it is asked for. */
function update() {
  if (due) return;
  due = true;
  queueMicrotask(() => {
    due = false;
    draw();
  });
}

function draw() {
  root.querySelector(".boot")?.remove();
  if (gate) return render(gate(), root);
  if (!context || !view) return;
  document.title = `${view.title()} · Keyward`;
  render(shell({ context, route, owner, signOut, content: view.render() }), root);
}

/** Another address: the same view follows, or a new one is made. */
function arrive() {
  route = router.read(location);
  closeMenus();
  if (!context) return;
  if (view?.follow && shown && sameView(shown, route)) {
    shown = route;
    turn += 1;
    view.follow(route);
    return update();
  }
  openView();
}

/** @param {Route} one @param {Route} other */
const sameView = (one, other) =>
  one.view === other.view &&
  one.key === other.key &&
  one.owner?.type === other.owner?.type &&
  one.owner?.id === other.owner?.id;

async function openView() {
  const mine = ++turn;
  const wanted = route;
  const make = await VIEWS[wanted.view]().catch(() => unloadedView);
  if (mine !== turn || !context) return;
  view?.dispose?.();
  // Nothing of the old view is left for the new one to take over, such as what was typed.
  view = null;
  if (!gate) render(shell({ context, route: wanted, owner, signOut, content: nothing }), root);
  shown = wanted;
  owner = wanted.owner ?? owner;
  view = make(context, wanted);
  learnName();
  draw();
  scrollTo(0, 0);
  document.querySelector("h1")?.focus();
}

/** The operator has no list of organizations: the name of the one that is looked at is asked for. */
async function learnName() {
  const { me } = context ?? {};
  if (
    me?.type !== "root" ||
    owner?.type !== "organization" ||
    me.organizations.some(({ id }) => id === owner?.id)
  )
    return;
  const { id, name } = await api.getOrganization(owner).catch(() => ({ id: "", name: "" }));
  if (!name) return;
  me.organizations.push({ id, name, role: null });
  update();
}

/** @returns {View} */
function lostView() {
  return {
    title: () => "No such page",
    render: () =>
      html`<h1 class="sr-only" tabindex="-1">No such page</h1><div class="card">${emptyState({ icon: icons.none, title: "There is no such page", text: "The address may be mistyped.", actions: html`<a class="button" href="/">To the start</a>` })}</div>`,
  };
}

/** @returns {View} */
function unloadedView() {
  return {
    title: () => "Not loaded",
    render: () =>
      html`<h1 class="sr-only" tabindex="-1">Not loaded</h1><div class="card">${problemState(unreachable(), () => location.reload())}</div>`,
  };
}

/** @param {Whoami} me */
function enter(me) {
  gate = null;
  context = {
    me,
    options: /** @type {SessionOptions} */ (options),
    update,
    go,
    notify: toast,
    async reloadMe() {
      if (context) context.me = await api.whoami();
      await learnName();
      update();
    },
  };
  view = null;
  const first = owner ?? ownersOf(me)[0] ?? null;
  owner = route.owner ?? first;
  if (route.view === "home" && me.type !== "root" && first) go(router.address(first), { replace: true });
  else openView();
}

/** @param {string} reason */
function leave(reason) {
  turn += 1;
  view?.dispose?.();
  closeDialogs();
  view = null;
  context = null;
  if (!options) return;
  gate = signInView({ options, reason, update, signedIn: enter });
  document.title = "Sign in · Keyward";
  warmUp();
  draw();
  /** @type {HTMLElement | null} */ (root.querySelector("#credential"))?.focus();
}

async function signOut() {
  try {
    await api.endSession();
    owner = null;
    history.replaceState(null, "", "/");
    route = router.read(location);
    leave("");
  } catch (thrown) {
    toast(asProblem(thrown).message);
  }
}

async function start() {
  try {
    const [known, me] = await Promise.all([
      api.sessionOptions(),
      api.whoami().catch((problem) => (problem.status === 401 ? null : Promise.reject(problem))),
    ]);
    options = known;
    if (me) enter(me);
    else leave("");
  } catch (thrown) {
    const problem = asProblem(thrown);
    gate = () =>
      html`<main id="main" class="gate"><div><h1 class="sr-only">Keyward</h1>${problemState(problem, start)}</div></main>`;
    draw();
  }
}

api.onSessionOver(() => {
  if (context) leave("Your session is over. Sign in again to go on where you were.");
});
api.onChangeElsewhere(() => view?.refresh?.());
// “3 minutes ago” grows old by itself.
setInterval(() => context && update(), 30_000);
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") view?.refresh?.();
});
document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  /** @type {HTMLElement | null} */ (document.querySelector("#main"))?.focus();
});
start();
