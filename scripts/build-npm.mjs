// @ts-check
// Builds pkg/dist: the core as WebAssembly and, around it, one file for each environment that loads the package.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { path, Stop } from "./run.mjs";
import { bind, bound, optimize, whenChanged } from "./wasm.mjs";

const LICENCES = ["LICENSE-MIT", "LICENSE-APACHE"];
const FILES = [
  "scripts/build-npm.mjs",
  ...["pkg/lib", "pkg/entry", "pkg/cli", "pkg/package.json"],
  ...["pkg/index.d.ts", "pkg/init.d.ts", "pkg/wasm.d.ts"],
  ...LICENCES,
];
const DIST = path("pkg/dist");

/** What the package promises, compressed, in bytes. */
const LIMITS = { "keyward.wasm": 15_000, "keyward.mjs": 25_000, "init.mjs": 5_000 };

/** Builds the package from the compiled core, if anything that it is made from has changed. */
export async function buildNpm() {
  if (await whenChanged("the npm package", `${DIST}/keyward.wasm.stamp`, "npm", FILES, build)) sizes();
}

async function build() {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  await bind("npm");
  await optimize("npm");
  copyFileSync(bound("npm").wasm, `${DIST}/keyward.wasm`);
  await bundle();
  for (const name of LICENCES) copyFileSync(path(name), path("pkg", name));
  // The same types for `require`.
  for (const name of ["index", "init", "wasm"]) {
    const types = readFileSync(path(`pkg/${name}.d.ts`), "utf8");
    writeFileSync(`${DIST}/${name}.d.cts`, types.replace("./index.js", "./index.cjs"));
  }
}

async function bundle() {
  const { build: esbuild } = await import("esbuild");
  /** @type {import("esbuild").BuildOptions} */
  const common = {
    bundle: true,
    alias: { "#core": bound("npm").js, "#wasm": `${DIST}/keyward.wasm` },
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
  const ready = { entryPoints: [path("pkg/entry/ready.mjs")], external: ["keyward"] };
  await Promise.all([
    esbuild({ ...esm, ...inline }),
    esbuild({ ...cjs, ...inline }),
    esbuild({ ...esm, entryPoints: [path("pkg/entry/workerd.mjs")], external: ["./keyward.wasm"] }),
    esbuild({ ...esm, entryPoints: [path("pkg/entry/init.mjs")] }),
    esbuild({ ...esm, ...ready }),
    esbuild({ ...cjs, ...ready }),
    esbuild({
      ...esm,
      entryPoints: { cli: path("pkg/cli/main.mjs") },
      platform: "node",
      external: ["keyward"],
      minify: false,
      legalComments: "inline",
    }),
  ]);
}

/** Prints the sizes, and stops if one is more than promised. */
function sizes() {
  for (const [name, limit] of Object.entries(LIMITS)) {
    const size = gzipSync(readFileSync(`${DIST}/${name}`), { level: 9 }).length;
    console.log(`      ${name}: ${(size / 1000).toFixed(1)} KB compressed, the limit is ${limit / 1000} KB`);
    if (size > limit) throw new Stop(`${name} is over its limit.`);
  }
}
