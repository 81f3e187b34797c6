// @ts-check
// The program that checks recorded histories, for tests/http/histories.test.mjs: a part of src/simulate.
import { run, Stop } from "./run.mjs";

/** Where it is: as KEYWARD_CHECKER says, or made of the sources as they are. */
export async function checker() {
  if (process.env.KEYWARD_CHECKER) return process.env.KEYWARD_CHECKER;
  // With the features of the whole workspace, so that what the native tests have compiled is not compiled again.
  const command = "build --quiet --workspace --exclude keyward-xtask --bin simulate --message-format=json";
  const { code, output, stdout } = await run("cargo", command.split(" "));
  if (code !== 0) throw new Stop(output);
  const made = stdout.split("\n").find((line) => line.includes('"executable":"'));
  return String(JSON.parse(made ?? "{}").executable);
}
