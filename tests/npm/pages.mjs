// @ts-check
// Pages in browsers: a folder is served under a content security policy, opened, and says by itself what it found.
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

/** What the package needs of a page's policy, and nothing else; browsers ask for an icon by themselves. */
export const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; img-src 'self'";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Tells the test what goes wrong in a page, whichever browser it is. */
const WATCH = `for (const type of ["error", "unhandledrejection", "securitypolicyviolation"])
  addEventListener(type, (event) => {
    const what = event.message ?? event.reason?.stack ?? event.violatedDirective ?? event.target?.src ?? "";
    fetch("/wrong", { method: "POST", body: type + ": " + what });
  }, true);`;

/** How long an answer is waited for; longer means that something is wrong. */
const PATIENCE = 60_000;

/**
 * Opens a folder's index.html, and returns what the page answered and the requests that it took. What goes wrong in the
 * page is thrown.
 * @param {import("playwright-core").Browser} browser
 * @param {string} folder
 * @param {{ policy?: string }} [options]
 */
export async function open(browser, folder, { policy = STRICT } = {}) {
  /** @type {string[]} */
  const requests = [];
  /** @type {PromiseWithResolvers<string>} */
  const said = Promise.withResolvers();

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "POST") {
      let text = "";
      for await (const part of request.setEncoding("utf8")) text += part;
      response.end();
      return pathname === "/answers" ? said.resolve(text) : said.reject(new Error(`In the page: ${text}`));
    }
    requests.push(pathname);
    const file = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
    const found = pathname === "/watch.js" || (existsSync(file) && statSync(file).isFile());
    const type = TYPES[/** @type {keyof typeof TYPES} */ (extname(file))] ?? "text/plain";
    response.writeHead(found ? 200 : 404, { "content-type": type, "content-security-policy": policy });
    if (pathname === "/watch.js") return response.end(WATCH);
    if (!found) return response.end();
    if (type !== "text/html") return createReadStream(file).pipe(response);
    response.end(
      readFileSync(file, "utf8").replace(/^<!doctype html>/i, '$&<script src="/watch.js"></script>'),
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const context = await browser.newContext({ baseURL: `http://127.0.0.1:${port}` });
  const late = setTimeout(
    () => said.reject(new Error(`The page says nothing. ${requests.join(" ")}`)),
    PATIENCE,
  );
  try {
    const page = await context.newPage();
    // Not awaited: an answer may come before the page counts as loaded.
    page.goto("/").catch((error) => said.reject(error));
    const answers = JSON.parse(await said.promise);
    return { answers, requests: requests.filter((name) => !/favicon|watch\.js/.test(name)) };
  } finally {
    clearTimeout(late);
    await context.close();
    server.closeAllConnections();
    server.close();
  }
}
