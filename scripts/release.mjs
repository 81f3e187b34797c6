// @ts-check
// `npm run release`: the files of a release, in build/release. The npm package, and the worker with its dashboard as it is
// deployed, ready for wrangler without Rust; beside each what it is made of, and the digests of all.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ingredients } from "./build-npm.mjs";
import { crates, packages } from "./ingredients.mjs";
import { notices } from "./notices.mjs";
import { readOptions } from "./options.mjs";
import { main, must, path, run, Stop } from "./run.mjs";
import { setup } from "./setup.mjs";
import { bundles } from "./vendor.mjs";

const USAGE = `npm run release                      builds the files of a release, and of each a list of what is in it, into build/release
npm run release -- --folder <path>   into another folder, which is emptied first`;

/** What the worker's package holds, beside its own package.json and wrangler.toml. */
const WORKER = ["build/index.js", "build/index_bg.wasm", "www", "LICENSE-MIT", "LICENSE-APACHE"];

/** The section that has wrangler build first: here everything is built. */
const BUILD = /^\[build\]\n(?:.+\n)*\n/m;

/** Fills the folder of the worker's package. @param {string} folder @param {import("./ingredients.mjs").Ingredient[]} made of what */
function worker(folder, made) {
  const { version, license } = manifestOf(path("pkg"));
  const description = "Keyward's worker and dashboard, built: `npx wrangler deploy` deploys them.";
  const manifest = { name: "keyward-worker", version, description, license, private: true };
  for (const name of WORKER) cpSync(path(name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(
    join(folder, "wrangler.toml"),
    readFileSync(path("wrangler.toml"), "utf8").replace(BUILD, ""),
  );
  writeFileSync(join(folder, "NOTICES.txt"), notices(made));
  return folder;
}

/** @param {string} folder */
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** Packs a folder, and writes beside the file what is in it. @param {string} out @param {string} folder @param {import("./ingredients.mjs").Ingredient[]} made of what */
async function pack(out, folder, made) {
  const packed = await run("npm", ["pack", "--silent", "--pack-destination", out], { cwd: folder });
  if (packed.code !== 0) throw new Stop(`npm could not pack ${folder}:\n${packed.output}`);
  const file = packed.stdout.trim();
  // Not before the packages are installed: it needs one.
  const { sbom } = await import("./sbom.mjs");
  writeFileSync(join(out, file.replace(/\.tgz$/, ".cdx.json")), sbom(manifestOf(folder), made));
}

await main(async () => {
  const { values } = readOptions(USAGE, { folder: { type: "string" } });
  const out = resolve(values.folder ?? path("build/release"));
  await setup();
  await must(process.execPath, [path("scripts/build.mjs")], "Nothing was released.");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await pack(out, path("pkg"), await ingredients());
  const folder = mkdtempSync(join(tmpdir(), "keyward-worker-"));
  try {
    // The dashboard has the reader of keys, too.
    const made = [...(await crates("worker", "npm")), ...(await packages(bundles()))];
    await pack(out, worker(folder, made), made);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const sums = readdirSync(out).map((name) => {
    const sum = createHash("sha256")
      .update(readFileSync(join(out, name)))
      .digest("hex");
    return `${sum}  ${name}\n`;
  });
  writeFileSync(join(out, "SHA256SUMS"), sums.join(""));
  console.log(`The release is in ${out}:\n${sums.join("")}`);
});
