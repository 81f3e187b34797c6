// @ts-check
// What a deployment is asked after a scan: --verify and --revoke.
import { connectionOf } from "../account/connection.mjs";
import { addressOf, server } from "../server.mjs";
import { say } from "../terminal/output.mjs";
import { confirmed, revoke } from "./revoke.mjs";
import { isNew } from "./summary.mjs";
import { mayWork, verify } from "./verify.mjs";

/** @typedef {import("../bytes/search.mjs").Finding} Finding */
/** @typedef {{ verify?: boolean, revoke?: boolean, yes?: boolean, "only-active"?: boolean, url?: string, profile?: string }} Flags */

/**
 * What to do with the findings, or nothing. Wrong usage throws before anything is read.
 * @param {Flags} flags
 * @returns {(findings: Finding[]) => Promise<{ findings: Finding[], failed: boolean }>} the findings that count, and
 *   whether something could not be asked
 */
export function asking({ verify: verifies, revoke: revokes, yes, "only-active": onlyActive, ...reach }) {
  const { url, profile } = reach;
  if (url !== undefined && !verifies && !revokes)
    throw new TypeError("--url goes with --verify or --revoke.");
  if (profile !== undefined && !verifies) throw new TypeError("--profile goes with --verify.");
  if (yes && !revokes) throw new TypeError("--yes goes with --revoke.");
  if (onlyActive && !verifies) throw new TypeError("--only-active goes with --verify.");
  if (!verifies && !revokes) return async (findings) => ({ findings, failed: false });
  if (revokes && !yes && !(process.stdin.isTTY && process.stderr.isTTY))
    throw new TypeError(
      "--revoke asks before it revokes, and there is no terminal to ask on; with --yes it goes on without.",
    );
  const { url: address, key: credential } = verifies
    ? connectionOf(reach)
    : { url: addressOf(url ?? process.env.KEYWARD_URL), key: undefined };
  return async (findings) => {
    const failures = [];
    // A key that may stand where it stands is nobody else's business.
    const asked = findings.filter(isNew);
    if (verifies) failures.push(...(await verify(asked, server(address, credential))));
    // Nobody needs to know who revokes, so the credential is not sent.
    if (revokes) failures.push(...(await revoke(asked, server(address), yes ? async () => true : confirmed)));
    for (const failure of failures) say(`keyward: ${failure}\n`);
    const sorted = findings.toSorted((a, b) => urgency(a) - urgency(b));
    return { findings: onlyActive ? sorted.filter(mayWork) : sorted, failed: failures.length > 0 };
  };
}

/** Keys that work come first, and those that do no longer last. @param {Finding} finding */
const urgency = (finding) => (finding.verdict?.status === "active" ? 0 : mayWork(finding) ? 1 : 2);
