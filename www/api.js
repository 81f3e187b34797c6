// The only module that talks to the server. Every call gives a value or throws a Problem.
/** @import * as Api from "./openapi.d.ts" */
/** @import { Owner } from "./openapi.d.ts" */
import * as caller from "./caller.js";
import { otherCaller, Problem, tooSlow, unreachable } from "./problem.js";
import * as reach from "./reach.js";

/** What everybody may ask. */
const OPTIONS = "/v1/session/options";

const PATIENCE_MS = 20_000;

/** What is asked with a POST, since a key in an address would be seen, and changes nothing. */
const QUESTIONS = ["/v1/verify", "/v1/lookup"];

/** @type {(problem: Problem) => void} */
let sessionOver = () => {};

/**
 * Calls back when the server no longer accepts the session.
 * @param {(problem: Problem) => void} callback
 */
export function onSessionOver(callback) {
  sessionOver = callback;
}

/** Tells the browser’s other tabs that something has changed. */
const changes = new BroadcastChannel("keyward.changes");

/** @param {() => void} callback @param {AbortSignal} signal */
export const onChangeElsewhere = (callback, signal) =>
  changes.addEventListener("message", callback, { signal });

/** @typedef {Record<string, string | number | null | undefined>} Query */
/**
 * @typedef {object} Call
 * @property {object} [body]
 * @property {string} [text] a body that is no JSON
 * @property {Record<string, string>} [headers] besides the usual ones, or in their place
 * @property {(text: string, response: Response) => any} [read] reads an answer that is not as the others are
 * @property {number} [patience] for how long it may take, if not as long as others, in milliseconds
 * @property {Query} [query]
 * @property {string} [credential]
 * @property {AbortSignal} [signal]
 * @property {boolean} [signingIn] a 401 doesn’t end the session: there may be none
 * @property {boolean} [identifies] the answer is who is signed in
 * @property {boolean} [asks] it changes nothing, whatever its method
 * @property {boolean} [fresh] no earlier answer will do
 */

/**
 * @param {string} method
 * @param {string} path
 * @param {Call} [call]
 * @returns {Promise<any>}
 */
export async function call(method, path, call = {}) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  const isChange = method !== "GET" && !call.asks && !QUESTIONS.includes(path);
  const mine = caller.current();
  try {
    const answer = await reach.awaited(ask(method, url, isChange, call));
    // What comes late, for somebody who has signed out meanwhile, is not kept.
    if (method === "GET" && !call.fresh && caller.current() === mine) reach.answered(url.href, answer);
    else reach.heard(url.href);
    if (isChange) reach.forgetAnswers();
    if (isChange && !call.signingIn) changes.postMessage("changed");
    return answer;
  } catch (problem) {
    if (method !== "GET" || !(problem instanceof Problem)) throw problem;
    if (!problem.isPassing) {
      reach.heard(url.href);
      throw problem;
    }
    const before = reach.failed(url.href, problem, !call.fresh);
    if (!before) throw problem;
    return before.answer;
  }
}

const parse = (/** @type {string} */ text) => JSON.parse(text);

/**
 * @param {string} method
 * @param {URL} url
 * @param {boolean} isChange
 * @param {Call} call
 */
async function ask(method, url, isChange, call) {
  const { body, text: raw, credential, signal, signingIn, identifies, read = parse } = call;
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  const mine = caller.current();
  // Between two people nobody is meant: what a dialog of the former was about to send is not done by the next.
  if (!mine && !identifies && url.pathname !== OPTIONS) throw otherCaller();
  if (body) headers["Content-Type"] = "application/json";
  if (credential) headers.Authorization = `Bearer ${credential}`;
  if (mine && !identifies) headers[caller.HEADER] = mine;
  Object.assign(headers, call.headers);
  const patience = AbortSignal.timeout(call.patience ?? PATIENCE_MS);
  let response;
  let answer;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: raw ?? (body ? JSON.stringify(body) : null),
      credentials: "same-origin",
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    const text = await response.text();
    answer = text ? read(text, response) : null;
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    if (patience.aborted) throw tooSlow(isChange);
    if (!response || thrown instanceof TypeError) throw unreachable();
    answer = null;
  }
  if (!response.ok || (answer === null && response.status !== 204)) {
    const problem = new Problem({
      code: "server.unreadable",
      title: "The server’s response couldn’t be read",
      status: response.status,
      ...answer,
    });
    if (problem.code === "auth.other_caller") caller.isOther();
    else if (response.status === 401 && !signingIn) sessionOver(problem);
    throw problem;
  }
  if (!(identifies ? caller.identify(response, answer) : caller.recognises(response))) throw otherCaller();
  return answer;
}

/** @param {Owner} owner */
export const base = ({ type, id }) =>
  type === "deployment" ? "/v1/deployment" : `/v1/${type}s/${encodeURIComponent(id ?? "")}`;

/** @param {Owner} owner @param {string} id */
const keyPath = (owner, id) => `${base(owner)}/keys/${encodeURIComponent(id)}`;

/** @returns {Promise<Api.Whoami>} */
export const whoami = () => call("GET", "/v1/whoami", { signingIn: true, identifies: true, fresh: true });

/** @returns {Promise<Api.SessionOptions>} */
export const sessionOptions = () => call("GET", OPTIONS);

/** @param {string} credential @returns {Promise<Api.Whoami>} */
export const startSession = (credential) =>
  call("POST", "/v1/session", { credential, signingIn: true, identifies: true });

/** @returns {Promise<null>} */
export const endSession = () => call("DELETE", "/v1/session", { signingIn: true });

/** @param {Owner} owner @param {Query} query @param {AbortSignal} signal @returns {Promise<Api.KeyList>} */
export const listKeys = (owner, query, signal) => call("GET", `${base(owner)}/keys`, { query, signal });

/** How many keys there are; what isn’t known now isn’t missed. @param {Owner} owner @param {Query} query @param {AbortSignal} signal @returns {Promise<import("./types.d.ts").Amount>} */
export const countKeys = (owner, query, signal) =>
  call("GET", `${base(owner)}/keys`, { query: { ...query, limit: 1 }, signal, fresh: true });

/** @param {Owner} owner @param {Api.CreateKeyRequest} body @returns {Promise<Api.IssuedKey>} */
export const createKey = (owner, body) => call("POST", `${base(owner)}/keys`, { body });

/** @param {Owner} owner @param {string} id @param {AbortSignal} signal @returns {Promise<Api.Key>} */
export const getKey = (owner, id, signal) => call("GET", keyPath(owner, id), { signal });

/** @param {string} token @param {AbortSignal} signal @returns {Promise<Api.Key>} */
export const lookupKey = (token, signal) => call("POST", "/v1/lookup", { body: { token }, signal });

/** @param {Owner} owner @param {string} id @param {Api.UpdateKeyRequest} body @returns {Promise<Api.Key>} */
export const updateKey = (owner, id, body) => call("PATCH", keyPath(owner, id), { body });

/** @param {Owner} owner @param {string} id @param {Api.RevokeKeyRequest} body @returns {Promise<Api.RevokedKey>} */
export const revokeKey = (owner, id, body) => call("POST", `${keyPath(owner, id)}/revoke`, { body });

/** @param {Owner} owner @param {string} id @param {Api.RollKeyRequest} body @returns {Promise<Api.RolledKey>} */
export const rollKey = (owner, id, body) => call("POST", `${keyPath(owner, id)}/roll`, { body });

/** @param {Owner} owner @param {string} id @param {boolean} revoke @returns {Promise<Api.Removed>} */
export const deleteKey = (owner, id, revoke) =>
  call("DELETE", keyPath(owner, id), { query: { revoke: revoke ? "true" : null } });

/** @param {Owner} owner @param {Api.RevokeKeysRequest} body @returns {Promise<Api.RevokedKeys>} */
export const revokeKeys = (owner, body) =>
  call("POST", `${base(owner)}/keys/revoke`, { body, asks: body.dry_run === true });

/** @param {Owner} owner @param {Query} query @param {AbortSignal} signal @param {boolean} [fresh] no earlier answer will do @returns {Promise<Api.EventList>} */
export const listEvents = (owner, query, signal, fresh = false) =>
  call("GET", `${base(owner)}/events`, { query, signal, fresh });

/** @param {Query} query @param {AbortSignal} signal @returns {Promise<Api.OrganizationList>} */
export const listOrganizations = (query, signal) => call("GET", "/v1/organizations", { query, signal });

/** @param {Owner} owner @returns {Promise<Api.Organization>} */
export const getOrganization = (owner) => call("GET", base(owner));

/** @param {Api.CreateOrganizationRequest} body @returns {Promise<Api.Organization>} */
export const createOrganization = (body) => call("POST", "/v1/organizations", { body });

/** @param {Owner} owner @param {Api.UpdateOrganizationRequest} body @returns {Promise<Api.Organization>} */
export const updateOrganization = (owner, body) => call("PATCH", base(owner), { body });

/** Revokes all of its keys that still work, too. @param {Owner} owner an organization or a user @returns {Promise<null>} */
export const deleteOwner = (owner) => call("DELETE", base(owner), { query: { revoke: "true" } });

/** @param {Owner} owner @returns {Promise<Api.UserOrganizationList>} */
export const listUserOrganizations = (owner) => call("GET", `${base(owner)}/organizations`);

/** @param {Owner} owner @param {Query} query @param {AbortSignal} signal @returns {Promise<Api.MemberList>} */
export const listMembers = (owner, query, signal) => call("GET", `${base(owner)}/members`, { query, signal });

/** @param {Owner} owner @param {Api.CreateInvitationRequest} body @returns {Promise<Api.Invitation>} */
export const createInvitation = (owner, body) => call("POST", `${base(owner)}/invitations`, { body });

/** @param {Owner} owner an organization @param {Query} query @param {AbortSignal} signal @returns {Promise<Api.InvitationList>} */
export const listInvitations = (owner, query, signal) =>
  call("GET", `${base(owner)}/invitations`, { query, signal });

/** @param {Owner} owner a user @param {Query} query @returns {Promise<Api.InvitationList>} */
export const listUserInvitations = (owner, query) => call("GET", `${base(owner)}/invitations`, { query });

/** @param {Owner} owner @param {string} user */
const invitationPath = (owner, user) => `${base(owner)}/invitations/${encodeURIComponent(user)}`;

/** @param {Owner} owner @param {string} user @returns {Promise<Api.Member>} */
export const acceptInvitation = (owner, user) => call("POST", `${invitationPath(owner, user)}/accept`);

/** @param {Owner} owner @param {string} user @returns {Promise<null>} */
export const deleteInvitation = (owner, user) => call("DELETE", invitationPath(owner, user));

/** @param {Owner} owner @param {string} user `me` is whoever asks @returns {Promise<Api.Member>} */
export const getMember = (owner, user) => call("GET", memberPath(owner, user));

/** @param {Owner} owner @param {string} user */
const memberPath = (owner, user) => `${base(owner)}/members/${encodeURIComponent(user)}`;

/** @param {Owner} owner @param {string} user @param {Api.Role} role @returns {Promise<Api.ChangedMember>} */
export const putMember = (owner, user, role) => call("PUT", memberPath(owner, user), { body: { role } });

/** @param {Owner} owner @param {string} user @returns {Promise<Api.Removed>} */
export const removeMember = (owner, user) => call("DELETE", memberPath(owner, user));

/** @param {Owner} owner a user or the deployment */
const sessionsPath = (owner) => `${base(owner)}/sessions`;

/** @param {Owner} owner @param {AbortSignal} signal @returns {Promise<Api.SessionList>} */
export const listSessions = (owner, signal) => call("GET", sessionsPath(owner), { signal });

/** @param {Owner} owner @param {string} id @returns {Promise<null>} */
export const deleteSession = (owner, id) =>
  call("DELETE", `${sessionsPath(owner)}/${encodeURIComponent(id)}`);

/** @param {Owner} owner @param {boolean} staying whether the session from which it is asked goes on @returns {Promise<Api.EndedSessions>} */
export const deleteSessions = (owner, staying) =>
  call("DELETE", sessionsPath(owner), { query: { except: staying ? "current" : null } });
