// @ts-check
// What the tests of clients in other languages need: frameworks of Python, and the Rust crate's example, compiled.
import { python } from "./contract.mjs";
import { environments } from "./environments.mjs";
import { compiled } from "./programs.mjs";

/** The Python that has what docs/PYTHON.md shows. */
export const frameworks = () => python("tests/clients/requirements.txt", "FastMCP, FastAPI and Django");

/** Compiles the application of src/client/README.md, and returns its path. */
export const orders = () => compiled("example", "orders");

/** Installs and compiles what is missing. */
export async function clients() {
  await frameworks();
  await orders();
  await environments();
}
