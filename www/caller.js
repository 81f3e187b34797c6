// Whose session this page shows. The browser’s tabs share one cookie, so another tab can change whose it is: each request
// says who is meant (`Keyward-Caller`), each answer says whom the server took it from, and tabs tell each other.
/** @import { Whoami } from "./openapi.d.ts" */

export const HEADER = "Keyward-Caller";

/** @type {string | null} */
let mine = null;
let changed = () => {};

const tabs = new BroadcastChannel("keyward.session");

/** As the server writes it: `user:ada`, `key:apk_…`, `root:root_…`. */
export const current = () => mine;

/** Calls back when the server takes the page’s requests for those of somebody else. @param {() => void} callback */
export function onOther(callback) {
  changed = callback;
}

/**
 * Takes the caller from the answer about who is signed in.
 * @param {Response} response @param {Whoami} me
 */
export function identify(response, me) {
  const theirs = response.headers.get(HEADER) ?? `${me.type}:${me.id}`;
  if (mine === null) mine = theirs;
  return isMine(theirs);
}

/** Whether an answer is for whom the page shows. @param {Response} response */
export function recognises(response) {
  const theirs = response.headers.get(HEADER);
  return !theirs || !mine || isMine(theirs);
}

/** @param {string} theirs */
function isMine(theirs) {
  if (theirs !== mine) isOther();
  return theirs === mine;
}

/** The server has said that the session is somebody else’s. */
export const isOther = () => changed();

/** Nobody is signed in any more, or somebody else is. */
export function forget() {
  mine = null;
}

/** Tells the other tabs that somebody has signed in or out. */
export const tellTabs = () => tabs.postMessage("changed");

/** @param {() => void} callback */
export const onTold = (callback) => tabs.addEventListener("message", callback);
