// @ts-check
// `npm run release`: the files of a release, in build/release. The npm package, and the worker with its dashboard as it is
// deployed, ready for wrangler without Rust; beside each what it is made of, and the digests of all.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readOptions } from "./options.mjs";
import { main, must, path, run, Stop } from "./run.mjs";
import { crates, manifestOf, packages, sbom } from "./sbom.mjs";
import { setup } from "./setup.mjs";
import { bundles } from "./vendor.mjs";

const USAGE = `npm run release                      builds the files of a release, and of each a list of what is in it, into build/release
npm run release -- --folder <path>   into another folder, which is emptied first`;

/** What the worker's package holds, beside its own package.json and wrangler.toml. */
const WORKER = ["build/index.js", "build/index_bg.wasm", "www", "LICENSE-MIT", "LICENSE-APACHE"];

/** The section that has wrangler build first: here everything is built. */
const BUILD = /^\[build\]\n(?:.+\n)*\n/m;

/** The folder of the worker's package. @param {string} folder */
function worker(folder) {
  const { version, license } = manifestOf(path("pkg"));
  const description = "Keyward's worker and dashboard, built: `npx wrangler deploy` deploys them.";
  const manifest = { name: "keyward-worker", version, description, license, private: true };
  for (const name of WORKER) cpSync(path(name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(
    join(folder, "wrangler.toml"),
    readFileSync(path("wrangler.toml"), "utf8").replace(BUILD, ""),
  );
  return folder;
}

/** What npm bundles into the command. @type {import("esbuild").BuildOptions} */
const COMMAND = {
  entryPoints: [path("pkg/cli/main.mjs"), path("pkg/cli/thread.mjs")],
  bundle: true,
  format: "esm",
  platform: "node",
  external: ["keyward"],
  logLevel: "warning",
  outdir: path("build"),
};

/** Packs a folder, and writes beside the file what is in it. @param {string} out @param {string} folder @param {Parameters<typeof sbom>[1]} components */
async function pack(out, folder, components) {
  const packed = await run("npm", ["pack", "--silent", "--pack-destination", out], { cwd: folder });
  if (packed.code !== 0) throw new Stop(`npm could not pack ${folder}:\n${packed.output}`);
  const file = packed.stdout.trim();
  writeFileSync(join(out, file.replace(/\.tgz$/, ".cdx.json")), sbom(manifestOf(folder), components));
}

await main(async () => {
  const { values } = readOptions(USAGE, { folder: { type: "string" } });
  const out = resolve(values.folder ?? path("build/release"));
  await setup();
  await must(process.execPath, [path("scripts/build.mjs")], "Nothing was released.");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const reader = await crates("npm");
  await pack(out, path("pkg"), [...reader, ...(await packages([COMMAND]))]);
  const folder = mkdtempSync(join(tmpdir(), "keyward-worker-"));
  try {
    // The dashboard has the reader of keys, too.
    const all = [...(await crates("worker")), ...reader, ...(await packages(bundles()))];
    const distinct = new Map(all.map((component) => [component.purl, component]));
    await pack(out, worker(folder), [...distinct.values()]);
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
