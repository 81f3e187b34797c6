// @ts-check
// The operator's secrets, made from the system's random numbers:
//   root key          kwroot_ + 64 hex characters; the worker knows only its SHA-256
//   SEAL_KEYS         32 bytes each as hex, newest first, separated by commas; a key's seal proves that we issued it
//   ROOT_KEY_DIGESTS  SHA-256 digests of root keys as hex, separated by commas
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { path, Stop } from "./run.mjs";
import { devVarsFile, readVars } from "./settings.mjs";

export const newSealKey = () => randomBytes(32).toString("hex");
export const newRootKey = () => `kwroot_${randomBytes(32).toString("hex")}`;

/** @param {string} text */
export const digest = (text) => createHash("sha256").update(text).digest("hex");

/**
 * Makes the secrets of this clone, once, and returns its root key. The same files are used until somebody deletes them.
 * The root key of a .dev.vars that somebody has written is known to nobody else: then it returns undefined.
 * @param {string} [folder] the clone's
 * @param {string} [environment] of wrangler.toml
 */
export function localRootKey(folder = path(), environment) {
  const name = devVarsFile(folder, environment);
  const devVars = join(folder, name);
  const file = join(folder, ".keyward", "root-key");
  if (existsSync(devVars)) {
    const rootKey = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
    const digests = readVars(name, readFileSync(devVars, "utf8")).get("ROOT_KEY_DIGESTS") ?? "";
    return rootKey && digests.toLowerCase().includes(digest(rootKey)) ? rootKey : undefined;
  }
  if (!existsSync(file)) writeSecret(file, `${newRootKey()}\n`);
  const rootKey = readFileSync(file, "utf8").trim();
  const lines = [
    `SEAL_KEYS="${newSealKey()}"`,
    `ROOT_KEY_DIGESTS="${digest(rootKey)}"`,
    'ENVIRONMENT="test"',
  ];
  writeSecret(devVars, `${lines.join("\n")}\n`);
  return rootKey;
}

/** What a person is told of the root key of this clone. @param {string} [folder] @param {string} [environment] */
export function aboutRootKey(folder = path(), environment) {
  const rootKey = localRootKey(folder, environment);
  if (rootKey) return `Root key, for this machine only:\n    ${rootKey}`;
  const name = devVarsFile(folder, environment);
  const digests = readVars(name, readFileSync(join(folder, name), "utf8")).get("ROOT_KEY_DIGESTS") ?? "";
  if (/[^\s,]/.test(digests))
    return `Root key: the one whose digest you have put into ${name}. (Without that file one is made.)`;
  return (
    `Root key: none, as ${name} has no ROOT_KEY_DIGESTS. \`npm run secrets -- --print\` makes one: put its line of that\n` +
    `  name into ${name}, leave your SEAL_KEYS as they are, and start again.`
  );
}

/** Writes a new file that only its owner can read; one that is there already is left alone. @param {string} file @param {string} text */
export function writeSecret(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "EEXIST")
      throw new Stop(`${file} is there already, and may hold secrets in use: choose another.`);
    throw new Stop(`${file} cannot be written (${code}).`);
  }
}
