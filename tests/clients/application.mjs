// @ts-check
// Applications of other languages, as programs that say on standard error where they listen.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after } from "node:test";

/**
 * Starts a program, and ends it with the tests.
 * @param {string[]} command @param {Record<string, string>} env @param {string} [cwd]
 */
export async function started([program, ...args], env, cwd) {
  const { KEYWARD_URL: _, KEYWARD_API_KEY: __, ...inherited } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { ...inherited, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  after(() => child.kill("SIGKILL"));
  /** @type {string[]} */
  const said = [];
  const url = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => reject(new Error(`The application has ended:\n${said.join("\n")}`)));
    createInterface(child.stderr).on("line", (line) => {
      said.push(line);
      const [, address] = line.match(/(?:listening|running) on (?:http:\/\/)?(127\.0\.0\.1:\d+)/) ?? [];
      if (address) resolve(`http://${address}`);
    });
  });
  return { url: String(url), said };
}
