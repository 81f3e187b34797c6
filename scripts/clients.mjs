// @ts-check
// What the tests of clients in other languages need: frameworks of Python, and the Rust crate's example, compiled.
import { python } from "./contract.mjs";
import { environments } from "./environments.mjs";
import { run, Stop } from "./run.mjs";

/** The Python that has what docs/PYTHON.md shows. */
export const frameworks = () => python("tests/clients/requirements.txt", "FastMCP, FastAPI and Django");

/** With the features that `cargo test` compiles dependencies with, so that it is not done twice. */
const BUILD = ["build", "--quiet", "--workspace", "--exclude", "keyward-xtask", "--example", "orders"];

/** Compiles the application of src/client/README.md, and returns its path. */
export async function orders() {
  const { code, stdout, output } = await run("cargo", [...BUILD, "--message-format=json-render-diagnostics"]);
  if (code !== 0) throw new Stop(`The example of src/client could not be compiled.\n${output}`);
  const messages = stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  return String(messages.find(({ target }) => target?.name === "orders").executable);
}

/** Installs and compiles what is missing. */
export async function clients() {
  await frameworks();
  await orders();
  await environments();
}
