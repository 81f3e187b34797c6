// @ts-check
// `npm run secrets`: makes a deployment's secrets and gives them to Cloudflare, which never shows them again.
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { digest, newRootKey, newSealKey, writeSecret } from "./keys.mjs";
import { main, quietly, run, Stop } from "./run.mjs";
import { setup } from "./setup.mjs";

const USAGE = `npm run secrets                                   makes a new deployment's secrets and puts them
npm run secrets -- --rotate-seal < old-seal-keys  puts a new seal key before those in use
npm run secrets -- --add-root < old-root-digests  puts one more root key beside those in use
With --print they are only printed, with --file <path> written to a file for \`wrangler deploy --secrets-file\`.
Both old values are what an earlier run printed: one or more values of 64 hex characters, separated by commas.`;

const { values: option } = parseArgs({
  options: {
    "rotate-seal": { type: "boolean" },
    "add-root": { type: "boolean" },
    print: { type: "boolean" },
    file: { type: "string" },
    help: { type: "boolean" },
  },
});

/** The value in use, from standard input, because Cloudflare never shows it. */
async function valueInUse() {
  if (process.stdin.isTTY) console.error("Paste the value in use, then press Enter and Ctrl-D:");
  const value = (await text(process.stdin)).trim();
  if (/^[0-9a-f]{64}(,[0-9a-f]{64})*$/.test(value)) return value;
  throw new Stop(
    "That is not one or more values of 64 hex characters, separated by commas; nothing was changed.",
  );
}

/**
 * New keys in front of the old ones; a new deployment gets one of each.
 * @returns {Promise<{ rootKey?: string, secrets: Record<string, string> }>}
 */
async function make() {
  const rootKey = newRootKey();
  if (option["rotate-seal"]) return { secrets: { SEAL_KEYS: `${newSealKey()},${await valueInUse()}` } };
  if (option["add-root"]) {
    return { rootKey, secrets: { ROOT_KEY_DIGESTS: `${digest(rootKey)},${await valueInUse()}` } };
  }
  return { rootKey, secrets: { SEAL_KEYS: newSealKey(), ROOT_KEY_DIGESTS: digest(rootKey) } };
}

/** Other seal keys would make every key that was issued until now worthless. */
async function refuseToReplace() {
  const { code, output } = await run("wrangler", ["secret", "list"], { env: quietly });
  if (code === 0 && output.includes('"SEAL_KEYS"')) {
    throw new Stop(
      `This worker has its secrets already; new ones would make all its keys invalid. To add to them:\n${USAGE}`,
    );
  }
}

/** @param {Record<string, string>} secrets */
async function put(secrets) {
  const input = JSON.stringify(secrets);
  const { code } = await run("wrangler", ["secret", "bulk"], { env: quietly, tee: true, input });
  if (code !== 0)
    throw new Stop("The secrets were not uploaded, see above; none of those printed here is in use.");
}

await main(async () => {
  if (option.help) return console.log(USAGE);
  await setup();
  const isNew = !option["rotate-seal"] && !option["add-root"];
  const isPut = !option.print && option.file === undefined;
  if (isNew && isPut) await refuseToReplace();
  const { rootKey, secrets } = await make();
  const lines = Object.entries(secrets).map(([name, value]) => `${name}="${value}"`);
  if (option.file !== undefined) writeSecret(option.file, `${lines.join("\n")}\n`);
  console.log("Keep these in a safe place, such as a password manager: nobody can show them again.\n");
  if (rootKey) console.log(`Root key: ${rootKey}`);
  console.log(lines.join("\n"));
  if (isPut) await put(secrets);
});
