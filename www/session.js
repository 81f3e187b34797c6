// Who is signed in, and what the server has said about the owners that they look at. Every view is given it.
/** @import { Invitation, Operation, Owner, SessionOptions, Whoami } from "./openapi.d.ts" */
/** @import { Context, Route } from "./types.d.ts" */
import * as api from "./api.js";
import { nameOf, userOf } from "./owners.js";
import { asProblem, Problem } from "./problem.js";
import * as recents from "./recents.js";
import { address } from "./router.js";
import { toast } from "./ui/toast.js";

/** How many invitations are shown. */
const MOST = 100;

/** Another one of the same organization is made at another time. @param {Invitation} invitation */
const nameOfInvitation = ({ organization, created_at }) => `${organization} ${created_at}`;

/** @implements {Context} */
export class Session {
  /** What may be done with owners, by their addresses. @type {Map<string, Operation[]>} */
  #permissions = new Map();
  /** The owner last looked at. @type {Owner | null} */
  owner = null;
  /** Invitations that have been answered: the user’s own list may still have them for some moments. @type {Set<string>} */
  #answered = new Set();
  /** The addresses of owners that were deleted or left: the lists of others may still have them for some moments. @type {Set<string>} */
  #gone = new Set();
  /** @type {Invitation[]} */
  invitations = [];

  /** @param {{ me: Whoami, options: SessionOptions, go: Context["go"], signOut: Context["signOut"], changed: () => void, missed: (route: Route) => void }} parts */
  constructor({ me, options, go, signOut, changed, missed }) {
    this.me = me;
    this.options = options;
    this.go = go;
    this.signOut = signOut;
    this.notify = toast;
    this.changed = changed;
    this.missed = missed;
  }

  reloadMe = async () => this.renew(await api.whoami());

  /** @param {Whoami} me the same person, as the server describes them now */
  renew = async (me) => {
    this.me = me;
    this.#withoutGone();
    await this.lookAt(this.owner, true);
    this.changed();
  };

  #withoutGone() {
    const { organizations } = this.me;
    const left = organizations.filter(({ id }) => !this.isGone({ type: "organization", id }));
    organizations.splice(0, organizations.length, ...left);
  }

  /** @param {Owner} owner */
  forget(owner) {
    this.#gone.add(address(owner));
    this.#withoutGone();
    if (this.isGone(this.owner)) this.owner = null;
    recents.forget(this.me, owner);
  }

  /** @param {Owner | null} owner */
  isGone = (owner) => owner !== null && this.#gone.has(address(owner));

  reloadInvitations = async () => {
    const user = userOf(this.me);
    if (!user) return null;
    const list = await api.listUserInvitations({ type: "user", id: user }, { limit: MOST });
    const pending = (/** @type {Invitation} */ invitation) =>
      !this.#answered.has(nameOfInvitation(invitation));
    this.invitations = list.invitations.filter(pending);
    this.changed();
    return list;
  };

  /** @param {Invitation} invitation @param {boolean} accepts */
  async answer(invitation, accepts) {
    const { organization, user } = invitation;
    const owner = /** @type {const} */ ({ type: "organization", id: organization });
    const name = nameOfInvitation(invitation);
    this.#answered.add(name);
    this.invitations = this.invitations.filter((other) => nameOfInvitation(other) !== name);
    this.changed();
    try {
      await (accepts ? api.acceptInvitation(owner, user) : api.deleteInvitation(owner, user));
    } catch (thrown) {
      this.#answered.delete(name);
      throw thrown;
    }
    if (accepts) this.#gone.delete(address(owner));
    // That it is done is known, whether or not the rest can be asked now.
    if (accepts) await this.reloadMe().catch(() => {});
  }

  /** @param {Owner} owner @param {Operation[]} permissions */
  learn(owner, permissions) {
    this.#permissions.set(address(owner), permissions);
    this.changed();
  }

  /** @param {Owner} owner @param {Operation} operation */
  may(owner, operation) {
    return this.#permissions.get(address(owner))?.includes(operation) ?? true;
  }

  /** @param {Route} route */
  miss(route) {
    if (route.owner) recents.forget(this.me, route.owner);
    this.missed(route);
  }

  /**
   * Asks for an owner’s name and permissions, if they are not known.
   * @param {Owner | null} owner
   * @param {boolean} isListed whether the view loads a list that says the permissions
   * @returns {Promise<boolean>} false if there is no such owner
   */
  async lookAt(owner, isListed) {
    this.owner = owner;
    if (!owner || owner.type === "deployment") return true;
    const isNamed = owner.type === "user" || this.me.organizations.some(({ id }) => id === owner.id);
    if (isNamed) recents.remember(this.me, owner, nameOf(this.me, owner));
    if (isNamed && (isListed || this.#permissions.has(address(owner)))) return true;
    const ask = owner.type === "user" ? api.listUserOrganizations : api.getOrganization;
    const answer = await ask(owner).catch(asProblem);
    if (answer instanceof Problem) return !answer.saysNoOwner;
    // The operator's own description names no organizations.
    if ("name" in answer && !isNamed)
      this.me.organizations.push({ id: answer.id, name: answer.name, role: null });
    recents.remember(this.me, owner, nameOf(this.me, owner));
    this.learn(owner, answer.permissions);
    return true;
  }
}
