// @ts-check
// What things take in a ledger with few keys and with very many. The measuring is Rust, since 200,000 keys would take
// requests an hour: src/app/tests/bench.rs.
import { run, Stop } from "../../../scripts/run.mjs";

const COMMAND =
  "test --release --package keyward-app --lib -- --ignored --nocapture --exact tests::bench::ledger";

export async function bench() {
  const { code } = await run("cargo", COMMAND.split(" "), { tee: true });
  if (code !== 0) throw new Stop("The ledger could not be measured, see above.");
}
