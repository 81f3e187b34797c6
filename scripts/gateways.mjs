// @ts-check
// Finds the gateways that are tested with Keyward: those that are installed, else Debian's packages, unpacked in the cache.
// Installing them would start servers on this machine.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cache } from "./cache.mjs";
import { apt, firstOf, hasApt } from "./programs.mjs";
import { attempt, Stop } from "./run.mjs";

/** Each by the variable that says where it is: its name, which is that of its package too. */
const GATEWAYS = { NGINX_BIN: "nginx", CADDY_BIN: "caddy" };

const folder = join(cache, "gateways");
/** Written last, so a broken download is noticed and repeated. */
const stamp = join(folder, "complete");

/** The gateways that are there, by their variables. @returns {Record<string, string>} */
function installed() {
  const unpacked = existsSync(stamp) ? ["sbin", "bin"].map((name) => join(folder, "usr", name)) : [];
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", ...unpacked];
  const found = Object.entries(GATEWAYS).map(([variable, name]) => {
    const places = [process.env[variable] ?? "", ...folders.map((place) => join(place, name))];
    return [variable, firstOf(places)];
  });
  return Object.fromEntries(found.filter(([, file]) => file));
}

/** Unpacks Debian's packages, if there are such packages. @param {string[]} packages */
async function unpack(packages) {
  if (!(await hasApt())) return;
  // Without the right to do so, the lists of before may do.
  await apt("update");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const download = ["-qq", "download", ...packages];
  if (process.getuid?.() === 0) download.unshift("--option", "APT::Sandbox::User=root");
  if (!(await attempt("apt-get", download, { cwd: folder }))) return;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb")))
    if (!(await attempt("dpkg-deb", ["--extract", file, "."], { cwd: folder }))) return;
  writeFileSync(stamp, "");
}

/** Makes sure that they are there, and returns their paths, by variables. One that cannot be had is left out, but not on CI. */
export async function gateways() {
  const missing = () => Object.entries(GATEWAYS).filter(([variable]) => !installed()[variable]);
  if (missing().length > 0) {
    console.log("\nFetching gateways for the tests (once per machine)…");
    await unpack(missing().map(([, name]) => name));
  }
  for (const [variable, name] of missing()) {
    const how = `install ${name}, or set ${variable}`;
    if (process.env.CI) throw new Stop(`The tests with ${name} need it: ${how}.`);
    console.log(`${name} is left out: ${how}.`);
  }
  return installed();
}
