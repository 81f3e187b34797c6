// @ts-check
// What the files of a release are made of: the crates in their WebAssembly, the npm packages in their bundles.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { path, run, Stop } from "./run.mjs";
import { TARGET } from "./wasm.mjs";

/**
 * @typedef {object} Ingredient
 * @property {string} name
 * @property {string} version
 * @property {string} purl the same for everybody
 * @property {string} license an SPDX expression
 * @property {["SHA-256" | "SHA-512", string]} [digest] as the lock file has it, in hexadecimal
 * @property {string} [folder] where its files are, if others have written them
 */

/** Runs a command for what it prints. @param {string} command @param {string[]} args */
async function ask(command, ...args) {
  const { code, stdout, output } = await run(command, args);
  if (code !== 0) throw new Stop(`\`${command} ${args[0]}\` failed:\n${output}`);
  return stdout;
}

/** The digests in Cargo.lock, by name and version. */
function checksums() {
  const packages = readFileSync(path("Cargo.lock"), "utf8").matchAll(
    /^name = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"$/gm,
  );
  return new Map([...packages].map(([, name, version, sum = ""]) => [`${name} ${version}`, sum]));
}

/**
 * The crates that are compiled into these of ours, and Rust's own.
 * @param {import("./wasm.mjs").Name[]} names
 * @returns {Promise<Ingredient[]>}
 */
export async function crates(...names) {
  const wanted = new Set();
  // One at a time: together, some would have features that only others ask for.
  for (const name of names) {
    const tree = await ask(
      "cargo",
      ...["tree", "--package", `keyward-${name}`, "--target", TARGET, "--edges", "normal,no-proc-macro"],
      ...["--prefix", "none", "--no-dedupe", "--format", "{p}"],
    );
    for (const line of tree.trim().split("\n")) wanted.add(line.split(" ").slice(0, 2).join(" "));
  }
  const { packages } = JSON.parse(await ask("cargo", "metadata", "--format-version", "1", "--locked"));
  const sums = checksums();
  const found = packages
    .filter((/** @type {any} */ { name, version }) => wanted.has(`${name} v${version}`))
    .map((/** @type {any} */ { name, version, license, source, manifest_path }) => {
      const sum = sums.get(`${name} ${version}`);
      const spdx = license.replaceAll("/", " OR ");
      return {
        ...{ name, version, purl: `pkg:cargo/${name}@${version}`, license: spdx },
        ...(sum && { digest: ["SHA-256", sum] }),
        ...(source && { folder: dirname(manifest_path) }),
      };
    });
  const [, rust = ""] = (await ask("rustc", "--version")).split(" ");
  const std = { name: "std", version: rust, purl: `pkg:generic/rust-std@${rust}` };
  return [...found, { ...std, license: "MIT OR Apache-2.0" }];
}

/** @typedef {{ version: string, integrity: string, license: string }} Locked */

/** The npm packages of which something is in these bundles. @param {import("esbuild").BuildOptions[]} bundles @returns {Promise<Ingredient[]>} */
export async function packages(bundles) {
  const { build } = await import("esbuild");
  const built = await Promise.all(
    bundles.map((bundle) => build({ ...bundle, write: false, metafile: true })),
  );
  const inputs = built
    .flatMap(({ metafile }) => Object.values(metafile.outputs))
    .flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
  const folders = used.map((file) => file.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  /** @type {Record<string, Locked>} */
  const locked = JSON.parse(readFileSync(path("package-lock.json"), "utf8")).packages;
  return [...new Set(folders)].flatMap((folder) => {
    if (!folder) return [];
    const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
    const { version, integrity, license } = locked[folder];
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    const hex = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
    return [{ name, version, purl, license, digest: ["SHA-512", hex], folder: path(folder) }];
  });
}
