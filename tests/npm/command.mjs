// @ts-check
// The command as `npm install` puts it into a project, and git repositories for it to read.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { issueVectors, project } from "./project.mjs";

const temporary = realpathSync(mkdtempSync(join(tmpdir(), "keyward-command-")));
after(() => rmSync(temporary, { recursive: true, force: true }));

/** Well-formed keys of the vectors, as they are written and as they may be shown. @param {number} index */
const sample = (index) => issueVectors.cases[index];
export const { key: KEY, redacted: REDACTED } = sample(3);
export const OTHER = sample(0).key;
export const COMMAND = (await project({})).path("node_modules/.bin/keyward");

/** Nothing of this machine's configuration, and the same people and time in every run. */
export const ENV = {
  PATH: process.env.PATH,
  HOME: temporary,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_AUTHOR_DATE: "2024-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "Bob",
  GIT_COMMITTER_EMAIL: "bob@example.com",
  GIT_COMMITTER_DATE: "2024-02-03T04:05:06Z",
};

/**
 * @param {string} cwd
 * @param {string[]} args
 * @param {{ input?: string | Buffer, env?: Record<string, string | undefined> }} [options]
 */
export function keyward(cwd, args, { input = "", env = {} } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [realpathSync(COMMAND), ...args], {
    cwd,
    input,
    env: { ...ENV, ...env },
    maxBuffer: 1 << 28,
  });
  const [out, err] = [stdout.toString(), stderr.toString()];
  for (const text of [out, err])
    assert.ok(!issueVectors.cases.some((/** @type {any} */ one) => text.includes(one.key)), "prints a key");
  return { status, out, err };
}

/** What `scan --json` finds. @param {string} cwd @param {string[]} args @param {{ env?: Record<string, string | undefined> }} [options] */
export function scanned(cwd, args, options) {
  const { status, out, err } = keyward(cwd, ["scan", "--json", ...args], options);
  assert.ok(out !== "", err);
  /** @type {{ findings: any[], keys: number, damaged: number, allowed: number, files: number, unread: any[] }} */
  const document = JSON.parse(out);
  const paths = document.findings.map(({ path }) => path);
  return { ...document, paths, status, err };
}

/** A new folder. @param {Record<string, string | Buffer>} [files] */
export function folder(files = {}) {
  const path = mkdtempSync(join(temporary, "folder-"));
  /** @param {string} name @param {string | Buffer} text */
  const write = (name, text) => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  };
  /** @param {string[]} args */
  const git = (...args) =>
    execFileSync("git", ["-c", "protocol.file.allow=always", ...args], {
      cwd: path,
      env: ENV,
      stdio: ["ignore", "pipe", "pipe"],
    })
      .toString()
      .trim();
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { path, write, git, in: (/** @type {string} */ name) => join(path, name) };
}

/** A new repository, with nothing committed. @param {Record<string, string | Buffer>} [files] */
export function repository(files) {
  const made = folder(files);
  made.git("init", "--quiet", "--initial-branch=main");
  /** @param {string} message */
  const commit = (message) => {
    made.git("add", "--all");
    made.git("commit", "--quiet", "--allow-empty", "--message", message);
    return made.git("rev-parse", "HEAD");
  };
  return { ...made, commit };
}
