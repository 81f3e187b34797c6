// @ts-check
// Builds pkg/dist: the core as WebAssembly and, around it, one file for each environment that loads the package.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { crates, packages } from "./ingredients.mjs";
import { notices } from "./notices.mjs";
import { path, Stop } from "./run.mjs";
import { bindNpm, bound, optimizeGlance, whenChanged } from "./wasm.mjs";

const LICENCES = ["LICENSE-MIT", "LICENSE-APACHE"];
const FILES = [
  ...["build-npm", "ingredients", "notices"].map((name) => `scripts/${name}.mjs`),
  ...["pkg/lib", "pkg/entry", "pkg/cli", "pkg/client", "pkg/package.json"],
  ...["pkg/index.d.ts", "pkg/init.d.ts", "pkg/wasm.d.ts"],
  ...LICENCES,
];
const DIST = path("pkg/dist");

/** What the package promises, compressed, in bytes. */
const LIMITS = {
  "keyward.wasm": 15_000,
  "keyward.mjs": 25_000,
  "keyward.global.js": 25_000,
  "init.mjs": 5_000,
  "plain.mjs": 15_000,
  "client.mjs": 8_000,
};

/** What asks a deployment, and what stands before an application. Each is a file of its own. */
const CLIENTS = ["client", "hono", "express", "fastify", "fetch"];

/** Builds the package from the compiled core, if anything that it is made from has changed. */
export async function buildNpm() {
  if (
    await whenChanged(
      "the npm package",
      `${DIST}/keyward.wasm.stamp`,
      ["npm", "plain", "glance"],
      FILES,
      build,
    )
  )
    sizes();
}

async function build() {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  await bindNpm();
  copyFileSync(bound("npm").wasm, `${DIST}/keyward.wasm`);
  await optimizeGlance();
  copyFileSync(bound("glance").wasm, `${DIST}/glance.wasm`);
  await bundle();
  writeFileSync(`${DIST}/NOTICES.txt`, notices(await ingredients()));
  for (const name of LICENCES) copyFileSync(path(name), path("pkg", name));
  // The same types for `require`.
  for (const name of ["index", "init", "wasm"]) {
    const types = readFileSync(path(`pkg/${name}.d.ts`), "utf8");
    writeFileSync(`${DIST}/${name}.d.cts`, types.replace("./index.js", "./index.cjs"));
  }
}

/** What it is made of. */
export const ingredients = async () => [...(await crates("npm", "glance")), ...(await packages(bundles()))];

async function bundle() {
  const { build: esbuild } = await import("esbuild");
  await Promise.all(bundles().map((bundle) => esbuild(bundle)));
}

/** How each bundle is made. @returns {import("esbuild").BuildOptions[]} */
function bundles() {
  /** @type {import("esbuild").BuildOptions} */
  const common = {
    bundle: true,
    alias: { "#plain": bound("plain").js, "#wasm": `${DIST}/keyward.wasm` },
    minify: true,
    target: "es2022",
    outdir: DIST,
    logLevel: "warning",
    legalComments: "none",
  };
  const esm = { ...common, format: /** @type {const} */ ("esm"), outExtension: { ".js": ".mjs" } };
  // For Node, so that esbuild lists the names that can be imported from a CommonJS file.
  const cjs = {
    ...common,
    platform: /** @type {const} */ ("node"),
    format: /** @type {const} */ ("cjs"),
    outExtension: { ".js": ".cjs" },
  };
  const inline = {
    entryPoints: { keyward: path("pkg/entry/inline.mjs") },
    loader: { ".wasm": /** @type {const} */ ("base64") },
  };
  // For a classic script: it declares the variable `keyward`.
  const global = {
    entryPoints: { "keyward.global": path("pkg/entry/inline.mjs") },
    loader: inline.loader,
    format: /** @type {const} */ ("iife"),
    globalName: "keyward",
  };
  const clients = {
    entryPoints: CLIENTS.map((name) => path(`pkg/client/${name}.mjs`)),
    external: ["keyward"],
  };
  const ready = { entryPoints: [path("pkg/entry/ready.mjs")], external: ["keyward"] };
  return [
    { ...esm, ...inline },
    { ...cjs, ...inline },
    { ...esm, entryPoints: [path("pkg/entry/workerd.mjs")], external: ["./keyward.wasm"] },
    { ...common, ...global },
    { ...esm, entryPoints: [path("pkg/entry/init.mjs")], external: ["./plain.mjs"] },
    { ...esm, entryPoints: [path("pkg/entry/plain.mjs")] },
    { ...esm, ...ready },
    { ...cjs, ...ready },
    { ...esm, ...clients },
    { ...cjs, ...clients },
    {
      ...esm,
      entryPoints: {
        cli: path("pkg/cli/main.mjs"),
        manage: path("pkg/cli/manage.mjs"),
        thread: path("pkg/cli/scan/thread.mjs"),
      },
      // What is in several of them is in files of its own.
      splitting: true,
      chunkNames: "part-[hash]",
      platform: "node",
      external: ["keyward", "./parsers.mjs"],
      minify: false,
      legalComments: "inline",
    },
    { ...esm, entryPoints: [path("pkg/cli/moving/parsers.mjs")], platform: "node", legalComments: "inline" },
  ];
}

/** Prints the sizes, and stops if one is more than promised. */
export function sizes() {
  for (const [name, limit] of Object.entries(LIMITS)) {
    const size = gzipSync(readFileSync(`${DIST}/${name}`), { level: 9 }).length;
    console.log(`      ${name}: ${(size / 1000).toFixed(1)} KB compressed, the limit is ${limit / 1000} KB`);
    if (size > limit) throw new Stop(`${name} is over its limit.`);
  }
}
