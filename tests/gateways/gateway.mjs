// @ts-check
// What the tests of gateways share: the configurations of docs/GATEWAYS.md as they stand there, gateways and a back end that
// run with them, and visitors.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gateways } from "../../scripts/gateways.mjs";
import { path } from "../../scripts/run.mjs";

const DOCUMENT = readFileSync(path("docs/GATEWAYS.md"), "utf8");
/** What stands for the reader's own in the document. */
const KEYWARD = "https://keys.example.com";
const BACK_END = "127.0.0.1:3000";
const QUERY = "?scope=orders:read";
const AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";
export const HOST = "api.example.com";

/** Where the gateways are that are there, by variables. */
export const programs = await gateways();

/** The configuration that the document has for a gateway. @param {string} language */
export const documented = (language) => DOCUMENT.split(`\`\`\`${language}\n`)[1].split("```")[0];

/**
 * A configuration with the test's addresses in place of those of the document.
 * @param {string} language @param {Setting} setting
 */
function adapted(language, { keyward, backEnd, query = QUERY }) {
  const text = documented(language);
  const places = [
    [KEYWARD, keyward],
    [BACK_END, backEnd],
    [QUERY, query],
  ];
  for (const [place] of places)
    if (text.split(place).length !== 2) throw new Error(`${place} has to be in the configuration once.`);
  return places.reduce((text, [place, own]) => text.replace(place, own), text);
}

/**
 * @typedef {object} Setting
 * @property {string} keyward the deployment's address
 * @property {string} backEnd host and port
 * @property {string} key the gateway's own
 * @property {string} [query] instead of the document's
 * @property {boolean} [keepsConnections] whether nginx has the document's words for that
 * @property {boolean} [readsLargeHeads] whether nginx has the document's words for that
 * @property {string} [trusted] the file with the authorities that are trusted, instead of the system's
 */

/** @typedef {{ status: number, headers: import("node:http").IncomingHttpHeaders, text: string }} Answer */

/** A folder that is gone after the tests, or after the one that asks for it. */
function workplace() {
  const folder = mkdtempSync(join(tmpdir(), "keyward-gateway-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Whether somebody listens on a socket. @param {string} socket @returns {Promise<boolean>} */
const isListening = (socket) =>
  new Promise((resolve) => {
    const asked = connect(socket, () => {
      asked.destroy();
      resolve(true);
    }).on("error", () => resolve(false));
  });

/**
 * Starts a program that listens on a socket, and ends it after the tests.
 * @param {string} program @param {string[]} args
 * @param {{ cwd: string, socket: string, upgrades?: string, env?: NodeJS.ProcessEnv }} options
 */
async function listen(program, args, { cwd, socket, upgrades, env }) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part) => (said += part));
  const ended = once(child, "exit");
  after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  // The file is there before anybody listens. nginx listens on this one last.
  while (!(await isListening(upgrades ?? socket))) {
    if (child.exitCode !== null) throw new Error(`${program} has ended: ${said}`);
    await sleep(20);
  }
  return visiting(socket);
}

/** @param {Setting} setting */
export async function nginx(setting) {
  const cwd = workplace();
  const socket = join(cwd, "socket");
  writeFileSync(join(cwd, "keyward.conf"), `proxy_set_header X-Keyward-Gateway "${setting.key}";\n`);
  const words = (/** @type {RegExp} */ some) => some.exec(DOCUMENT)?.[0] ?? "";
  const map = words(/map \$http_upgrade [^`]+/);
  const upgrades = words(/proxy_http_version [^`]+ "upgrade";/);
  let locations = adapted("nginx", setting)
    .replace("/etc/nginx/keyward.conf", join(cwd, "keyward.conf"))
    .replace(AUTHORITIES, setting.trusted ?? AUTHORITIES);
  if (setting.readsLargeHeads)
    locations = locations.replace("internal;", `internal; ${words(/proxy_buffer_size [^`]+/)}`);
  let upstream = "";
  if (setting.keepsConnections) {
    const { protocol, host, hostname } = new URL(setting.keyward);
    upstream = words(/upstream keyward [^`]+/).replace("keys.example.com:443", host);
    const kept = words(/proxy_http_version [^`]+proxy_ssl_name [^`]+/).replaceAll(
      "keys.example.com",
      hostname,
    );
    locations = locations.replace(`proxy_pass ${setting.keyward}`, `${kept} proxy_pass ${protocol}//keyward`);
  }
  const paths = ["client_body", "proxy", "fastcgi", "scgi", "uwsgi"].map((name) => `${name}_temp_path temp;`);
  writeFileSync(
    join(cwd, "nginx.conf"),
    `daemon off; master_process off; pid nginx.pid; error_log stderr;
     events {}
     http {
       access_log off; ${map} ${upstream} ${paths.join(" ")}
       server { listen unix:${socket}; ${locations} }
       server { listen unix:${socket}-upgrades; ${locations.replace("location / {", `location / { ${upgrades}`)} }
     }`,
  );
  const program = programs.NGINX_BIN;
  return listen(program, ["-p", cwd, "-e", "stderr", "-c", join(cwd, "nginx.conf")], {
    cwd,
    socket,
    upgrades: `${socket}-upgrades`,
  });
}

/** @param {Setting} setting */
export async function caddy(setting) {
  const cwd = workplace();
  const socket = join(cwd, "socket");
  const options = `{\n\tadmin off\n\tauto_https off\n\tdefault_bind unix/${socket}\n}\n`;
  writeFileSync(join(cwd, "Caddyfile"), options + adapted("caddy", setting).replace(HOST, `http://${HOST}`));
  const program = programs.CADDY_BIN;
  const trusted = setting.trusted && { SSL_CERT_FILE: setting.trusted };
  const env = {
    HOME: cwd,
    XDG_DATA_HOME: cwd,
    XDG_CONFIG_HOME: cwd,
    KEYWARD_GATEWAY_KEY: setting.key,
    ...trusted,
  };
  const args = ["run", "--config", join(cwd, "Caddyfile"), "--adapter", "caddyfile"];
  return listen(program, args, { cwd, socket, env });
}

/** Visitors of a gateway at a socket. @param {string} socket */
const visiting = (socket) => ({
  /**
   * @param {Record<string, string | string[]>} headers @param {{ method?: string, body?: string, path?: string }} [more]
   * @returns {Promise<Answer>}
   */
  visit(headers, { method = "GET", body, path = "/orders?page=2" } = {}) {
    return new Promise((resolve, reject) => {
      const sent = request(
        { socketPath: socket, path, method, headers: { host: HOST, ...headers }, agent: false },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part) => (text += part));
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  },
  /**
   * Asks for a WebSocket: what comes of it, and what is echoed.
   * @param {Record<string, string>} headers @param {boolean} [hasOwnSocket] nginx has to be told about upgrades
   * @returns {Promise<{ status: number, echo?: string }>}
   */
  upgrade(headers, hasOwnSocket = false) {
    return new Promise((resolve, reject) => {
      const sent = request({
        socketPath: hasOwnSocket ? `${socket}-upgrades` : socket,
        path: "/socket",
        headers: { host: HOST, connection: "Upgrade", upgrade: "websocket", ...headers },
        agent: false,
      });
      sent.on("response", (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode ?? 0 });
      });
      sent.on("upgrade", (answer, stream) => {
        stream.on("data", (part) => {
          stream.destroy();
          resolve({ status: answer.statusCode ?? 0, echo: String(part) });
        });
        stream.write("hello");
      });
      sent.on("error", reject);
      sent.end();
    });
  },
});

/** What a gateway passes on, and to where. */
export async function backEnd() {
  /** @type {{ method: string, url: string, headers: import("node:http").IncomingHttpHeaders, body: string }[]} */
  const passed = [];
  const server = createServer((asked, answer) => {
    const { method = "", url = "", headers } = asked;
    let body = "";
    asked.setEncoding("utf8").on("data", (part) => (body += part));
    asked.on("end", () => {
      passed.push({ method, url, headers, body });
      answer.end("the back end");
    });
  });
  server.on("upgrade", ({ method = "", url = "", headers }, stream) => {
    passed.push({ method, url, headers, body: "" });
    const { upgrade, "http2-settings": settings } = headers;
    // There is no h2c without these (RFC 7540).
    if (upgrade === "h2c" && !settings)
      return stream.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    stream.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`);
    stream.on("data", (part) => stream.write(part));
    stream.on("error", () => {});
    stream.on("end", () => stream.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { address: `127.0.0.1:${port}`, passed };
}
