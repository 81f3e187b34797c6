// @ts-check
// Keyward behind TLS, as it is in the world: with a certificate for a name, of an authority two steps below one that is trusted.
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { createSecureContext } from "node:tls";

/** Whether certificates can be made here. */
export const canEncrypt = spawnSync("openssl", ["version"]).status === 0;

/** Makes a root, two authorities below it, and a certificate for each name. @param {string} folder @param {string[]} names */
function certify(folder, names) {
  const openssl = (/** @type {string[]} */ ...args) =>
    void execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const root = ["-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=root"];
  openssl("req", "-x509", ...fresh, ...root, "-addext", "keyUsage=keyCertSign");
  /** @param {string} name @param {string} by @param {string} extension */
  const issue = (name, by, extension) => {
    writeFileSync(join(folder, "extension"), extension);
    openssl("req", ...fresh, "-keyout", `${name}.key`, "-out", "request", "-subj", `/CN=${name}`);
    const signed = ["-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-CAcreateserial", "-extfile", "extension"];
    openssl("x509", "-req", "-in", "request", "-out", `${name}.pem`, ...signed);
  };
  issue("upper", "root", "basicConstraints=critical,CA:TRUE");
  issue("lower", "upper", "basicConstraints=critical,CA:TRUE");
  for (const name of names) issue(name, "lower", `subjectAltName=DNS:${name}`);
  const read = (/** @type {string} */ name) => readFileSync(join(folder, name), "utf8");
  return names.map((name) => ({
    key: read(`${name}.key`),
    cert: [name, "lower", "upper"].map((each) => read(`${each}.pem`)).join(""),
  }));
}

/**
 * Serves a deployment by TLS as `localhost`; to whoever asks for no name or for another, with the certificate of that.
 * @param {string} deployment
 * @returns {Promise<{ port: number, trusted: string }>} and the file with the root
 */
export async function encrypted(deployment) {
  const folder = mkdtempSync(join(tmpdir(), "keyward-tls-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const [own, other] = certify(folder, ["localhost", "elsewhere.example"]);
  const context = createSecureContext(own);
  const server = createServer(
    { ...other, SNICallback: (name, use) => use(null, name === "localhost" ? context : undefined) },
    ({ method, url = "", headers }, answer) => {
      request(new URL(url, deployment), { method, headers }, (answered) => {
        answer.writeHead(answered.statusCode ?? 0, answered.headers);
        answered.pipe(answer);
      }).end();
    },
  );
  server.listen(0);
  await once(server, "listening");
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { port, trusted: join(folder, "root.pem") };
}
