// @ts-check
// What a release file is made of, as a CycloneDX document: the crates in its WebAssembly and the npm packages in its bundles,
// with versions, licences and digests. Without times and random numbers, so the same release gives the same document.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { path, run, Stop } from "./run.mjs";
import { TARGET } from "./wasm.mjs";

const { ComponentType, HashAlgorithm } = Enums;

/** @param {string} name @param {string} version @param {string} purl @param {string} license an SPDX expression @param {[Enums.HashAlgorithm, string][]} hashes */
function library(name, version, purl, license, hashes) {
  return new Models.Component(ComponentType.Library, name, {
    version,
    purl,
    bomRef: purl,
    licenses: new Models.LicenseRepository([new Models.LicenseExpression(license)]),
    hashes: new Models.HashDictionary(hashes),
  });
}

/** Runs a command for what it prints. @param {string} command @param {string[]} args */
async function ask(command, args) {
  const { code, stdout, output } = await run(command, args);
  if (code !== 0) throw new Stop(`\`${command} ${args[0]}\` failed:\n${output}`);
  return stdout;
}

/** The digests in Cargo.lock, by name and version. */
function checksums() {
  const packages = readFileSync(path("Cargo.lock"), "utf8").matchAll(
    /^name = "(.+)"\nversion = "(.+)"\n(?:source = .+\nchecksum = "(.+)"\n)?/gm,
  );
  return new Map([...packages].map(([, name, version, sum]) => [`${name} ${version}`, sum]));
}

/** The crates that are compiled into one of ours, and Rust's own. @param {import("./wasm.mjs").Name} name */
export async function crates(name) {
  const sums = checksums();
  const tree = await ask("cargo", [
    ...["tree", "--package", `keyward-${name}`, "--target", TARGET, "--edges", "normal,no-proc-macro"],
    ...["--prefix", "none", "--no-dedupe", "--format", "{p}|{l}"],
  ]);
  const found = [...new Set(tree.trim().split("\n"))].map((line) => {
    const [crate = "", license = ""] = line.split("|");
    const [title = "", version = ""] = crate.replace(" v", " ").split(" ");
    const sum = sums.get(`${title} ${version}`);
    const hashes = /** @type {[Enums.HashAlgorithm, string][]} */ (
      sum ? [[HashAlgorithm["SHA-256"], sum]] : []
    );
    return library(title, version, `pkg:cargo/${title}@${version}`, license.replaceAll("/", " OR "), hashes);
  });
  const [, rust = ""] = (await ask("rustc", ["--version"])).split(" ");
  return [...found, library("std", rust, `pkg:generic/rust-std@${rust}`, "MIT OR Apache-2.0", [])];
}

/** @typedef {{ version: string, integrity?: string, license?: string }} Locked */

/** The npm packages of which something is in these bundles. @param {import("esbuild").BuildOptions[]} bundles */
export async function packages(bundles) {
  const { build } = await import("esbuild");
  const { packages: locked } = JSON.parse(readFileSync(path("package-lock.json"), "utf8"));
  const inputs = [];
  for (const bundle of bundles) {
    const { metafile } = await build({ ...bundle, write: false, metafile: true });
    const outputs = Object.values(metafile?.outputs ?? {});
    inputs.push(...outputs.flatMap((output) => Object.entries(output.inputs)));
  }
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
  const folders = used.map((file) => file.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  return [...new Set(folders)].flatMap((folder) => {
    if (!folder) return [];
    const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
    /** @type {Locked} */
    const { version, integrity = "", license = "" } = locked[folder] ?? {};
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    const [, digest = ""] = integrity.split("sha512-");
    const hex = Buffer.from(digest, "base64").toString("hex");
    return [library(name, version, purl, license, [[HashAlgorithm["SHA-512"], hex]])];
  });
}

/** What is in one of our npm packages. @param {{ name: string, version: string, license: string }} manifest @param {Models.Component[]} components */
export function sbom({ name, version, license }, components) {
  const purl = `pkg:npm/${name}@${version}`;
  const itself = library(name, version, purl, license, []);
  for (const { bomRef } of components) itself.dependencies.add(bomRef);
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ component: itself }),
    components: new Models.ComponentRepository(components),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** @param {string} folder */
export const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
