// @ts-check
// Where `keyward login` keeps addresses and keys: one file in the user's configuration folder that nobody else may read.
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { addressOf } from "../server.mjs";
import { hide } from "../terminal/output.mjs";

/** @typedef {{ url: string, key: string, organization?: string }} Profile */

export const DEFAULT = "default";
const WINDOWS = process.platform === "win32";

/** The folder, as XDG says, on a Mac as well; on Windows, where programs keep theirs. */
export function folder() {
  const { XDG_CONFIG_HOME = "", APPDATA = "" } = process.env;
  // A relative one is to be ignored, says XDG.
  if (isAbsolute(XDG_CONFIG_HOME)) return join(XDG_CONFIG_HOME, "keyward");
  if (WINDOWS && isAbsolute(APPDATA)) return join(APPDATA, "keyward");
  return join(homedir(), ".config", "keyward");
}

const file = () => join(folder(), "profiles.json");
/** How long another login is waited for, and from when on one is taken for interrupted. */
const WAIT_MS = 3_000;
const PAUSE_MS = 20;

/** Where the file really is: it may be a link, as whoever keeps such files elsewhere has it. */
function realFile() {
  try {
    return realpathSync(file());
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return file();
    throw error;
  }
}

/** @param {string | undefined} flag of --profile */
export function profileName(flag) {
  const name = flag ?? process.env.KEYWARD_PROFILE ?? DEFAULT;
  if (!/^[\w.-]{1,64}$/.test(name) || name === "__proto__")
    throw new TypeError("A profile's name has 1 to 64 letters, digits, _, - and dots.");
  return name;
}

/** All of them, by name. @returns {Record<string, Profile>} */
function readAll() {
  const path = file();
  /** @type {string} */
  let text;
  try {
    if (!WINDOWS && statSync(path).mode & 0o077)
      throw new TypeError(`Others may read ${path}, which holds keys: run \`chmod 600\` on it.`);
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return {};
    throw error;
  }
  try {
    const { profiles } = JSON.parse(text);
    if (typeof profiles === "object" && profiles !== null) return profiles;
  } catch {}
  throw new TypeError(`${path} is not what \`keyward login\` writes: delete it, and log in anew.`);
}

/** @param {string} name @returns {Profile | undefined} */
export function readProfile(name) {
  const all = readAll();
  if (!Object.hasOwn(all, name)) return undefined;
  const { url, key, organization } = all[name] ?? {};
  if (typeof key !== "string" || !/^[\x21-\x7e]+$/.test(key) || typeof url !== "string")
    throw new TypeError(`The profile ${name} is not what \`keyward login\` writes: log in anew.`);
  hide(key);
  return { url: addressOf(url), key, ...(typeof organization === "string" && { organization }) };
}

/** @param {string} name @param {Profile} profile */
export const writeProfile = (name, profile) => change((all) => ({ ...all, [name]: profile }));

/** Whether it was there. @param {string} name */
export function deleteProfile(name) {
  if (!Object.hasOwn(readAll(), name)) return false;
  change(({ [name]: _, ...others }) => others);
  return true;
}

/**
 * Whoever looks at the file sees all of it, before or after, and what two change at once is both changed.
 * @param {(profiles: Record<string, Profile>) => Record<string, Profile>} how
 */
function change(how) {
  mkdirSync(folder(), { recursive: true, mode: 0o700 });
  // It may be there already.
  if (!WINDOWS) chmodSync(folder(), 0o700);
  const target = realFile();
  const temporary = `${target}.part`;
  const open = openAlone(temporary);
  try {
    const profiles = how(readAll());
    writeFileSync(open, `${JSON.stringify({ profiles }, null, 2)}\n`);
    fsyncSync(open);
    closeSync(open);
    if (Object.keys(profiles).length > 0) return renameSync(temporary, target);
    rmSync(target, { force: true });
    rmSync(temporary, { force: true });
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Opens the file that only one may have at a time. @param {string} path */
function openAlone(path) {
  for (const until = Date.now() + WAIT_MS; ; ) {
    try {
      return openSync(path, "wx", 0o600);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
      // Nobody needs so long but who was interrupted.
      if (Date.now() > until) rmSync(path, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
