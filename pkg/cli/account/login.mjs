// @ts-check
// `keyward login`: an address and a key, tried before they are kept.
import { text } from "node:stream/consumers";
import { addressOf, credentialOf } from "../server.mjs";
import { answersTo } from "../shell/confirm.mjs";
import { input } from "../terminal/input.mjs";
import { escaped } from "../terminal/names.mjs";
import { hide, say } from "../terminal/output.mjs";
import { clientOf } from "./client.mjs";
import { folder, profileName, writeProfile } from "./profiles.mjs";
import { nameOf } from "./whoami.mjs";

/** @typedef {{ url?: string, "with-key"?: boolean, profile?: string, organization?: string }} Flags */

/** @param {string[]} _args @param {Flags} flags */
export async function login(_args, flags) {
  const name = profileName(flags.profile);
  const { url, key } = flags["with-key"] && !process.stdin.isTTY ? await piped(flags) : await asked(flags);
  const whoami = await clientOf({ url, key }).whoami();
  writeProfile(name, { url, key, ...(flags.organization && { organization: flags.organization }) });
  say(`Logged in to ${new URL(url).host} as ${escaped(nameOf(whoami))}: profile ${name} in ${folder()}.\n`);
  if (whoami.type === "root")
    say(
      "A root key may do everything. For every day there are keys that may do less: `keyward keys create`.\n",
    );
  if (process.env.KEYWARD_API_KEY !== undefined)
    say("KEYWARD_API_KEY is set here, and counts more than a profile that --profile does not name.\n");
  return 0;
}

/** @param {Flags} flags */
async function piped({ url }) {
  const address = addressOf(url ?? process.env.KEYWARD_URL);
  return { url: address, key: credential(await text(input())) };
}

/** @param {Flags} flags */
async function asked({ url }) {
  if (!process.stdin.isTTY)
    throw new TypeError(
      "There is no terminal to ask on: pipe the key into `keyward login --url https://keys.example.com --with-key`.",
    );
  const secret = { prompt: "Key (it is not shown): ", secret: true };
  const given = url ?? process.env.KEYWARD_URL;
  if (given !== undefined) {
    const address = addressOf(given);
    const prompt = `Key for ${new URL(address).host} (it is not shown): `;
    const [key] = await answersTo({ ...secret, prompt });
    return { url: address, key: credential(key) };
  }
  const [address, key] = await answersTo({ prompt: "Address, such as https://keys.example.com: " }, secret);
  // So that no sentence about the address repeats it.
  const known = credential(key);
  return { url: addressOf(address.trim()), key: known };
}

/** @param {string} typed */
function credential(typed) {
  const key = typed.trim();
  hide(key);
  if (key === "") throw new TypeError("There is no key in what came in.");
  return credentialOf(key, "it", "What came in");
}
