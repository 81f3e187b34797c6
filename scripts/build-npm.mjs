// @ts-check
// Builds pkg/dist: the core as WebAssembly and, around it, one file for each place where the package is loaded.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { whenChanged } from "./changed.mjs";
import { must, path, Stop } from "./run.mjs";
import { rustc, STD, wasmBindgen } from "./tools.mjs";

const LICENCES = ["LICENSE-MIT", "LICENSE-APACHE"];
const INPUTS = [
  ...["Cargo.toml", "Cargo.lock", "src/core", "src/npm", "scripts/build-npm.mjs"],
  ...[
    "pkg/lib",
    "pkg/entry",
    "pkg/cli",
    "pkg/index.d.ts",
    "pkg/init.d.ts",
    "pkg/wasm.d.ts",
    "pkg/package.json",
  ],
  ...LICENCES,
];
const DIST = path("pkg/dist");
const OUTPUTS = [
  "keyward.wasm",
  "keyward.mjs",
  "keyward.cjs",
  "workerd.mjs",
  "init.mjs",
  "ready.mjs",
  "ready.cjs",
  "cli.mjs",
  "index.d.cts",
  "init.d.cts",
  "wasm.d.cts",
];

/** Compressed, in bytes: what the package promises. */
const LIMITS = { "keyward.wasm": 15_000, "keyward.mjs": 25_000, "init.mjs": 5_000 };

/** Builds the package if anything that it is made from has changed. */
export async function buildNpm() {
  const outputs = [...OUTPUTS.map((name) => `pkg/dist/${name}`), ...LICENCES.map((name) => `pkg/${name}`)];
  if (await whenChanged("the npm package", INPUTS, outputs, build)) await sizes();
}

async function build() {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  await compile();
  await bundle();
  for (const name of LICENCES) copyFileSync(path(name), path("pkg", name));
  // The same types for `require`.
  for (const name of ["index", "init", "wasm"]) {
    const types = readFileSync(path(`pkg/${name}.d.ts`), "utf8");
    writeFileSync(`${DIST}/${name}.d.cts`, types.replace("./index.js", "./index.cjs"));
  }
}

/** Rust to keyward.wasm and its glue core.js, which only the bundles below need. */
async function compile() {
  const otherwise = "The npm package's WebAssembly does not build, see above.";
  const target = "wasm32-unknown-unknown";
  // Every engine since 2023 has SIMD: a key's alphabet is checked sixteen characters at a time.
  const { buildsStd } = await rustc();
  const flags = ["-Ctarget-feature=+simd128", ...(buildsStd ? STD.flags : [])];
  const config = ["--config", `target.${target}.rustflags=${JSON.stringify(flags)}`];
  await must(
    "cargo",
    ["build", "-p", "keyward-npm", "--profile", "npm", "--target", target, ...config],
    otherwise,
    { env: { ...process.env, ...(buildsStd ? STD.env : {}) } },
  );
  const targets = process.env.CARGO_TARGET_DIR ?? path("target");
  const glue = ["--target", "web", "--out-dir", DIST, "--out-name", "core", "--no-typescript"];
  const lean = ["--remove-name-section", "--omit-default-module-path"];
  await must(wasmBindgen.bin, [...glue, ...lean, `${targets}/${target}/npm/keyward_npm.wasm`], otherwise);
  const optimize = ["-O3", "--enable-simd", "--enable-bulk-memory", "--enable-reference-types"];
  const features = [
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-multivalue",
  ];
  const strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
  const files = [`${DIST}/core_bg.wasm`, "-o", `${DIST}/keyward.wasm`];
  await must("wasm-opt", [...optimize, ...features, ...strip, ...files], otherwise);
  rmSync(`${DIST}/core_bg.wasm`);
}

async function bundle() {
  const { build: esbuild } = await import("esbuild");
  /** @type {import("esbuild").BuildOptions} */
  const common = {
    bundle: true,
    alias: { "#core": `${DIST}/core.js`, "#wasm": `${DIST}/keyward.wasm` },
    minify: true,
    target: "es2022",
    outdir: DIST,
    logLevel: "warning",
    legalComments: "none",
  };
  const esm = { ...common, format: /** @type {const} */ ("esm"), outExtension: { ".js": ".mjs" } };
  // For Node, so that esbuild writes down the names for `import` of a CommonJS file.
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

/** Prints what is loaded, and stops where it is more than promised. */
async function sizes() {
  const { buildsStd } = await rustc();
  for (const [name, limit] of Object.entries(LIMITS)) {
    const file = `${DIST}/${name}`;
    if (!existsSync(file)) throw new Stop(`The build made no ${name}.`);
    const size = gzipSync(readFileSync(file), { level: 9 }).length;
    console.log(`      ${name}: ${(size / 1000).toFixed(1)} KB compressed, the limit is ${limit / 1000} KB`);
    if (buildsStd && size > limit) throw new Stop(`${name} is over its limit.`);
  }
}

if (process.argv[1] === import.meta.filename) await buildNpm();
