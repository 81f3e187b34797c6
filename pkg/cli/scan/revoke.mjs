// @ts-check
// Revokes found keys by possession: whoever holds a key's whole text may revoke it.

import { createInterface } from "node:readline";
import { redactText } from "keyward";
import { NoAnswer, strange } from "../server.mjs";
import { say } from "../terminal/output.mjs";
import { plural } from "../terminal/progress.mjs";
import { placeOf } from "./report.mjs";
import { inWords, wholeKeys } from "./verify.mjs";

/** @typedef {import("../bytes/search.mjs").Finding} Finding */
/** @typedef {"revoked" | "already_revoked" | "unknown"} Outcome */

/** Keys in one request. It may hold more, but each may be in a ledger of its own, and the platform allows 50 to be asked. */
const AT_ONCE = 40;
/** The longest text that the server takes for where a key was found, and how many keys are listed. */
const SOURCE = 500;
const LISTED = 20;

/** @type {Outcome[]} */
const OUTCOMES = ["revoked", "already_revoked", "unknown"];
const UNKNOWN = "the deployment knows no such key that may be revoked so";

/**
 * Revokes the whole secret keys among the findings, if that is confirmed, and gives them what became of them. Tells why
 * some were not revoked.
 * @param {Finding[]} findings @param {Pick<import("../server.mjs").Server, "post" | "address">} server
 * @param {(question: string) => Promise<boolean>} confirm @returns {Promise<string[]>}
 */
export async function revoke(findings, server, confirm) {
  // A publishable key is public on purpose, so to hold it proves nothing.
  const keys = [...wholeKeys(findings.filter(({ kind }) => kind !== "pk")).values()];
  const left = findings.filter(({ damaged, kind }) => damaged || kind === "pk").length;
  if (left > 0) say(`Not revoked: ${plural(left, "finding")} of damaged or publishable keys.\n`);
  if (keys.length === 0) {
    say("There is nothing to revoke.\n");
    return [];
  }
  const { host } = new URL(server.address);
  for (const places of keys.slice(0, LISTED)) say(`  ${line(places)}\n`);
  if (keys.length > LISTED) say(`  … and ${keys.length - LISTED} more\n`);
  const question = `Revoke ${keys.length === 1 ? "this key" : `these ${keys.length} keys`} at ${host}? Programs that use them are refused at once, for good.`;
  if (!(await confirm(question))) {
    say("Nothing was revoked.\n");
    return [];
  }
  return revokeAll(keys, server);
}

/** @param {Finding[][]} keys @param {Pick<import("../server.mjs").Server, "post" | "address">} server */
async function revokeAll(keys, { post, address }) {
  /** @type {Record<Outcome, number>} */
  const count = { revoked: 0, already_revoked: 0, unknown: 0 };
  let done = 0;
  /** @type {string[]} */
  const failures = [];
  while (done < keys.length && failures.length === 0) {
    const batch = keys.slice(done, done + AT_ONCE);
    try {
      const found = batch.map((places) => ({ token: places[0].token, source: sourceOf(places) }));
      const { results } = await post("/v1/revoke/found", { found });
      const outcomes = batch.map((_, index) => /** @type {Outcome} */ (results?.[index]?.outcome));
      if (!outcomes.every((outcome) => OUTCOMES.includes(outcome))) throw strange(address);
      for (const [index, places] of batch.entries()) {
        count[outcomes[index]] += 1;
        for (const finding of places) tell(finding, outcomes[index]);
      }
      done += batch.length;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      // A server that has not answered may have revoked some all the same.
      failures.push(`${plural(keys.length - done, "key")} may not be revoked: ${error.message}`);
    }
  }
  const words = [
    `${plural(count.revoked, "key")} revoked`,
    ...(count.already_revoked > 0 ? [`${count.already_revoked} revoked before`] : []),
    ...(count.unknown > 0 ? [`${count.unknown} unknown to ${new URL(address).host}`] : []),
  ];
  say(`${words.join(", ")}.\n`);
  return failures;
}

/** @param {Finding} finding @param {Outcome} outcome */
function tell(finding, outcome) {
  finding.outcome = outcome;
  if (outcome !== "unknown") finding.verdict = { ...finding.verdict, status: "revoked", reason: undefined };
  else finding.verdict ??= { status: "unknown", reason: UNKNOWN };
}

/** @param {Finding[]} places */
const line = ([first, ...more]) =>
  `${first.redacted}  ${first.verdict ? `${inWords(first.verdict)}  ` : ""}${whereIs(first)}${
    more.length > 0 ? ` and ${plural(more.length, "other place")}` : ""
  }`;

/** @param {Finding} finding */
const whereIs = ({ path, line, origin }) =>
  `${placeOf(path, origin)}:${line}${origin?.commit ? ` in commit ${origin.commit.slice(0, 12)}` : ""}`;

/** Where a key was found, for its owner. A file's name may hold a key, too. @param {Finding[]} places */
function sourceOf([first, ...more]) {
  const rest = more.length > 0 ? ` and ${plural(more.length, "other place")}` : "";
  const place = redactText(whereIs(first));
  const room = SOURCE - rest.length;
  return (place.length > room ? `…${place.slice(1 - room)}` : place) + rest;
}

/** Asks on the terminal. @param {string} question */
export async function confirmed(question) {
  say(`${question} Type yes to go on: `);
  const lines = createInterface({ input: process.stdin });
  const answer = await new Promise((resolve) => {
    lines.once("line", resolve).once("close", () => resolve(""));
  });
  lines.close();
  // Nothing else is read from it, and an open terminal would keep the program from its end.
  process.stdin.destroy();
  return answer.trim() === "yes";
}
