// @ts-check
// `cargo deny`: whether what Keyward depends on is what deny.toml permits. Compiled once a machine, from its own lock file.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./cache.mjs";
import { main, must, path, run, Stop } from "./run.mjs";
import { setup } from "./setup.mjs";

const VERSION = "0.20.2";

/** Makes sure that it is there, and returns its path. */
async function installed() {
  const folder = join(cache, `cargo-deny-${VERSION}`);
  const program = join(folder, "bin", "cargo-deny");
  if (existsSync(program)) return program;
  console.log("Compiling cargo-deny (two minutes, once per machine)…");
  const install = ["install", "--quiet", "--locked", "--root", folder, `cargo-deny@${VERSION}`];
  await must("cargo", install, "cargo-deny could not be installed, see above. Is the network up?");
  return program;
}

/** Checks what deny.toml says. @param {string[]} checks */
export async function deny(...checks) {
  const program = await installed();
  return run(program, ["--color", "never", "--manifest-path", path("Cargo.toml"), "check", ...checks]);
}

/** Licences, sources and bans need nothing but the sources of the crates. */
export const OFFLINE = ["licenses", "sources", "bans"];

if (process.argv[1] === path("scripts/deny.mjs"))
  await main(async () => {
    await setup();
    const { code, output } = await deny(...OFFLINE);
    if (code === 0) return;
    process.stderr.write(output);
    throw new Stop("A dependency is not permitted by deny.toml, see above.");
  });
