// @ts-check
// `keyward logout`: forgets a profile.
import { say } from "../terminal/output.mjs";
import { deleteProfile, profileName } from "./profiles.mjs";

/** @param {string[]} _args @param {{ profile?: string }} flags */
export async function logout(_args, flags) {
  const name = profileName(flags.profile);
  if (!deleteProfile(name)) {
    say(`There is no profile ${name} here.\n`);
    return 1;
  }
  say(`The profile ${name} is deleted. Its key works on, until it is revoked.\n`);
  return 0;
}
