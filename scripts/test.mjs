// @ts-check
// `npm test`: sets up and runs every check and test. `npm test -- http www` runs only the named steps, and
// `npm run check` those that read the sources only. All output is shown with CI=true or --verbose, otherwise only that
// of failures.
import { BROWSER_NAMES, browsers } from "./browsers.mjs";
import { checker } from "./checker.mjs";
import { clients } from "./clients.mjs";
import { contractTools } from "./contract.mjs";
import { environments } from "./environments.mjs";
import { gateways } from "./gateways.mjs";
import { readOptions } from "./options.mjs";
import { main, quietly, run, Stop, seconds } from "./run.mjs";
import { setup } from "./setup.mjs";
import { shells } from "./shells.mjs";

/** @typedef {{ code: number, output: string }} Result */
/** @typedef {{ passed: number, failed: number }} Count */
/**
 * @typedef {object} Step
 * @property {string} name
 * @property {"check" | "test"} kind a "check" only reads the sources
 * @property {() => Promise<Result>} run
 * @property {(output: string) => Count} [count] counts the tests in the output; without it the step is one test
 * @property {boolean} [built] whether it needs what the step "build" makes
 */

const USAGE = `npm test                        every check and test
npm test -- <step> …            some of them, and what they need
npm run check                   those that only read the sources
With --verbose, or with CI=true, all output is shown.`;

let tee = Boolean(process.env.CI);

/** A command. @param {string} line words with spaces between @param {NodeJS.ProcessEnv} [env] */
const command = (line, env = {}) => {
  const [program, ...args] = line.split(" ");
  return () => run(program, args, { tee, env: { ...quietly, CARGO_TERM_QUIET: "true", ...env } });
};

/** Adds up what a pattern finds. @param {string} output @param {RegExp} pattern with one number in brackets */
const sum = (output, pattern) => [...output.matchAll(pattern)].reduce((all, [, n]) => all + Number(n), 0);

/** What the core must never depend on, or it would no longer be pure. */
const IMPURE = ["getrandom", "js-sys", "tokio", "wasm-bindgen", "web-sys", "worker"];

/** @returns {Promise<Result>} */
async function purity() {
  const tree = "tree --package keyward-core --edges normal,build --target all --prefix none --format {p}";
  const { code, output } = await run("cargo", tree.split(" "));
  const found = IMPURE.filter((crate) => output.split("\n").some((line) => line.startsWith(`${crate} `)));
  if (code !== 0 || found.length === 0) return { code, output };
  throw new Stop(`keyward-core must be pure, but depends on ${found.join(", ")}.`);
}

/** The JavaScript tests of a folder under tests/. @param {string} name @param {() => Promise<NodeJS.ProcessEnv>} [more] @returns {Step} */
const nodeTests = (name, more = async () => ({})) => ({
  name,
  kind: "test",
  built: true,
  run: async () => {
    const files = `tests/${name}/**/*.test.mjs`;
    return command(`node --test --test-concurrency=2 --test-timeout=120000 ${files}`, await more())();
  },
  count: (output) => ({
    passed: sum(output, /^ℹ pass (\d+)/gm),
    failed: sum(output, /^ℹ (?:fail|cancelled) (\d+)/gm),
  }),
});

/** @param {string} name @param {string} line @param {NodeJS.ProcessEnv} [env] @returns {Step} */
const check = (name, line, env) => ({ name, kind: "check", run: command(line, env) });

/** The crates that are no tools. */
const DOCUMENTED = ["app", "client", "core", "glance", "npm", "worker"];

/** @type {Step[]} */
const steps = [
  check("fmt", "cargo fmt --all --check"),
  check("clippy", "cargo clippy --workspace --all-targets -- -D warnings"),
  check("clippy-wasm", "cargo clippy --target wasm32-unknown-unknown -- -D warnings"),
  check("clippy-client", "cargo clippy --package keyward-client --no-default-features -- -D warnings"),
  check(
    "rustdoc",
    `cargo doc --no-deps ${DOCUMENTED.map((crate) => `--package keyward-${crate}`).join(" ")}`,
    {
      RUSTDOCFLAGS: "-D warnings",
    },
  ),
  check("biome", "biome check --error-on-warnings"),
  check("types", "tsc --project ."),
  { name: "purity", kind: "check", run: purity },
  check("deny", "node scripts/deny.mjs"),
  {
    name: "rust",
    kind: "test",
    // Without xtask, which has no tests and takes long to compile.
    run: command("cargo test --no-fail-fast --workspace --exclude keyward-xtask"),
    count: (output) => ({ passed: sum(output, / (\d+) passed;/g), failed: sum(output, / (\d+) failed;/g) }),
  },
  { name: "build", kind: "test", run: command("node scripts/build.mjs") },
  nodeTests("http", async () => {
    await shells("zsh");
    return { KEYWARD_CHECKER: await checker() };
  }),
  nodeTests("gateways", gateways),
  nodeTests("contract", contractTools),
  nodeTests("npm", async () => {
    await environments();
    await shells("zsh", "fish");
    return browsers(...BROWSER_NAMES);
  }),
  nodeTests("clients", async () => {
    await clients();
    return {};
  }),
  nodeTests("www", () => browsers(...BROWSER_NAMES)),
  nodeTests("scripts"),
];

/** The steps to run: all of them, or the wanted ones and what those need. @param {string[]} wanted */
function chosen(wanted) {
  const names = ["check", ...steps.map(({ name }) => name)];
  const unknown = wanted.find((word) => !names.includes(word));
  if (unknown) throw new Stop(`There is no step "${unknown}"; there are: ${names.join(" ")}.\n\n${USAGE}`);
  const isWanted = (/** @type {Step} */ { name, kind }) => wanted.includes(name) || wanted.includes(kind);
  const named = wanted.length === 0 ? steps : steps.filter(isWanted);
  const needsBuild = named.some(({ built }) => built);
  return steps.filter((step) => named.includes(step) || (needsBuild && step.name === "build"));
}

/** Runs one step. If no test ran, that is a failure too. @param {Step} step @returns {Promise<Count>} */
async function take({ name, run, count }) {
  const { code, output } = await run().catch((error) => {
    console.error(`\n${error.message}`);
    return { code: 1, output: "" };
  });
  const { passed, failed } = count?.(output) ?? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  if (code === 0 && failed === 0 && passed > 0) return { passed, failed };
  if (!tee) process.stdout.write(`\n${output}`);
  if (code === 0 && passed === 0) console.log(`No test ran in the step ${name}.`);
  return { passed, failed: Math.max(failed, 1) };
}

await main(async () => {
  const { values, positionals } = readOptions(USAGE, { verbose: { type: "boolean" } }, true);
  tee ||= Boolean(values.verbose);
  const queue = chosen(positionals);
  await setup();
  /** @type {string[]} */
  const summary = [];
  const total = { passed: 0, failed: 0 };
  let isBuilt = false;
  for (const [index, step] of queue.entries()) {
    const started = Date.now();
    process.stdout.write(`[${index + 1}/${queue.length}] ${step.name}${tee ? "\n" : " "}`);
    /** @type {Count} */
    const result = step.built && !isBuilt ? { passed: 0, failed: 1 } : await take(step);
    isBuilt ||= step.name === "build" && result.failed === 0;
    const verdict = result.failed === 0 ? "ok" : "FAILED";
    console.log(`${verdict}, ${seconds(started)}`);
    const counts = `${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(3)} failed`;
    summary.push(`${step.name.padEnd(12)} ${verdict.padEnd(6)} ${counts} ${seconds(started).padStart(9)}`);
    total.passed += result.passed;
    total.failed += result.failed;
  }
  console.log(`\n${summary.join("\n")}\n\n${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0) process.exit(1);
});
