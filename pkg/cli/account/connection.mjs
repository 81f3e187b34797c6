// @ts-check
// Which deployment is asked, and with which key: those of the environment, or those of a profile, and never a key of the one
// for the address of the other.

import { addressOf, credentialOf } from "../server.mjs";
import { hide } from "../terminal/output.mjs";
import { profileName, readProfile } from "./profiles.mjs";

/** @typedef {{ url?: string, profile?: string }} Flags */
/** @typedef {{ url: string, key: string, organization?: string, from: string }} Connection `from`: where it is from, for people */

/** That no key is known. */
export class NotLoggedIn extends TypeError {}

/** @param {Flags} flags @returns {Connection} */
export function connectionOf(flags) {
  const { KEYWARD_URL, KEYWARD_API_KEY, KEYWARD_ORGANIZATION } = process.env;
  // As an empty --organization is: it is of a variable that is not set.
  if (KEYWARD_ORGANIZATION === "") throw new TypeError("KEYWARD_ORGANIZATION is empty.");
  // What is typed is meant more than what was set once.
  if (flags.profile === undefined && KEYWARD_API_KEY !== undefined) {
    const key = credentialOf(KEYWARD_API_KEY, "the key to ask with");
    hide(key);
    const url = addressOf(flags.url ?? KEYWARD_URL);
    return {
      url,
      key,
      from: "KEYWARD_API_KEY",
      ...(KEYWARD_ORGANIZATION && { organization: KEYWARD_ORGANIZATION }),
    };
  }
  const name = profileName(flags.profile);
  const profile = readProfile(name);
  if (!profile)
    throw new NotLoggedIn(
      `There is no profile ${name} here: run \`keyward login\`, or set KEYWARD_URL and KEYWARD_API_KEY.`,
    );
  const wanted = flags.url ?? (flags.profile === undefined ? KEYWARD_URL : undefined);
  if (wanted !== undefined && addressOf(wanted) !== profile.url)
    throw new TypeError(
      `The key of the profile ${name} is for ${profile.url} only: log in to the other address, or set KEYWARD_API_KEY with it.`,
    );
  const organization =
    (flags.profile === undefined ? KEYWARD_ORGANIZATION : undefined) || profile.organization;
  return { ...profile, organization, from: `profile ${name}` };
}
