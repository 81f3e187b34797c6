// @ts-check
// The deployment and the organization that `import` and `export` are about.
import { connectionOf } from "../account/connection.mjs";
import { server } from "../server.mjs";

/** @param {{ url?: string, profile?: string, organization?: string }} flags */
export function organizationOf(flags) {
  const { url, key, organization: usual } = connectionOf(flags);
  const organization = flags.organization ?? usual;
  if (!organization) throw new TypeError("Say whose keys: --organization acme.");
  if (!/^[\w-]{1,64}$/.test(organization))
    throw new TypeError("An organization's id has 1 to 64 letters, digits, _ and -.");
  return { path: `/v1/organizations/${organization}`, server: server(url, key) };
}

/** Asks as long as somebody would wait: what moves keys may be repeated, and may take the place of much else. */
export const PATIENT = { tries: 6, patience: 60, seconds: 60 };
