// @ts-check
// The deployment and the organization that `import` and `export` are about.
import { addressOf, credentialOf, server } from "./server.mjs";

/** Who may. */
const MOVER =
  "a root key, an operator key or, to import, a key that may write the organization's keys (or to a person's token)";

/**
 * @param {string} command @param {{ url?: string, organization?: string }} flags
 * @param {import("keyward").Pins | undefined} pins
 */
export function organizationOf(command, { url, organization }, pins) {
  if (pins) throw new TypeError(`--brand, --kinds and --environment do not go with ${command}.`);
  if (!organization) throw new TypeError("Say whose keys: --organization acme.");
  if (!/^[\w-]{1,64}$/.test(organization))
    throw new TypeError("An organization's id has 1 to 64 letters, digits, _ and -.");
  const address = addressOf(url ?? process.env.KEYWARD_URL);
  const credential = credentialOf(process.env.KEYWARD_API_KEY, MOVER);
  return { path: `/v1/organizations/${organization}`, server: server(address, credential) };
}

/** Asks as long as somebody would wait: what moves keys may be repeated, and may take the place of much else. */
export const PATIENT = { tries: 6, patience: 60, seconds: 60 };
