// @ts-check
// `npm run audit`: whether something is known against what Keyward depends on. Asks others than the registries of packages,
// so it is no part of `npm test`; what could not be asked is said, and is no success.
import { deny } from "./deny.mjs";
import { readOptions } from "./options.mjs";
import { main, run, Stop } from "./run.mjs";
import { setup } from "./setup.mjs";

/**
 * How each is asked, and how its output tells that it could not be.
 * @type {{ what: string, ask: () => ReturnType<typeof run>, silent: RegExp }[]}
 */
const QUESTIONS = [
  {
    what: "advisories for crates (cargo deny)",
    ask: () => deny("advisories"),
    silent: /failed to (?:fetch|load|open|clone|prepare)/,
  },
  {
    what: "advisories for npm packages (npm audit)",
    ask: () => run("npm", ["audit"]),
    silent: /audit endpoint returned an error|npm (?:error|ERR!) (?:network|code E)/,
  },
  {
    what: "signatures of npm packages (npm audit signatures)",
    ask: () => run("npm", ["audit", "signatures"]),
    silent: /npm (?:error|ERR!) (?:network|code E)|found no dependencies to audit/,
  },
];

await main(async () => {
  readOptions("npm run audit   whether advisories or signatures speak against a dependency", {});
  await setup();
  const counts = { against: 0, unknown: 0 };
  for (const { what, ask, silent } of QUESTIONS) {
    const { code, output } = await ask();
    const unknown = code !== 0 && silent.test(output);
    if (unknown) counts.unknown += 1;
    else if (code !== 0) counts.against += 1;
    console.log(`${unknown ? "not asked" : code === 0 ? "nothing  " : "AGAINST  "}  ${what}`);
    if (code !== 0) process.stdout.write(output.replace(/^(?=.)/gm, "           "));
  }
  if (counts.against > 0) throw new Stop("Something is known against a dependency, see above.");
  if (counts.unknown > 0) throw new Stop("Not everything could be asked, see above. Is the network up?");
});
