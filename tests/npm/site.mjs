// @ts-check
// A folder as a web site, under a content security policy.
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const COMMON = "default-src 'none'; connect-src 'self'; script-src 'self'";
export const ALLOWED = `${COMMON} 'wasm-unsafe-eval'`;
/** The engine compiles no WebAssembly, and no text becomes a script (where there are Trusted Types). */
export const FORBIDDEN = `${COMMON}; require-trusted-types-for 'script'`;

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** A page with scripts: modules, or classic ones if they are named `*.js`. @param {string[]} scripts */
export const page = (...scripts) => {
  const tags = scripts.map(
    (src) => `<script ${src.endsWith(".js") ? "" : 'type="module"'} src="${src}"></script>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>user</title>${tags.join("")}`;
};

/** @param {string} folder @param {string} [policy] */
export async function site(folder, policy = ALLOWED) {
  /** @type {string[]} */
  const requests = [];
  const server = createServer((request, response) => {
    const file = normalize(request.url ?? "/");
    if (!file.includes("favicon")) requests.push(file);
    const path = join(folder, file);
    const type = TYPES[/** @type {keyof typeof TYPES} */ (extname(file))];
    response.writeHead(existsSync(path) ? 200 : 404, {
      "content-type": type ?? "text/plain",
      "content-security-policy": policy,
    });
    if (existsSync(path)) createReadStream(path).pipe(response);
    else response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
