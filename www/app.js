// The dashboard: who is signed in, which view the address means, and when to draw it.
/** @import { Context, Owner, Route, SessionOptions, View, Whoami } from "./types.d.ts" */
import * as api from "./api.js";
import { warmUp } from "./format.js";
import { html, render } from "./html.js";
import { asProblem } from "./problem.js";
import { ownersOf } from "./rights.js";
import * as router from "./router.js";
import { closeDialogs } from "./ui/dialog.js";
import * as icons from "./ui/icons.js";
import { closeMenus } from "./ui/menu.js";
import { emptyState, problemState } from "./ui/parts.js";
import { toast } from "./ui/toast.js";
import { activityView } from "./views/activity.js";
import { checkView } from "./views/check.js";
import { homeView } from "./views/home.js";
import { keyView } from "./views/key.js";
import { keysView } from "./views/keys.js";
import { membersView } from "./views/members.js";
import { shell } from "./views/shell.js";
import { signInView } from "./views/signin.js";

const VIEWS = {
  home: homeView,
  keys: keysView,
  key: keyView,
  members: membersView,
  activity: activityView,
  check: checkView,
  lost: lostView,
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
  const before = route;
  route = router.read(location);
  closeMenus();
  if (!context) return;
  const same =
    view &&
    before.view === route.view &&
    before.key === route.key &&
    before.owner?.type === route.owner?.type &&
    before.owner?.id === route.owner?.id;
  if (same && view?.follow) {
    view.follow(route);
    return update();
  }
  openView();
}

function openView() {
  if (!context) return;
  view?.dispose?.();
  owner = route.owner ?? owner;
  view = VIEWS[route.view](context, route);
  learnName();
  draw();
  scrollTo(0, 0);
  document.querySelector("h1")?.focus();
}

/** The operator has no list of organizations: the name of the one that is looked at is asked for. */
async function learnName() {
  const { me } = context ?? {};
  if (me?.type !== "root" || owner?.type !== "organization" || me.organizations.some(({ id }) => id === owner?.id)) return;
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
    await api.signOut();
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
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") view?.refresh?.();
});
document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  /** @type {HTMLElement | null} */ (document.querySelector("#main"))?.focus();
});
start();
